import { expect } from 'chai'
import { formatMicros, micros, zero } from '#shared/records/micros.ts'
import { openWarehouse } from '#shared/warehouse/open.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { openPreparedSettings } from '../../test/parts/prepared.ts'
import { source, workbench } from '../testing.ts'

const yaml = source(
  `numbers: { decimal: "," }
sale: { id: id, store: store, soldAt: soldAt, product: product, quantity: pieces, unitPrice: price, revenue: total, cost: cost }`,
)

/** A thousand lines with every type that an export has, written by the warehouse engine. */
const lines = (compression: string) => `
SELECT toInt64(4000000000 + number) AS id, toString(number % 7) AS store,
  toDateTime64('2024-03-05 12:00:00', 6, 'UTC') + toIntervalSecond(number) AS soldAt,
  toDate('2024-03-05') + toIntervalDay(number % 3) AS day, if(number % 2 = 0, 'café', 'pão') AS product,
  toInt32(1 + number % 3) AS pieces, toDecimal64(number / 100, 2) AS price,
  toDecimal128(toInt64(number) * 3, 2) / 100 AS total, if(number % 5 = 0, NULL, toNullable(toDecimal64('0.07', 4))) AS cost
FROM numbers(1000)
SETTINGS output_format_parquet_compression_method = '${compression}', output_format_parquet_row_group_size = 300`

describe('Parquet', () => {
  let bench: Awaited<ReturnType<typeof workbench>>
  let warehouse: Warehouse
  before(async () => {
    bench = await workbench(openPreparedSettings)
    warehouse = await openWarehouse(bench.config, bench.log)
  })
  after(async () => {
    await warehouse?.close()
    await bench?.close()
  })
  beforeEach(() => bench.clear())

  for (const compression of ['none', 'snappy', 'zstd', 'gzip', 'lz4']) {
    it(`reads whole numbers, decimals, moments and texts to the cent: ${compression}`, async () => {
      const file = await warehouse.parquet(lines(compression), {})
      const totals = await bench.take(yaml, `${compression}.parquet`, file)
      expect(totals).to.deep.equal({ rows: 1_000, accepted: 1_000, rejected: 0, duplicates: 0, sales: 1_000 })
      const read = [...bench.lines().values()]
      const sum = read.reduce((all, line) => all + line.revenue, 0)
      expect(formatMicros(micros(sum) ?? zero)).to.equal('14985')
      const [, second] = read
      expect(second).to.deep.include({ sale: '4000000001', store: '1', soldAt: '2024-03-05T09:00:01', product: 'pão' })
      expect(second && [second.unitPrice, second.quantity, second.revenue, second.cost]).to.deep.equal([
        10_000, 2_000_000, 30_000, 70_000,
      ])
      expect(read.filter(line => line.cost === null)).to.have.length(200)
    })
  }

  it('reads days as days', async () => {
    const daily = source('sale: { id: id, store: store, soldAt: day, product: product, revenue: total }')
    await bench.take(daily, 'days.parquet', await warehouse.parquet(lines('zstd'), {}))
    const days = new Set([...bench.lines().values()].map(line => line.soldAt))
    expect([...days]).to.deep.equal(['2024-03-05T00:00:00', '2024-03-06T00:00:00', '2024-03-07T00:00:00'])
  })
})
