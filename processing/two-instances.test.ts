import { expect } from 'chai'
import { consumerGroups, topics } from '#shared/agreement.ts'
import { openBus } from '#shared/bus/open.ts'
import { parseConfig } from '#shared/config.ts'
import { openVault } from '#shared/crypto/vault.ts'
import { silentLog } from '#shared/log.ts'
import { openMetrics } from '#shared/metrics.ts'
import { encodeSale, type Sale } from '#shared/records/sale.ts'
import { openSettings } from '#shared/settings/open.ts'
import { openWarehouse } from '#shared/warehouse/open.ts'
import { generateSales } from '../bench/generate.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { available, startKafka } from '../test/parts/kafka.ts'
import { needs } from '../test/parts/part.ts'
import { processing } from './main.ts'

const shape = {
  lines: 4_000,
  stores: 24,
  products: 50,
  sellersPerStore: 2,
  customers: 10,
  linesPerSale: 4,
  days: 10,
  firstDay: '2024-05-01',
  seed: 11,
}

describe('two processing instances in one group', () => {
  before(needs(available()))

  it('lose and double nothing when one leaves in mid-batch and another joins, also when everything is delivered again', async () => {
    const home = temporaryHome()
    const kafka = await startKafka()
    const config = parseConfig({
      DATAAPP_HOME: home.config.DATAAPP_HOME,
      PORT: '0',
      DATAAPP_LOG_LEVEL: 'silent',
      DATAAPP_BUS_BROKERS: kafka.brokers.join(','),
      DATAAPP_BUS_REPLICATION: '1',
      DATAAPP_BUS_PARTITIONS: '6',
    })
    const warehouse = await openWarehouse(config, silentLog)
    const settings = await openSettings(config)
    const vault = await openVault(config, settings, silentLog)
    const buses = [await openBus(config, silentLog), await openBus(config, silentLog)] as const
    const start = (bus: (typeof buses)[number]) =>
      processing({ config, log: silentLog, metrics: openMetrics(), bus, warehouse, settings, vault })
    const publish = (sales: readonly Sale[]) =>
      buses[0].publish(
        topics.sales,
        sales.map(sale => ({ key: sale.store, value: Buffer.from(encodeSale(sale)) })),
      )
    try {
      const sales = [...generateSales(shape)]
      const first = await start(buses[0])
      await publish(sales.slice(0, 500))
      const second = await start(buses[1])
      await publish(sales.slice(500))
      await publish(sales.filter((_, index) => index % 3 === 0))
      const corrected = sales
        .filter((_, index) => index % 10 === 0)
        .map(sale => ({
          ...sale,
          version: sale.version + 1_000_000_000,
          extent: 'whole' as const,
          lines: sale.lines.slice(1),
        }))
      await publish(corrected)
      await first.stop()
      while ((await buses[1].lag(topics.sales, consumerGroups.sales)) > 0)
        await new Promise(done => setTimeout(done, 100))
      await second.stop()

      const gone = new Set(corrected.map(sale => sale.sale))
      const standing = sales.flatMap(sale => (gone.has(sale.sale) ? sale.lines.slice(1) : sale.lines))
      const expected = {
        lines: String(standing.length),
        revenue: standing.reduce((sum, line) => sum + line.revenue, 0),
      }
      for (const table of ['store_days', 'seller_days', 'product_days']) {
        const [row] = await warehouse.rows<{ lines: string; revenue: string }>(
          `SELECT sum(lines) AS lines, sum(revenue) AS revenue FROM ${table} FINAL`,
        )
        expect({ table, lines: row?.lines, revenue: Math.round(Number(row?.revenue) * 1e6) }).to.deep.equal({
          table,
          ...expected,
        })
      }
    } finally {
      await Promise.all(buses.map(bus => bus.close()))
      await warehouse.close()
      await settings.close()
      await kafka.stop()
      home.remove()
    }
  })
})
