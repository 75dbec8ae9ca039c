import type { IncomingMessage } from 'node:http'
import type { Config } from '#shared/config.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { digest, personOfSession, personOfToken, type Signed, sessionCookie, stillSigned } from './session.ts'

const keptMs = 2_000
type Known = { until: number; signed: Promise<Signed | undefined> }

/**
 * Tells who a request is from. An answer is kept for two seconds, so that a page that asks ten things asks the database once;
 * `forget` drops what is kept at once when a session, a token or a person changes in this process.
 */
export class Doorkeeper {
  readonly #settings: Settings
  readonly #secondFactor: Config['DATAAPP_SECOND_FACTOR']
  #known = new Map<string, Known>()
  /** What was known in the round before, so that what is over goes by itself. */
  #before = new Map<string, Known>()
  #turned = 0

  constructor(settings: Settings, config: Pick<Config, 'DATAAPP_SECOND_FACTOR'>) {
    this.#settings = settings
    this.#secondFactor = config.DATAAPP_SECOND_FACTOR
  }

  /** Who asks; undefined also for somebody who has to set a second factor first. */
  async whoIs(request: IncomingMessage): Promise<Signed | undefined> {
    const signed = await this.atTheDoor(request)
    return signed === undefined || this.lacksSecondFactor(signed) ? undefined : signed
  }

  lacksSecondFactor({ person, strong }: Signed): boolean {
    return this.#secondFactor === 'admins' && person.role === 'admin' && !strong
  }

  /** Who asks, also when a second factor is missing: only for a person's own session and account. */
  async atTheDoor(request: IncomingMessage): Promise<Signed | undefined> {
    const token = bearerOf(request)
    if (token !== undefined) return this.#holder(token)
    const cookie = cookieOf(request, sessionCookie)
    if (cookie === undefined) return undefined
    return this.#ask(`session ${digest(cookie)}`, () => personOfSession(this.#settings, cookie))
  }

  /** Whose token this is, for doors where it comes in another dress than a bearer header. */
  async holderOf(token: string): Promise<Signed | undefined> {
    const signed = await this.#holder(token)
    return signed === undefined || this.lacksSecondFactor(signed) ? undefined : signed
  }

  /** Which of these sessions and tokens still let somebody in, asked of the database. */
  async stillSigned(ids: readonly string[]): Promise<Map<string, Signed>> {
    const found = ids.length === 0 ? new Map<string, Signed>() : await stillSigned(this.#settings, ids)
    return new Map([...found].filter(([, signed]) => !this.lacksSecondFactor(signed)))
  }

  forget(): void {
    this.#known.clear()
    this.#before.clear()
  }

  #holder(token: string): Promise<Signed | undefined> {
    return this.#ask(`token ${digest(token)}`, () => personOfToken(this.#settings, token))
  }

  #ask(key: string, find: () => Promise<Signed | undefined>): Promise<Signed | undefined> {
    const now = performance.now()
    if (now - this.#turned > keptMs) {
      this.#before = this.#known
      this.#known = new Map()
      this.#turned = now
    }
    const known = this.#known.get(key) ?? this.#before.get(key)
    if (known !== undefined && known.until > now) return known.signed
    const signed = find()
    this.#known.set(key, { until: now + keptMs, signed })
    signed.catch(() => this.#known.delete(key))
    return signed
  }
}

export function cookieOf(request: IncomingMessage, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2)
    if (key === name && value !== undefined && value !== '') return value
  }
  return undefined
}

function bearerOf(request: IncomingMessage): string | undefined {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ', 2)
  return scheme?.toLowerCase() === 'bearer' && token !== undefined && token !== '' ? token : undefined
}
