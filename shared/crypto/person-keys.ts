import { randomBytes } from 'node:crypto'
import type { Settings } from '#shared/settings/settings.ts'
import type { DataKey } from './data-keys.ts'
import { decrypt, encrypt } from './sealed.ts'

/** `erased`: the person's data was made unreadable and stays so. */
export type PersonKey = { kind: 'key'; key: Buffer } | { kind: 'erased' } | { kind: 'unknown' }

type Row = { id: string; data_key: string; wrapped: string | null }
type Kept = { key: PersonKey; until: number }

const keepMs = 60_000
const most = 100_000

/** The keys of persons, wrapped by a data key in the settings database. Kept in memory for a minute at most, so that an erasure holds everywhere soon. */
export class PersonKeys {
  readonly #settings: Settings
  readonly #dataKey: (id: string) => Promise<Buffer>
  readonly #current: () => Promise<DataKey>
  readonly #kept = new Map<string, Kept>()

  constructor(settings: Settings, dataKey: (id: string) => Promise<Buffer>, current: () => Promise<DataKey>) {
    this.#settings = settings
    this.#dataKey = dataKey
    this.#current = current
  }

  async find(ids: readonly string[]): Promise<Map<string, PersonKey>> {
    const found = new Map<string, PersonKey>()
    const missing = new Set<string>()
    const now = Date.now()
    for (const id of ids) {
      const kept = this.#kept.get(id)
      if (kept !== undefined && kept.until > now) found.set(id, kept.key)
      else missing.add(id)
    }
    const wanted = [...missing]
    for (let at = 0; at < wanted.length; at += 5_000) {
      const some = wanted.slice(at, at + 5_000)
      const rows = await this.#settings.query<Row>(
        'SELECT id, data_key, wrapped FROM person_keys WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb))',
        [JSON.stringify(some)],
      )
      for (const row of rows) found.set(row.id, await this.#unwrap(row))
    }
    for (const id of wanted) {
      const key = found.get(id) ?? { kind: 'unknown' }
      found.set(id, key)
      if (key.kind !== 'unknown') this.#keep(id, key)
    }
    return found
  }

  /** The keys of these persons, made where there is none yet. Of several processes that make one at once the first wins for all. */
  async obtain(ids: readonly string[]): Promise<Map<string, PersonKey>> {
    const found = await this.find(ids)
    const missing = [...new Set(ids)].filter(id => found.get(id)?.kind === 'unknown')
    if (missing.length === 0) return found
    const { id: dataKey, key: wrapping } = await this.#current()
    for (let at = 0; at < missing.length; at += 5_000) {
      const rows = missing.slice(at, at + 5_000).map(id => ({ id, wrapped: wrap(wrapping, id, randomBytes(32)) }))
      await this.#settings.query(
        `INSERT INTO person_keys (id, data_key, wrapped)
         SELECT r->>'id', $2, r->>'wrapped' FROM jsonb_array_elements($1::jsonb) AS r ON CONFLICT (id) DO NOTHING`,
        [JSON.stringify(rows), dataKey],
      )
    }
    for (const [id, key] of await this.find(missing)) found.set(id, key)
    return found
  }

  /** Destroys a person's key. Also of somebody without data: what arrives later stays unreadable. */
  async erase(id: string): Promise<void> {
    await this.#settings.query(
      `INSERT INTO person_keys (id, data_key, wrapped, erased_at) VALUES ($1, '', NULL, now())
       ON CONFLICT (id) DO UPDATE SET wrapped = NULL, data_key = '', erased_at = coalesce(person_keys.erased_at, now())`,
      [id],
    )
    this.#keep(id, { kind: 'erased' })
  }

  /** Wraps every key that is not wrapped by the current data key with it, a thousand at a time; returns how many. Anything may run meanwhile. */
  async rewrap(onProgress: (done: number) => void): Promise<number> {
    const current = await this.#current()
    let done = 0
    for (let after = ''; ; ) {
      const rows = await this.#settings.query<Row>(
        'SELECT id, data_key, wrapped FROM person_keys WHERE wrapped IS NOT NULL AND data_key <> $1 AND id > $2 ORDER BY id LIMIT 1000',
        [current.id, after],
      )
      const last = rows.at(-1)
      if (last === undefined) return done
      after = last.id
      const next: { id: string; from: string; wrapped: string }[] = []
      for (const row of rows) {
        const key = await this.#unwrap(row)
        if (key.kind === 'key')
          next.push({ id: row.id, from: row.data_key, wrapped: wrap(current.key, row.id, key.key) })
      }
      await this.#settings.query(
        `UPDATE person_keys SET data_key = $2, wrapped = r->>'wrapped'
         FROM jsonb_array_elements($1::jsonb) AS r
         WHERE person_keys.id = r->>'id' AND person_keys.wrapped IS NOT NULL AND person_keys.data_key = r->>'from'`,
        [JSON.stringify(next), current.id],
      )
      done += next.length
      onProgress(done)
    }
  }

  async #unwrap({ id, data_key, wrapped }: Row): Promise<PersonKey> {
    if (wrapped === null) return { kind: 'erased' }
    const key = decrypt(await this.#dataKey(data_key), Buffer.from(wrapped, 'base64url'), id)
    if (key === undefined) throw new Error(`the key of person ${id} does not open`)
    return { kind: 'key', key }
  }

  #keep(id: string, key: PersonKey): void {
    if (this.#kept.size >= most) this.#kept.clear()
    this.#kept.set(id, { key, until: Date.now() + keepMs })
  }
}

function wrap(dataKey: Buffer, id: string, key: Buffer): string {
  return encrypt(dataKey, key, id).toString('base64url')
}
