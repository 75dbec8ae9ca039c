import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { type Lake, openLake } from '#shared/lake/lake.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { generateSales } from '../../bench/generate.ts'
import { askDuckDb, available as duckDb } from '../../test/parts/duckdb.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { available as moto, startMoto } from '../../test/parts/moto.ts'
import { needs } from '../../test/parts/part.ts'
import { openPreparedWarehouse } from '../../test/parts/prepared.ts'
import { loadSales } from '../load/load-sales.ts'
import { archive } from './archive.ts'
import { replay } from './replay.ts'

const shape = {
  lines: 500,
  stores: 2,
  products: 20,
  sellersPerStore: 2,
  customers: 10,
  linesPerSale: 4,
  days: 40,
  firstDay: '2024-05-10',
  seed: 17,
}

describe('the lake outside', () => {
  const home = temporaryHome()
  let warehouse: Warehouse

  before(async () => {
    warehouse = await openPreparedWarehouse(home.config)
    const sales = [...generateSales(shape)]
    await loadSales(warehouse, sales, async () => {})
    const shorter = sales.slice(0, 5).map(sale => ({
      ...sale,
      version: sale.version + 1_000_000,
      extent: 'whole' as const,
      lines: sale.lines.slice(1),
    }))
    await loadSales(warehouse, shorter, async () => {})
  })
  after(async () => {
    await warehouse.close()
    home.remove()
  })

  const archiveTo = (lake: Lake) => archive(warehouse, lake, new AbortController().signal)
  const days = () =>
    warehouse.rows<{ store: string; sold_on: string; lines: string; micros: string; costs: string }>(
      `SELECT store, toString(day) AS sold_on, lines, toString(toInt64(revenue * 1000000)) AS micros, toString(toInt64(cost * 1000000)) AS costs
       FROM store_days FINAL WHERE lines > 0 ORDER BY store, sold_on`,
    )

  describe('read by DuckDB', () => {
    before(needs(duckDb()))

    it('says the same per store and day, with its own types and partitions', async () => {
      const lake = openLake(home.config)
      await archiveTo(lake)
      const files = join(lake.url, 'cleaned/month=*/store=*/lines.parquet')
      const rows = askDuckDb(
        `SELECT store, strftime(day, '%Y-%m-%d'), count(*)::VARCHAR, (sum(revenue) * 1000000)::BIGINT::VARCHAR, (sum(cost) * 1000000)::BIGINT::VARCHAR
         FROM read_parquet('${files}', hive_partitioning = true) WHERE deleted = 0 GROUP BY store, day ORDER BY store, day`,
      )
      expect(rows).to.deep.equal((await days()).map(row => Object.values(row)))
      expect(
        askDuckDb(
          `SELECT column_name, column_type FROM (DESCRIBE SELECT month, day, sold_at, revenue, product FROM read_parquet('${files}', hive_partitioning = true))`,
        ),
      ).to.deep.equal([
        ['month', 'VARCHAR'],
        ['day', 'DATE'],
        ['sold_at', 'TIMESTAMP WITH TIME ZONE'],
        ['revenue', 'DECIMAL(18,6)'],
        ['product', 'VARCHAR'],
      ])
    })
  })

  describe('on S3', () => {
    before(needs(moto()))

    it('gives the warehouse back to the cent', async () => {
      const server = await startMoto()
      const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const
      const before = names.map(name => [name, process.env[name]] as const)
      process.env.AWS_ACCESS_KEY_ID = server.credentials.accessKeyId
      process.env.AWS_SECRET_ACCESS_KEY = server.credentials.secretAccessKey
      try {
        const client = new S3Client({ region: server.region, endpoint: server.endpoint, forcePathStyle: true })
        await client.send(new CreateBucketCommand({ Bucket: 'lake' }))
        const lake = openLake({
          ...home.config,
          DATAAPP_LAKE_URL: 's3://lake/chain/',
          DATAAPP_S3_ENDPOINT: server.endpoint,
        })
        await warehouse.run('TRUNCATE TABLE lake_parts')
        expect(await archiveTo(lake)).to.include({ cleaned: 4 })
        expect((await lake.list('cleaned/month=')).map(file => file.path)).to.deep.equal([
          'cleaned/month=2024-05/store=S0/lines.parquet',
          'cleaned/month=2024-05/store=S1/lines.parquet',
          'cleaned/month=2024-06/store=S0/lines.parquet',
          'cleaned/month=2024-06/store=S1/lines.parquet',
        ])
        const before = await days()
        for (const table of ['sale_lines', 'sale_days', 'store_days', 'seller_days', 'product_days'])
          await warehouse.run(`TRUNCATE TABLE ${table}`)
        expect(await replay(warehouse, lake, '2024-05-01', '2024-06-30')).to.include({ files: 4, lines: 495 })
        expect(await days()).to.deep.equal(before)
        for (const { path } of await lake.list('')) await lake.remove(path)
        expect(await lake.list('')).to.deep.equal([])
        client.destroy()
      } finally {
        for (const [name, value] of before) {
          if (value === undefined) delete process.env[name]
          else process.env[name] = value
        }
        await server.stop()
      }
    })
  })
})
