import type { Config } from '#shared/config.ts'
import { openMailServer } from '#shared/mail.ts'
import type { Alert } from '#shared/records/alert.ts'

/** A mail to one person about one alert; the same alert and person always have the same Message-ID, so that one sent again is known for what it is. */
export type AlertMail = {
  readonly id: string
  readonly to: string
  readonly alert: Alert
  readonly locale: string | null
}

export type Mailer = { send(mail: AlertMail): Promise<void>; close(): void }

const words = {
  'pt-BR': { what: 'O que fazer', open: 'Ver no painel' },
  en: { what: 'What to do', open: 'Open the dashboard' },
} as const

/** Mails of alerts by the mail server of this configuration; undefined when there is none. */
export function openMailer(config: Config): Mailer | undefined {
  const server = openMailServer(config, { maxConnections: 3 })
  if (server === undefined) return undefined
  return {
    async send({ id, to, alert, locale }) {
      const said = words[locale === 'en' || locale === 'pt-BR' ? locale : config.DATAAPP_LOCALE]
      const lines = alert.breaches.slice(0, 20).map(breach => breach.sentence)
      const link = config.DATAAPP_PUBLIC_URL
      await server.send({
        to,
        messageId: `<${id.replace(/[^A-Za-z0-9_.-]/g, '.')}@dataapp>`,
        subject: alert.name,
        text: [
          ...lines,
          ...(alert.suggestion ? ['', `${said.what}: ${alert.suggestion.words}`] : []),
          ...(link ? ['', `${said.open}: ${link}`] : []),
        ].join('\n'),
        headers: { 'X-DataApp-Alert': alert.id },
      })
    },
    close: () => server.close(),
  }
}
