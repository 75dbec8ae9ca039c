import { expect } from 'chai'
import { silentLog } from '#shared/log.ts'
import { openWarehouse } from '#shared/warehouse/open.ts'
import { temporaryHome } from '../../../test/parts/home.ts'
import { Engine } from './supervisor.ts'

describe('the embedded warehouse', () => {
  it('comes back after kill -9 with everything it acknowledged', async () => {
    const home = temporaryHome()
    const engine = new Engine({
      directory: `${home.config.DATAAPP_HOME}/warehouse`,
      database: 'dataapp',
      memoryBytes: 500_000_000,
      log: silentLog,
    })
    try {
      await engine.up()
      const ask = async (query: string) =>
        (
          await fetch(engine.url, { method: 'POST', body: query, headers: { 'x-clickhouse-key': engine.password } })
        ).text()
      await ask('CREATE TABLE kept (a UInt32) ENGINE = MergeTree ORDER BY a')
      await ask('INSERT INTO kept SELECT number FROM numbers(1000)')
      const before = engine.pid
      if (before !== undefined) process.kill(before, 'SIGKILL')
      await new Promise(done => setTimeout(done, 300))
      await engine.up()
      expect(await ask('SELECT count() FROM kept')).to.equal('1000\n')
      expect(engine.pid).not.to.equal(before)
    } finally {
      await engine.close()
      home.remove()
    }
  })

  it('answers nobody without its password', async () => {
    const home = temporaryHome()
    const engine = new Engine({
      directory: `${home.config.DATAAPP_HOME}/warehouse`,
      database: 'dataapp',
      memoryBytes: 500_000_000,
      log: silentLog,
    })
    try {
      await engine.up()
      expect((await fetch(engine.url, { method: 'POST', body: 'SELECT 1' })).status).to.equal(403)
    } finally {
      await engine.close()
      home.remove()
    }
  })

  it('takes as many parameters as a server does: a thousand articles by their EAN', async () => {
    const home = temporaryHome()
    const warehouse = await openWarehouse(home.config, silentLog)
    try {
      const products = Array.from({ length: 1_000 }, (_, article) => String(7_891_000_000_000 + article))
      expect(await warehouse.rows('SELECT length({products:Array(String)}) AS count', { products })).to.deep.equal([
        { count: '1000' },
      ])
    } finally {
      await warehouse.close()
      home.remove()
    }
  })

  it('refuses a statement that lacks a parameter, also where another statement sent one of that name', async () => {
    const home = temporaryHome()
    const warehouse = await openWarehouse(home.config, silentLog)
    try {
      for (let session = 0; session < 10; session++)
        await warehouse.rows('SELECT {store:String} AS store', { store: 'S1' })
      const refused = await warehouse.rows('SELECT {store:String} AS store').catch((error: unknown) => error)
      expect(String(refused)).to.contain('Substitution store is not set')
    } finally {
      await warehouse.close()
      home.remove()
    }
  })

  it('keeps values apart from SQL, whatever they hold', async () => {
    const home = temporaryHome()
    const warehouse = await openWarehouse(home.config, silentLog)
    try {
      const odd = "a'b\\c\n\n; DROP TABLE sale_lines; \t\"é'"
      expect(
        await warehouse.rows('SELECT {odd:String} AS odd, {list:Array(String)} AS list', { odd, list: [odd] }),
      ).to.deep.equal([{ odd, list: [odd] }])
      await warehouse.insert('sale_lines', ['store', 'sale', 'line', 'revenue'], [[odd, odd, odd, '1.000001']])
      expect(await warehouse.rows('SELECT store, sale, revenue FROM sale_lines')).to.deep.equal([
        { store: odd, sale: odd, revenue: '1.000001' },
      ])
    } finally {
      await warehouse.close()
      home.remove()
    }
  })
})
