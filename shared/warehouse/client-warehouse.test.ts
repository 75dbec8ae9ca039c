import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { createClient } from '@clickhouse/client'
import { expect } from 'chai'
import { closeServer, listen } from '#shared/health.ts'
import { silentLog } from '#shared/log.ts'
import { ClientWarehouse } from './client-warehouse.ts'
import { layoutOf } from './layout.ts'

describe('a warehouse whose disk is full', () => {
  it('is not ready as long as a statement waits for room, though it answers, and goes on when there is room', async () => {
    let room = false
    let refused = () => {}
    const full = new Promise<void>(done => {
      refused = done
    })
    const server = createServer(async (request, response) => {
      const said = `${request.url} ${await text(request)}`
      if (room || !said.includes('INSERT')) return void response.end('1\n')
      response
        .writeHead(500, { 'x-clickhouse-exception-code': '243' })
        .end('Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)')
      refused()
    })
    const port = await listen(server, 0, '127.0.0.1', false)
    const warehouse = new ClientWarehouse({
      kind: 'server',
      client: createClient({ url: `http://127.0.0.1:${port}`, log: { level: 127 } }),
      database: 'd',
      layout: layoutOf({ database: 'd', cluster: undefined }),
      up: async () => {},
      close: async () => {},
      log: silentLog,
    })
    const notReady = () =>
      warehouse.ready().then(
        () => undefined,
        (error: unknown) => error,
      )
    try {
      expect(await notReady()).to.equal(undefined)
      const inserted = warehouse.run('INSERT INTO t VALUES (1)')
      await full
      while ((await notReady()) === undefined);
      expect(await notReady()).to.include({ code: 'WAREHOUSE_FULL' })
      room = true
      await inserted
      expect(await notReady()).to.equal(undefined)
    } finally {
      await warehouse.close()
      await closeServer(server)
    }
  })
})
