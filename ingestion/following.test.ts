import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import pg from 'pg'
import { needs } from '../test/parts/part.ts'
import { available, type PostgresPart, startPostgres } from '../test/parts/postgres.ts'
import { openPreparedSettings } from '../test/parts/prepared.ts'
import { followSources } from './following.ts'
import { openLimit } from './limit.ts'
import { currentSources } from './source/current.ts'
import { quietWork, workbench } from './testing.ts'

describe('what is followed when its source file changes', () => {
  let bench: Awaited<ReturnType<typeof workbench>>
  let postgres: PostgresPart
  before(needs(available()))
  before(async () => {
    bench = await workbench(openPreparedSettings)
    postgres = await startPostgres()
    process.env.SHOP_URL = postgres.url
    const client = new pg.Client(postgres.url)
    await client.connect()
    await client.query('CREATE TABLE sold (n int, day date, product text, total numeric)')
    await client.query("INSERT INTO sold VALUES (1, '2024-03-01', 'x', 5), (2, '2024-03-02', 'y', 7)")
    await client.end()
  })
  after(async () => {
    delete process.env.SHOP_URL
    await postgres?.stop()
    await bench?.close()
  })

  const source = (store: string, table = 'public.sold') =>
    `name: shop\nfrom: { postgres: { urlEnv: SHOP_URL, table: ${table}, cursor: n, everySeconds: 1 } }\nsale: { id: n, store: { value: ${store} }, soldAt: day, product: product, revenue: total }\n`

  it('begins anew with the new file, and reads nothing twice', async () => {
    const sources = join(bench.home, 'sources')
    await mkdir(sources, { recursive: true })
    await writeFile(join(sources, 'shop.yaml'), source('a', 'public.gone'))
    const following = await followSources(
      currentSources(bench.config, bench.log),
      bench,
      () => {},
      quietWork(),
      openLimit(1),
    )
    try {
      await writeFile(join(sources, 'shop.yaml'), source('b'))
      while (bench.lines().size < 2) await new Promise(done => setTimeout(done, 50))
      await writeFile(join(sources, 'shop.yaml'), source('c'))
      const client = new pg.Client(postgres.url)
      await client.connect()
      while (![...bench.lines().values()].some(line => line.store === 'c')) {
        await client.query("INSERT INTO sold SELECT max(n) + 1, '2024-03-03', 'z', 9 FROM sold")
        await new Promise(done => setTimeout(done, 500))
      }
      await client.end()
      const stores = new Map<string, Set<string>>()
      for (const { sale, store } of bench.lines().values()) stores.set(sale, (stores.get(sale) ?? new Set()).add(store))
      expect([...stores.values()].every(told => told.size === 1)).to.equal(true)
      expect([...(stores.get('1') ?? [])]).to.deep.equal(['b'])
    } finally {
      await following.stop()
      await rm(sources, { recursive: true })
    }
  })
})
