// ClickHouse's server for a machine that can't fetch it: the same engine from the npm package `chdb`, behind the same TLS port, user and password.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import { register } from 'tsx/esm/api'

register()
const { Engine } = await import('../../shared/warehouse/embedded/supervisor.ts')

const certificates = '/etc/clickhouse-server/dataapp'
const users = readFileSync('/etc/clickhouse-server/users.d/dataapp-password.xml', 'utf8')
const digest = /<password_sha256_hex>([0-9a-f]{64})</.exec(users)?.[1]
const log = { warn: console.warn, info: console.log, error: console.error }
const engine = new Engine({
  directory: '/var/lib/dataapp/warehouse',
  database: 'dataapp',
  memoryBytes: 4_000_000_000,
  log,
})
await engine.up()

/** User and password as a client of ClickHouse gives them: by basic authentication or by headers. */
function credentials(headers) {
  const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1]
  if (basic === undefined) return [headers['x-clickhouse-user'] ?? '', headers['x-clickhouse-key'] ?? '']
  const [user = '', ...password] = Buffer.from(basic, 'base64').toString().split(':')
  return [user, password.join(':')]
}

const server = createServer(
  { cert: readFileSync(`${certificates}/server.crt`), key: readFileSync(`${certificates}/server.key`) },
  (incoming, outgoing) => {
    const [user, password] = credentials(incoming.headers)
    const known = user === 'dataapp' && createHash('sha256').update(password).digest('hex') === digest
    if (!known && incoming.url !== '/ping') {
      outgoing.writeHead(403).end('Code: 516. Authentication failed')
      return
    }
    const headers = {
      ...incoming.headers,
      authorization: `Basic ${Buffer.from(`default:${engine.password}`).toString('base64')}`,
    }
    delete headers['x-clickhouse-user']
    delete headers['x-clickhouse-key']
    const onward = request(`${engine.url}${incoming.url}`, { method: incoming.method, headers }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  },
)
server.listen(8443, '0.0.0.0')
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    server.close()
    server.closeAllConnections()
    await engine.close()
    process.exit(0)
  })
}
