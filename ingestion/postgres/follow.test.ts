import { expect } from 'chai'
import pg from 'pg'
import type { Bus } from '#shared/bus/bus.ts'
import { DataAppError } from '#shared/error.ts'
import { formatMicros } from '#shared/records/micros.ts'
import { needs } from '../../test/parts/part.ts'
import { available, type PostgresPart, startPostgres } from '../../test/parts/postgres.ts'
import { openPreparedSettings } from '../../test/parts/prepared.ts'
import type { Row } from '../decode/row.ts'
import type { Intaking } from '../ingest.ts'
import type { Source } from '../source/schema.ts'
import { source, workbench } from '../testing.ts'
import { readTable } from './follow.ts'
import { cursorIds, openDatabase, readableTables } from './table.ts'

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
    bench = await workbench(openPreparedSettings)
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

  const readWith = (parts: Intaking, from: Source) => {
    const place = from.from?.postgres
    if (place === undefined) throw new Error('no table')
    return readTable(parts, from, place, new AbortController().signal)
  }
  const read = (from: Source) => readWith(bench, from)
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
    expect(
      await bench.settings.query('SELECT sum(rows) AS rows, sum(accepted) AS accepted FROM arrival_days'),
    ).to.deep.equal([{ rows: '6001', accepted: '6001' }])
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

  it('reads rows around one without a cursor value, and says that it can not read that one', async () => {
    await client.query('CREATE TABLE open_tickets (LIKE tickets); ALTER TABLE open_tickets ALTER id DROP NOT NULL')
    await client.query(
      "INSERT INTO open_tickets VALUES (1, 'T1', '2024-03-05', 'x', 1, 5), (NULL, 'T2', '2024-03-05', 'x', 1, 5)",
    )
    const said: unknown[] = []
    const warn = (details: unknown) => void said.push(details)
    const from = { ...yaml('public.open_tickets'), name: 'open' }
    const log = Object.assign(Object.create(bench.log), { warn })
    expect(await readWith({ ...bench, log }, from)).to.deep.include({ rows: 1, accepted: 1 })
    expect(said).to.deep.equal([{ source: 'open', table: 'public.open_tickets', cursor: 'id', rows: 1 }])
  })

  it('goes on after the server ended the connection while a page was on its way to the bus', async () => {
    await client.query('CREATE TABLE cut_tickets (LIKE tickets)')
    await client.query("INSERT INTO cut_tickets VALUES (1, 'C1', '2024-03-05', 'x', 1, 5)")
    const from = { ...yaml('public.cut_tickets'), name: 'cut' }
    const publish = bench.bus.publish
    const cutting: Bus['publish'] = async (topic, messages) => {
      await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
      )
      await new Promise(done => setTimeout(done, 200))
      await publish(topic, messages)
    }
    const bus = Object.assign(Object.create(bench.bus), { publish: cutting })
    expect(await codeOf(readWith({ ...bench, bus }, from))).to.equal('POSTGRES_UNREACHABLE')
    await client.query("INSERT INTO cut_tickets VALUES (2, 'C2', '2024-03-05', 'x', 1, 5)")
    expect(await read(from)).to.deep.include({ rows: 1, accepted: 1 })
  })

  it('begins anew when the source names another table or cursor', async () => {
    await client.query('CREATE TABLE new_tickets AS SELECT * FROM tickets ORDER BY id LIMIT 2')
    const other = yaml('public.new_tickets')
    await read({ ...yaml('public.tickets'), name: 'moved' })
    expect(await read({ ...other, name: 'moved' })).to.deep.include({ rows: 2 })
    expect(await read({ ...other, name: 'moved' })).to.deep.include({ rows: 0 })
    const byTime = {
      ...other,
      from: { postgres: { urlEnv, table: 'public.new_tickets', cursor: 'sold_at', everySeconds: 1 } },
    }
    expect(await read({ ...byTime, name: 'moved' })).to.deep.include({ rows: 2 })
  })

  it('rejects a bad row that comes alone, and goes on', async () => {
    await client.query('CREATE TABLE slow_tickets (LIKE tickets)')
    const from = { ...yaml('public.slow_tickets'), name: 'slow' }
    await client.query("INSERT INTO slow_tickets VALUES (1, 'S1', '2024-03-05', 'x', 1, 5)")
    expect(await read(from)).to.deep.include({ accepted: 1 })
    await client.query("INSERT INTO slow_tickets VALUES (2, 'S2', NULL, 'x', 1, 5)")
    expect(await read(from)).to.deep.include({ rows: 1, rejected: 1 })
    expect(await read(from)).to.deep.include({ rows: 0 })
  })

  it('takes a sale whose lines come one after another, though the source says that files have whole sales', async () => {
    await client.query('CREATE TABLE till_tickets (LIKE tickets)')
    const yamlOfTill = yaml('public.till_tickets')
    if (yamlOfTill.sale === undefined) throw new Error('no sale')
    const from: Source = { ...yamlOfTill, name: 'till', sale: { ...yamlOfTill.sale, extent: 'whole' } }
    await client.query("INSERT INTO till_tickets VALUES (1, 'W1', '2024-03-05', 'x', 1, 5)")
    await read(from)
    await client.query("INSERT INTO till_tickets VALUES (2, 'W1', '2024-03-05', 'y', 1, 7)")
    await read(from)
    const told = bench.sales().filter(({ sale }) => sale === 'W1')
    expect(told.map(({ extent }) => extent)).to.deep.equal(['lines', 'lines'])
  })

  it('gives rows that share a cursor value the same identities in whatever order they come', async () => {
    const row = (ticket: string): Row => ({ line: 1, fields: ['5', ticket], raw: JSON.stringify({ id: 5, ticket }) })
    const [first, second] = [row('A'), row('B')]
    const idsOf = (rows: readonly Row[]) => [first, second].map(one => cursorIds(rows, 0).get(one))
    expect(idsOf([first, second])).to.deep.equal(['5', '5 (2)'])
    expect(idsOf([second, first])).to.deep.equal(['5', '5 (2)'])
  })

  it('leaves rows alone for a while when their transactions may end late', async () => {
    await client.query('CREATE TABLE late_tickets (LIKE tickets)')
    const insert = (id: number, age: string) =>
      client.query("INSERT INTO late_tickets VALUES ($1::int, 'L' || $1::int, now() - $2::interval, 'x', 1, 5)", [
        id,
        age,
      ])
    await insert(1, '2 hours')
    await insert(2, '1 minute')
    const postgres = { urlEnv, table: 'public.late_tickets', cursor: 'sold_at', everySeconds: 1, settleSeconds: 600 }
    const from = { ...yaml('public.late_tickets'), name: 'late' }
    expect(await read({ ...from, from: { postgres } })).to.deep.include({ rows: 1 })
    await insert(3, '30 minutes')
    expect(await read({ ...from, from: { postgres } })).to.deep.include({ rows: 1 })
    const byId = { ...postgres, cursor: 'id' }
    expect(await codeOf(read({ ...from, from: { postgres: byId } }))).to.equal('POSTGRES_WRONG_CURSOR')
  })

  it('reads days as they are meant, whatever the database writes them like', async () => {
    await client.query("ALTER DATABASE postgres SET datestyle = 'SQL, DMY'")
    await client.query('CREATE TABLE dated_tickets (LIKE tickets)')
    await client.query("INSERT INTO dated_tickets VALUES (1, 'D1', '2024-03-05 10:00:00.123456', 'dated', 1, 5)")
    expect(await read({ ...yaml('public.dated_tickets'), name: 'dated' })).to.deep.include({ accepted: 1 })
    await client.query('ALTER DATABASE postgres RESET datestyle')
    expect([...bench.lines().values()].find(({ product }) => product === 'dated')?.soldAt).to.match(/^2024-03-05.10:00/)
  })
})
