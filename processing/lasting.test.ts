import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { consumerGroups, topics } from '#shared/agreement.ts'
import { DataAppError } from '#shared/error.ts'
import { rejectedOf } from '#shared/records/rejected.ts'
import { encodeSale } from '#shared/records/sale.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { saleOf } from '../test/parts/chain.ts'
import { watched } from '../test/parts/cut-off.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { openPreparedParts } from '../test/parts/prepared.ts'
import { processing } from './main.ts'

describe('loading', () => {
  it('outlasts a warehouse and settings that are away for longer than a statement waits, and says so on /readyz', async () => {
    const home = temporaryHome()
    const { close, ...parts } = await openPreparedParts(home.config)
    let away: DataAppError | undefined
    const refuse = () => {
      if (away !== undefined) throw away
    }
    const warehouse = watched(parts.warehouse, refuse)
    const settings: Settings = {
      ...parts.settings,
      query: async (sql, params) => {
        if (sql.startsWith('INSERT INTO rejected')) refuse()
        return parts.settings.query(sql, params)
      },
    }
    const tier = await processing({ ...parts, warehouse, settings })
    const waiting = async () => {
      const { checks } = await (await fetch(`${tier.url}/readyz`)).json()
      return checks.find(({ name }: { name: string }) => name === 'loading').message
    }
    const until = async (is: () => Promise<boolean>) => {
      while (!(await is())) await Promise.race([sleep(20), tier.failed])
    }
    const why = { source: 's', file: 'f', line: 3, field: 'x', rule: 'r', message: 'no', raw: 'a;b' }
    try {
      for (const code of ['WAREHOUSE_UNREACHABLE', 'WAREHOUSE_READ_ONLY', 'SETTINGS_UNREACHABLE'] as const) {
        away = new DataAppError(code, `Away: ${code}.`)
        const sale = saleOf({ store: '1', sale: code, day: '2024-05-01', seller: 'v1' })
        const record = rejectedOf('ingestion', { ...why, file: code }, new Date())
        await parts.bus.publish(topics.rejected, [{ key: 's', value: Buffer.from(JSON.stringify(record)) }])
        await parts.bus.publish(topics.sales, [{ key: '1', value: Buffer.from(encodeSale(sale)) }])
        await until(async () => (await waiting()) === `Away: ${code}.`)
        away = undefined
        await until(async () => (await waiting()) === 'ok')
        await until(async () => (await parts.bus.lag(topics.sales, consumerGroups.sales)) === 0)
        await until(async () => (await parts.bus.lag(topics.rejected, consumerGroups.rejected)) === 0)
      }
      expect(await parts.warehouse.rows('SELECT sum(lines) AS lines FROM store_days FINAL')).to.deep.equal([
        { lines: '3' },
      ])
      expect(await parts.settings.query('SELECT 1 FROM rejected')).to.have.length(3)
      away = new DataAppError('WAREHOUSE_UNAUTHORIZED', 'Another password.')
      await parts.bus.publish(topics.sales, [
        {
          key: '1',
          value: Buffer.from(encodeSale(saleOf({ store: '1', sale: 'D', day: '2024-05-01', seller: 'v1' }))),
        },
      ])
      expect(await tier.failed.catch((error: unknown) => error)).to.include({ code: 'WAREHOUSE_UNAUTHORIZED' })
    } finally {
      away = undefined
      await tier.stop()
      await close()
      home.remove()
    }
  })
})
