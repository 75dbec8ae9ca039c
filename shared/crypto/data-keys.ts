import { randomBytes } from 'node:crypto'
import type { Settings } from '#shared/settings/settings.ts'
import type { Master } from './master.ts'

export type Purpose = 'person' | 'record' | 'index'
export type DataKey = { id: string; key: Buffer }
type Row = { id: string; wrapped: string; wrapped_by: string }

/** How long another process may go on with the data key that was current. */
const currentMs = 60_000

/** The data keys in the settings database, wrapped by the master. */
export class DataKeys {
  readonly #settings: Settings
  readonly #master: Master
  readonly #plain = new Map<string, Buffer>()
  readonly #current = new Map<Purpose, { key: Promise<DataKey>; until: number }>()

  constructor(settings: Settings, master: Master) {
    this.#settings = settings
    this.#master = master
  }

  /** The key with this id, also a retired one. */
  async find(id: string): Promise<Buffer> {
    const key = await this.lookUp(id)
    if (key === undefined) throw new Error(`there is no data key ${id}`)
    return key
  }

  /** The key with this id; undefined when it was dropped. */
  async lookUp(id: string): Promise<Buffer | undefined> {
    const known = this.#plain.get(id)
    if (known !== undefined) return known
    const [row] = await this.#settings.query<Row>('SELECT id, wrapped, wrapped_by FROM data_keys WHERE id = $1', [id])
    if (row === undefined) return undefined
    const key = await this.#master.unwrap(row.wrapped, row.wrapped_by)
    this.#plain.set(id, key)
    return key
  }

  /** The key that encrypts now; the first one of a purpose is made when it is asked for. */
  async current(purpose: Purpose): Promise<DataKey> {
    const known = this.#current.get(purpose)
    if (known !== undefined && known.until > Date.now()) return known.key
    const key = this.#load(purpose)
    this.#current.set(purpose, { key, until: Date.now() + currentMs })
    key.catch(() => this.#current.delete(purpose))
    return key
  }

  /** Makes a new current key of this purpose. */
  async renew(purpose: Purpose): Promise<void> {
    const id = `${purpose}-${randomBytes(6).toString('hex')}`
    await this.#make(purpose, id)
    await this.#settings.query(
      'UPDATE data_keys SET retired_at = clock_timestamp() WHERE purpose = $1 AND id <> $2 AND retired_at IS NULL',
      [purpose, id],
    )
    this.#current.delete(purpose)
  }

  /** Wraps every data key with the master's current key. */
  async rewrap(): Promise<void> {
    const rows = await this.#settings.query<Row>(
      'SELECT id, wrapped, wrapped_by FROM data_keys WHERE wrapped_by <> $1',
      [this.#master.id],
    )
    for (const row of rows) {
      const { wrapped, by } = await this.#wrap(await this.#master.unwrap(row.wrapped, row.wrapped_by))
      await this.#settings.query('UPDATE data_keys SET wrapped = $2, wrapped_by = $3 WHERE id = $1', [
        row.id,
        wrapped,
        by,
      ])
    }
    const used = await this.#settings.query<{ wrapped_by: string }>('SELECT DISTINCT wrapped_by FROM data_keys')
    await this.#master.keepOnly(used.map(row => row.wrapped_by))
  }

  async #load(purpose: Purpose): Promise<DataKey> {
    for (;;) {
      const [row] = await this.#settings.query<{ id: string }>(
        'SELECT id FROM data_keys WHERE purpose = $1 AND retired_at IS NULL ORDER BY created_at DESC, id LIMIT 1',
        [purpose],
      )
      if (row !== undefined) return { id: row.id, key: await this.find(row.id) }
      // A fixed first id: of several processes that begin at once, one makes it.
      await this.#make(purpose, `${purpose}-first`)
    }
  }

  async #make(purpose: Purpose, id: string): Promise<void> {
    const { wrapped, by } = await this.#wrap(randomBytes(32))
    await this.#settings.query(
      'INSERT INTO data_keys (id, purpose, wrapped, wrapped_by) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING',
      [id, purpose, wrapped, by],
    )
  }

  async #wrap(key: Buffer): Promise<{ wrapped: string; by: string }> {
    // Before the wrapping: a rotation may renew the master meanwhile.
    const by = this.#master.id
    return { wrapped: await this.#master.wrap(key), by }
  }
}
