import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DataAppError, messageOf, systemCodeOf } from './error.ts'
import type { Metrics } from './metrics.ts'

/** A named thing that must answer for a tier to be ready. */
export type Check = { name: string; check: () => Promise<void> }
export type Readiness = { ready: boolean; checks: { name: string; ok: boolean; message: string }[] }

/** Runs all checks side by side, each with two seconds to answer. */
export async function readiness(checks: readonly Check[]): Promise<Readiness> {
  const results = await Promise.all(
    checks.map(async ({ name, check }) => {
      try {
        await withinTwoSeconds(check())
        return { name, ok: true, message: 'ok' }
      } catch (error) {
        return { name, ok: false, message: messageOf(error) }
      }
    }),
  )
  return { ready: results.every(result => result.ok), checks: results }
}

/** The three paths every tier answers: `/healthz`, `/readyz`, `/metrics`. Returns false when the path is another. */
export function healthRoutes(
  metrics: Metrics,
  checks: readonly Check[],
): (...request: Parameters<RequestListener>) => boolean {
  return (request, response) => {
    const path = (request.url ?? '/').split('?')[0]
    const json = (status: number, body: unknown) => {
      response
        .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
        .end(JSON.stringify(body))
    }
    if (path === '/healthz') json(200, { alive: true })
    else if (path === '/readyz') void readiness(checks).then(result => json(result.ready ? 200 : 503, result))
    else if (path === '/metrics') {
      void metrics.registry.metrics().then(text => {
        response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text)
      })
    } else return false
    return true
  }
}

/** Listens on `port`, or on any free port when it is taken and `fallback` is set. Returns the port it got. A taken port is `PORT_IN_USE`. */
export async function listen(server: Server, port: number, host: string, fallback: boolean): Promise<number> {
  try {
    await listening(server, port, host)
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'EADDRINUSE' && fallback) await listening(server, 0, host)
    else if (code === 'EADDRINUSE') {
      throw new DataAppError('PORT_IN_USE', `Port ${port} on ${host} is in use by another program.`, {
        hint: `Stop that program or choose another port: PORT=${port + 10} npm start`,
        cause: error,
      })
    } else if (code === 'EACCES') {
      throw new DataAppError('PORT_FORBIDDEN', `Port ${port} may not be opened by this user.`, {
        hint: 'Ports below 1024 need rights: choose a higher one with PORT=…',
        cause: error,
      })
    } else throw error
  }
  return addressOf(server).port
}

/** Where commands on this machine reach a server that listens on `host`: on loopback when that means every address. */
export function localUrl(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

export function closeServer(server: Server): Promise<void> {
  return new Promise(done => {
    server.close(() => done())
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), 2_000).unref()
  })
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      done()
    })
  })
}

function addressOf(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address
}

async function withinTwoSeconds(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error('no answer within 2 seconds')), 2_000)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
