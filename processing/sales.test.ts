import { expect } from 'chai'
import { openParts } from '#cli/parts.ts'
import type { Bus } from '#shared/bus/bus.ts'
import { silentLog } from '#shared/log.ts'
import { openMetrics } from '#shared/metrics.ts'
import { encodeSale, type Sale } from '#shared/records/sale.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { saleOf } from '../test/parts/chain.ts'
import { watched } from '../test/parts/cut-off.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { BesideReplays } from './lake/beside-replays.ts'
import { parseRules } from './quality/rules.ts'
import { salesLoader } from './sales.ts'

const rules = parseRules(
  'version: 1\nrules:\n  - { rule: old-code, kind: replace, field: store, values: { C1: centro }, severity: correct }\n',
  'quality.yaml',
)

/** As several instances share it. */
const bus: Bus = {
  kind: 'kafka',
  publish: async () => {},
  consume: () => {
    throw new Error('nothing is consumed here')
  },
  lag: async () => 0,
  ready: async () => {},
  close: async () => {},
}

describe('sales that a rule moves to another store', () => {
  it('stand as they were told last, also while another instance loads what is told under that store', async () => {
    const home = temporaryHome()
    const { close, ...parts } = await openParts(home.config, silentLog)
    try {
      const { warehouse } = parts
      const told = (store: string, version: number, products: string[]): Sale => ({
        ...saleOf({ store, sale: 'X', seller: 'ana', day: '2024-05-01', products }),
        version,
        extent: 'whole',
      })
      const replays = await BesideReplays.open(parts)
      const load = async (through: Warehouse, sale: Sale) => {
        const handle = salesLoader(
          { ...parts, bus, warehouse: through, metrics: openMetrics() },
          rules,
          replays,
          async () => {},
        )
        const value = Buffer.from(encodeSale(sale))
        await handle(
          [{ key: sale.store, value, headers: {}, partition: 0, offset: '0', timestampMs: 0 }],
          async () => {},
        )
      }
      let between: (() => Promise<void>) | undefined
      const slow: Warehouse = {
        ...watched(warehouse, () => {}),
        insertBlock: async (table, ...rest) => {
          const now = table === 'sale_lines' ? between : undefined
          if (now !== undefined) between = undefined
          await now?.()
          await warehouse.insertBlock(table, ...rest)
        },
      }
      for (const [first, second] of [
        [told('C1', 1_000, ['a', 'b', 'c']), told('centro', 2_000, ['a'])],
        [told('centro', 3_000, ['a', 'b', 'c']), told('C1', 4_000, ['a'])],
        [told('C1', 6_000, ['a']), told('centro', 5_000, ['a', 'b', 'c'])],
      ] as const) {
        // What one looked up is old when it writes: the other has come in between.
        between = () => load(warehouse, second)
        await load(slow, first)
        expect(
          await warehouse.rows('SELECT store, toString(sum(lines)) AS lines FROM store_days FINAL GROUP BY store'),
          `${first.store} ${first.version}`,
        ).to.deep.equal([{ store: 'centro', lines: '1' }])
      }
    } finally {
      await close()
      home.remove()
    }
  })
})
