import { createTransport } from 'nodemailer'
import type { Config } from '#shared/config.ts'
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

/** The mail server of this configuration; undefined when there is none. */
export function openMailer(config: Config): Mailer | undefined {
  if (config.DATAAPP_SMTP_URL === undefined) return undefined
  const transport = createTransport({
    url: config.DATAAPP_SMTP_URL,
    pool: true,
    maxConnections: 3,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  })
  const from = config.DATAAPP_MAIL_FROM ?? `${config.DATAAPP_CHAIN_NAME} <dataapp@localhost>`
  return {
    async send({ id, to, alert, locale }) {
      const said = words[locale === 'en' || locale === 'pt-BR' ? locale : config.DATAAPP_LOCALE]
      const lines = alert.breaches.slice(0, 20).map(breach => breach.sentence)
      const link = config.DATAAPP_PUBLIC_URL
      await transport.sendMail({
        from,
        to,
        messageId: `<${id.replace(/[^A-Za-z0-9_.-]/g, '.')}@dataapp>`,
        subject: `${config.DATAAPP_CHAIN_NAME}: ${alert.name}`,
        text: [
          ...lines,
          ...(alert.suggestion ? ['', `${said.what}: ${alert.suggestion.words}`] : []),
          ...(link ? ['', `${said.open}: ${link}`] : []),
        ].join('\n'),
        headers: { 'X-DataApp-Alert': alert.id, 'Auto-Submitted': 'auto-generated' },
      })
    },
    close: () => transport.close(),
  }
}
