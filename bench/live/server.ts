import { createServer } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import { Live } from '#presentation/server/live.ts'
import { digest, newSecret } from '#presentation/server/session.ts'
import { Doorkeeper } from '#presentation/server/signed.ts'
import { listen } from '#shared/health.ts'
import { silentLog } from '#shared/log.ts'
import type { Changed } from '#shared/records/changed.ts'
import { openSettings } from '#shared/settings/open.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { boundsOf, type Heard, type Order } from './crowd.ts'

/** A process of its own that tells news to whoever is connected: the platform's live door, or a loop over plain `ws` connections as the limit. */
const [kind = 'dataapp', people = '0'] = process.argv.slice(2)
const home = temporaryHome()
const settings = kind === 'dataapp' ? await openSettings(home.config) : undefined
const secrets = settings === undefined ? [] : await signIn(settings, Number(people))
const server = createServer()
const announce = settings === undefined ? bare() : door(settings)
const port = await listen(server, 0, '127.0.0.1', false)
say({ ready: { port, secrets } })

process.on('message', (order: Order) => {
  if ('announce' in order) {
    const at = process.hrtime.bigint()
    announce(changedOf(order.announce))
    say({ announced: { at: String(at), busyMs: Number(process.hrtime.bigint() - at) / 1e6 } })
  } else {
    globalThis.gc?.()
    globalThis.gc?.()
    say({ memory: process.memoryUsage().rss })
  }
})
process.once('disconnect', () => {
  home.remove()
  process.exit()
})

function door(database: Settings): (changed: Changed) => void {
  const live = new Live(new Doorkeeper(database, { DATAAPP_SECOND_FACTOR: 'optional' }), silentLog, '')
  live.attach(server)
  return changed => live.announce(changed)
}

function bare(): (changed: Changed) => void {
  const clients = new Set<WebSocket>()
  const door = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false })
  door.on('connection', socket => {
    clients.add(socket)
    socket.send('{"type":"hello"}')
  })
  let seq = 0
  return ({ at, from, to, lines }) => {
    seq += 1
    const text = JSON.stringify({ type: 'changed', seq, at, from, to, lines })
    for (const client of clients) if (client.readyState === WebSocket.OPEN) client.send(text)
  }
}

/** Everybody of the crowd with an open session; answers the cookies. */
async function signIn(database: Settings, count: number): Promise<string[]> {
  const all = Array.from({ length: count }, (_, index) => ({
    id: `p${index}`,
    secret: newSecret(),
    ...boundsOf(index),
  }))
  for (let from = 0; from < count; from += 1_000) {
    const some = all.slice(from, from + 1_000).map(({ secret, ...one }) => ({ ...one, session: digest(secret) }))
    await database.query(
      `INSERT INTO people (id, email, name, role, stores, seller)
       SELECT r->>'id', r->>'id', r->>'id', r->>'role',
              CASE WHEN r ? 'stores' THEN ARRAY(SELECT jsonb_array_elements_text(r->'stores')) END, r->>'seller'
       FROM jsonb_array_elements($1::jsonb) AS r`,
      [JSON.stringify(some)],
    )
    await database.query(
      `INSERT INTO sessions (id, person, address, agent, expires_at, opened_by)
       SELECT r->>'session', r->>'id', '', '', now() + interval '1 day', 'password' FROM jsonb_array_elements($1::jsonb) AS r`,
      [JSON.stringify(some)],
    )
  }
  return all.map(({ secret }) => secret)
}

function changedOf({ stores, sellers }: { stores: string[] | null; sellers: string[] | null }): Changed {
  const at = new Date().toISOString()
  return { v: 1, at, kind: 'sales', from: '2024-05-01', to: '2024-05-02', stores, products: null, sellers, lines: 40 }
}

function say(heard: Heard): void {
  process.send?.(heard)
}
