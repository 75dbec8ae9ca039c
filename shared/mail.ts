import { createTransport, type SendMailOptions } from 'nodemailer'
import type { Config } from './config.ts'

export type Letter = Pick<SendMailOptions, 'messageId' | 'attachments'> & {
  readonly to: string
  /** Behind the chain's name. */
  readonly subject: string
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

export type MailServer = { send(letter: Letter): Promise<void>; close(): void }

/** Whether anything leaves by mail here: said wherever mail is promised. */
export const mailStates = ['on', 'off'] as const
export type MailState = (typeof mailStates)[number]

export function mailState({ DATAAPP_SMTP_URL }: Pick<Config, 'DATAAPP_SMTP_URL'>): MailState {
  return DATAAPP_SMTP_URL === undefined ? 'off' : 'on'
}

/** The patience is below every lease of an outbox: who takes a letter knows what became of it before another one may take it. */
const usual = { maxConnections: 1, patienceMs: 40_000 }

/** The mail server of this configuration, with so many connections at most; undefined when there is none. A letter that has not left after the patience fails. */
export function openMailServer(config: Config, options: Partial<typeof usual> = {}): MailServer | undefined {
  if (config.DATAAPP_SMTP_URL === undefined) return undefined
  const { maxConnections, patienceMs } = { ...usual, ...options }
  const transport = createTransport({
    url: config.DATAAPP_SMTP_URL,
    pool: true,
    maxConnections,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  })
  const chain = config.DATAAPP_CHAIN_NAME
  return {
    async send({ subject, headers, ...letter }) {
      await transport.sendMail({
        ...letter,
        from: config.DATAAPP_MAIL_FROM ?? `${chain} <dataapp@localhost>`,
        subject: `${chain}: ${subject}`,
        headers: { 'Auto-Submitted': 'auto-generated', ...headers },
        // A server that answers in drops is noticed by no timeout of the socket.
        signal: AbortSignal.timeout(patienceMs),
      })
    },
    close: () => transport.close(),
  }
}
