import type { Config } from '#shared/config.ts'
import { openMailServer } from '#shared/mail.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { hashPassword, shortestPassword } from '../password.ts'
import { Problem } from '../problem.ts'
import { digest, newSecret } from '../session.ts'
import { endAccess } from './end-access.ts'

/** An administrator hands the link over; a mail is read soon. */
export const resetHours = { link: 24, mail: 1 } as const
const mostWaiting = 3

/** A link's secret that sets this person's password once. Links that went before it stay good until one is used. */
export async function makeReset(settings: Settings, person: string, hours: number): Promise<string> {
  const secret = newSecret()
  await settings.query(
    'INSERT INTO password_resets (digest, person, expires_at) VALUES ($1, $2, now() + make_interval(hours => $3))',
    [digest(secret), person, hours],
  )
  return secret
}

/** Sets the password, ends every session, token and other link of that person: whoever lost a password may have lost more. The second factor stays. Returns the person's id. */
export async function useReset(settings: Settings, secret: string, password: string): Promise<string> {
  refuseShort(password)
  const known = await settings.query('SELECT 1 FROM password_resets WHERE digest = $1 AND expires_at > now()', [
    digest(secret),
  ])
  if (known.length === 0) throw over()
  const stored = await hashPassword(password)
  return settings.transaction(async query => {
    const [used] = await query<{ person: string }>(
      'DELETE FROM password_resets WHERE digest = $1 AND expires_at > now() RETURNING person',
      [digest(secret)],
    )
    if (used === undefined) throw over()
    const changed = await query<{ email: string }>(
      'UPDATE people SET password = $2 WHERE id = $1 AND disabled_at IS NULL RETURNING email',
      [used.person, stored],
    )
    const [person] = changed
    if (person === undefined) throw over()
    await endAccess(query, { id: used.person, email: person.email })
    return used.person
  })
}

export function refuseShort(password: string): void {
  if (password.length < shortestPassword)
    throw new Problem('bad-request', `A password has at least ${shortestPassword} characters.`, {
      errors: [{ field: 'body.password', message: `at least ${shortestPassword} characters` }],
    })
}

/** The secret goes behind the `#`: browsers don't send that part, so that it is in no log. */
export function resetLink(base: string, secret: string): string {
  return `${base.replace(/\/$/, '')}/reset#${secret}`
}

/** Whether links can go by mail: there is a mail server, and an address for the link that does not come from the request. */
export function mailsResets(config: Config): boolean {
  return config.DATAAPP_SMTP_URL !== undefined && config.DATAAPP_PUBLIC_URL !== undefined
}

/** Mails a link to whoever has this address, if somebody has and not too many links wait already. */
export async function mailReset(settings: Settings, config: Config, email: string): Promise<void> {
  const [person] = await settings.query<{ id: string; email: string; locale: string | null }>(
    `SELECT id, email, locale FROM people p
     WHERE lower(email) = lower($1) AND disabled_at IS NULL AND password IS NOT NULL
       AND (SELECT count(*) FROM password_resets r WHERE r.person = p.id AND r.expires_at > now()) < $2`,
    [email.trim(), mostWaiting],
  )
  if (person === undefined || config.DATAAPP_PUBLIC_URL === undefined) return
  const server = openMailServer(config)
  if (server === undefined) return
  const link = resetLink(config.DATAAPP_PUBLIC_URL, await makeReset(settings, person.id, resetHours.mail))
  const said = words[(person.locale ?? config.DATAAPP_LOCALE) === 'en' ? 'en' : 'pt-BR']
  try {
    await server.send({
      to: person.email,
      subject: said.subject,
      text: `${said.before}\n\n${link}\n\n${said.after}\n`,
    })
  } finally {
    server.close()
  }
}

const words = {
  'pt-BR': {
    subject: 'nova senha',
    before: 'Para escolher uma nova senha, abra este endereço. Ele vale por uma hora e uma única vez.',
    after: 'Se não foi você quem pediu, não é preciso fazer nada: a senha continua a mesma.',
  },
  en: {
    subject: 'new password',
    before: 'To choose a new password, open this address. It is good for one hour and once.',
    after: 'If it was not you who asked, there is nothing to do: the password stays as it is.',
  },
} as const

function over(): Problem {
  return new Problem('gone', 'This link was used or is too old. Ask for a new one.')
}
