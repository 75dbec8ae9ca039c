/**
 * The embedded warehouse: ClickHouse's engine from the package chdb, in this process of its own, behind the ClickHouse HTTP protocol on loopback.
 * Its parent tells it where its data is and dies with it: when the parent's channel closes, this process ends at once (acknowledged inserts are on disk).
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Session } from 'chdb'
import { statementSettings } from '../statement-settings.ts'
import { receiveBody, spoolBody } from './body.ts'
import { orderOf } from './order.ts'
import { SessionPool } from './session-pool.ts'
import { statementOf } from './statement.ts'

const order = orderOf(process.env.ENGINE_ORDER)

const spool = join(order.directory, 'intake')
rmSync(spool, { recursive: true, force: true })
mkdirSync(spool, { recursive: true })

const connectionArgs = [
  `--max_server_memory_usage=${order.memoryBytes}`,
  '--max_threads=2',
  // As it comes, a question has one thread for each GiB that is free: under the cap on memory, one.
  '--max_threads_min_free_memory_per_thread=0',
  '--max_insert_threads=1',
  ...Object.entries(statementSettings).map(([name, value]) => `--${name}=${value}`),
]
const data = join(order.directory, 'data')
const sessions = Array.from({ length: 5 }, () => new Session(data, { connectionArgs }))
const first = sessions[0]
if (first === undefined) throw new Error('no session')
await first.queryAsync(`CREATE DATABASE IF NOT EXISTS ${order.database} ENGINE = Atomic`)
for (const session of sessions) await session.queryAsync(`USE ${order.database}`)
const pool = new SessionPool(sessions)

// Parameters travel in the address: as much of it as a ClickHouse server takes (its `http_max_uri_size`), where Node would stop at 16 kB.
const server = createServer({ maxHeaderSize: 1_048_576 }, (request, response) => {
  answer(request, response).catch(error => refuse(response, error))
})
server.keepAliveTimeout = 60_000
server.listen(order.port, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ ready: true, port: typeof address === 'object' && address !== null ? address.port : 0 })
})
// Not `process.exit`: that waits for the statements under way, while whoever starts next needs the directory.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://engine')
  if (url.pathname === '/ping') return void response.end('Ok.\n')
  if (!authorized(request)) {
    return void response
      .writeHead(403, { 'x-clickhouse-exception-code': '516' })
      .end('Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)')
  }
  const inUrl = url.searchParams.get('query')
  const text = inUrl ?? (await receiveBody(request)).toString('utf8')
  const statement = statementOf(text, url.searchParams)
  if (statement.missing.length > 0)
    throw new Error(
      `Code: 456. DB::Exception: Substitution ${statement.missing.join(', ')} is not set. (UNKNOWN_QUERY_PARAMETER)`,
    )
  const queryId = url.searchParams.get('query_id') ?? randomUUID()
  const file = statement.inlineData && inUrl !== null ? join(spool, randomUUID()) : undefined
  try {
    if (file !== undefined) await spoolBody(request, file)
    const bytes = await pool.with(statement.writes ? 'write' : 'read', async session => {
      const result = await session.queryAsync(statement.sql(file), {
        format: url.searchParams.get('default_format') ?? 'TabSeparated',
      })
      return result.bytes()
    })
    response.writeHead(200, {
      'x-clickhouse-query-id': queryId,
      'x-clickhouse-summary': '{}',
      'content-type': 'text/plain; charset=utf-8',
      'content-length': bytes.byteLength,
    })
    response.end(bytes)
  } finally {
    if (file !== undefined) rmSync(file, { force: true })
  }
}

function authorized(request: IncomingMessage): boolean {
  if (request.headers['x-clickhouse-key'] === order.password) return true
  return request.headers.authorization === `Basic ${Buffer.from(`default:${order.password}`).toString('base64')}`
}

function refuse(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const code = /Code: (\d+)/.exec(message)?.[1] ?? (/ENOSPC|No space left/.test(message) ? '243' : '1002')
  if (!response.headersSent)
    response.writeHead(code === '241' ? 503 : 500, {
      'x-clickhouse-exception-code': code,
      'content-type': 'text/plain; charset=utf-8',
    })
  response.end(message.startsWith('Code:') ? message : `Code: ${code}. DB::Exception: ${message} (UNKNOWN_EXCEPTION)`)
}
