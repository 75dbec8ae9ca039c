import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { messageOf, systemCodeOf } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import type { Layout } from './layout.ts'
import type { NativeBlock } from './native.ts'
import type { Warehouse } from './warehouse.ts'
import { isFull, isTransient, warehouseError } from './warehouse-error.ts'

type Opening = {
  kind: Warehouse['kind']
  client: ClickHouseClient
  database: string
  layout: Layout
  /** Resolves when the warehouse's process runs (again). */
  up: () => Promise<void>
  close: () => Promise<void>
  log: Log
}

const patienceMs = 60_000

/** Versions of a row within one insert are told apart when they are read or merged, as those of different inserts are: to do it at once costs a third of the insert. */
const unmerged = { optimize_on_insert: 0 } as const

/** A warehouse behind `@clickhouse/client`. Every statement but those of `runOnce` can be sent again without harm, so one cut off in mid-air is repeated with backoff for a minute; while the disk is full, until there is room. */
export class ClientWarehouse implements Warehouse {
  readonly kind: Warehouse['kind']
  readonly client: ClickHouseClient
  readonly database: string
  readonly layout: Layout
  readonly #opening: Opening
  /** Why each statement that is being tried again failed last. */
  readonly #failing = new Map<object, unknown>()
  #closed = false

  constructor(opening: Opening) {
    this.#opening = opening
    this.kind = opening.kind
    this.client = opening.client
    this.database = opening.database
    this.layout = opening.layout
  }

  async rows<T>(
    sql: string,
    params: Record<string, unknown> = {},
    settings: Record<string, string | number> = {},
  ): Promise<T[]> {
    return this.#persist(async () => {
      const result = await this.client.query({
        query: sql,
        query_params: params,
        format: 'JSONEachRow',
        clickhouse_settings: settings,
      })
      return result.json<T>()
    })
  }

  async run(
    sql: string,
    params: Record<string, unknown> = {},
    settings: Record<string, string | number> = {},
  ): Promise<void> {
    await this.#persist(() => this.#command(sql, params, settings))
  }

  async runOnce(
    sql: string,
    params: Record<string, unknown> = {},
    settings: Record<string, string | number> = {},
  ): Promise<void> {
    await this.#command(sql, params, settings).catch((error: unknown) => {
      throw warehouseError(error)
    })
  }

  async #command(
    sql: string,
    params: Record<string, unknown>,
    settings: Record<string, string | number>,
  ): Promise<void> {
    await this.client.command({ query: sql, query_params: params, clickhouse_settings: settings })
  }

  async insert(table: string, columns: readonly string[], rows: readonly (readonly unknown[])[]): Promise<void> {
    const [first, ...rest] = columns
    if (first === undefined || rows.length === 0) return
    await this.#persist(async () => {
      await this.client.insert({ table, columns: [first, ...rest], values: rows, format: 'JSONCompactEachRow' })
    })
  }

  async insertBlock(table: string, block: NativeBlock): Promise<void> {
    await this.#insertAs('Native', table, block)
  }

  async insertParquet(table: string, file: Buffer): Promise<void> {
    await this.#insertAs('Parquet', table, [file])
  }

  async parquet(sql: string, params: Record<string, unknown>): Promise<Buffer> {
    return this.#persist(async () => {
      const { stream } = await this.client.exec({
        query: `${sql.trimEnd()}\nFORMAT Parquet`,
        query_params: params,
      })
      return await buffer(stream)
    })
  }

  async #insertAs(format: 'Native' | 'Parquet', table: string, pieces: readonly Buffer[]): Promise<void> {
    await this.#persist(async () => {
      const { stream } = await this.client.exec({
        query: `INSERT INTO ${table} FORMAT ${format}`,
        clickhouse_settings: unmerged,
        values: Readable.from(pieces, { objectMode: false }),
      })
      await finished(stream.resume())
    })
  }

  async ready(): Promise<void> {
    const answer = await this.client.ping({ select: true })
    if (!answer.success) throw warehouseError(answer.error)
    // It may answer questions and still take nothing in.
    for (const error of this.#failing.values()) if (isFull(error)) throw warehouseError(error)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.client.close()
    await this.#opening.close()
  }

  async #persist<T>(work: () => Promise<T>): Promise<T> {
    const mine = {}
    try {
      return await this.#repeat(work, error => this.#failing.set(mine, error))
    } finally {
      this.#failing.delete(mine)
    }
  }

  async #repeat<T>(work: () => Promise<T>, failed: (error: unknown) => void): Promise<T> {
    const deadline = Date.now() + patienceMs
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        const late = Date.now() > deadline && !isFull(error)
        if (this.#closed || !isTransient(error) || late) throw warehouseError(error)
        failed(error)
        this.#opening.log.warn(
          { attempt, code: systemCodeOf(error), reason: messageOf(error) },
          'the warehouse did not answer; trying again',
        )
        await this.#opening.up()
        await sleep(Math.min(100 * 2 ** attempt, 5_000))
      }
    }
  }
}
