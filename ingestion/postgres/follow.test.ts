import { expect } from 'chai'
import pg from 'pg'
import { DataAppError } from '#shared/error.ts'
import { formatMicros } from '#shared/records/micros.ts'
import { needs } from '../../test/parts/part.ts'
import { available, type PostgresPart, startPostgres } from '../../test/parts/postgres.ts'
import type { Source } from '../source/schema.ts'
import { source, workbench } from '../testing.ts'
import { readTable } from './follow.ts'
import { openDatabase, readableTables } from './table.ts'

const urlEnv = 'LOJA_TEST_URL'
const yaml = (table: string) =>
  source(
    `from: { postgres: { urlEnv: ${urlEnv}, table: ${table}, cursor: id } }\nsale: { id: ticket, store: { value: s }, soldAt: sold_at, product: sku, quantity: pieces, unitPrice: price }`,
  )

describe('a table of a shop system', () => {
  let bench: Awaited<ReturnType<typeof workbench>>
  let postgres: PostgresPart
  let client: pg.Client
  before(needs(available()))
  before(async () => {
    bench = await workbench()
    postgres = await startPostgres()
    process.env[urlEnv] = postgres.url
    client = new pg.Client({ connectionString: postgres.url })
    await client.connect()
    await client.query(
      'CREATE TABLE tickets (id bigserial PRIMARY KEY, ticket text, sold_at timestamp, sku text, pieces int, price numeric(10, 2))',
    )
    await client.query("CREATE ROLE nobody LOGIN PASSWORD 'nobody'")
  })
  after(async () => {
    delete process.env[urlEnv]
    await client?.end()
    await postgres?.stop()
    await bench?.close()
  })

  const read = (from: Source) => {
    const place = from.from?.postgres
    if (place === undefined) throw new Error('no table')
    return readTable(bench, from, place, new AbortController().signal)
  }
  const codeOf = async (work: Promise<unknown>) =>
    work.then(
      () => '',
      error => (error instanceof DataAppError ? error.code : String(error)),
    )

  it('is read from where the last reading ended', async () => {
    await client.query(
      "INSERT INTO tickets (ticket, sold_at, sku, pieces, price) SELECT 'T' || i / 3, '2024-03-05 12:00:00', 'P' || i, 2, 12.34 FROM generate_series(1, 6000) i",
    )
    expect(await read(yaml('public.tickets'))).to.deep.include({ rows: 6000, accepted: 6000 })
    expect(bench.lines().size).to.equal(6000)
    expect(
      formatMicros(
        [...bench.lines().values()][0]?.revenue ??
          (() => {
            throw new Error('no line')
          })(),
      ),
    ).to.equal('24.68')
    await client.query(
      "INSERT INTO tickets (ticket, sold_at, sku, pieces, price) VALUES ('T9', '2024-03-06 09:00:00', 'P', 1, 5)",
    )
    expect(await read(yaml('public.tickets'))).to.deep.include({ rows: 1, accepted: 1 })
    expect(await read(yaml('public.tickets'))).to.deep.include({ rows: 0 })
    expect(bench.lines().size).to.equal(6001)
  })

  it('lists what can be read, and says what can not', async () => {
    const database = await openDatabase(urlEnv)
    expect((await readableTables(database)).map(({ table, columns }) => ({ table, first: columns[0] }))).to.deep.equal([
      { table: 'public.tickets', first: 'id' },
    ])
    await database.end()
    expect(await codeOf(read({ ...yaml('public.orders'), name: 'other' }))).to.equal('POSTGRES_NO_TABLE')
    const { host, port } = postgres
    process.env[urlEnv] = `postgres://nobody:nobody@${host}:${port}/postgres`
    expect(await codeOf(read({ ...yaml('public.tickets'), name: 'other' }))).to.equal('POSTGRES_FORBIDDEN')
    process.env[urlEnv] = `postgres://nobody:wrong@${host}:${port}/postgres`
    expect(await codeOf(read(yaml('public.tickets')))).to.equal('POSTGRES_UNAUTHORIZED')
    process.env[urlEnv] = postgres.url
  })
})
