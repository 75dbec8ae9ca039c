import { createServer, type RequestListener, type Server } from 'node:http'
import { closeServer, healthRoutes, listen } from '#shared/health.ts'
import { openMetrics } from '#shared/metrics.ts'
import { pause } from '#shared/pause.ts'

/** A start that takes longer than this waits for somebody. */
const patienceMs = 1_000

/** The parts that are not open yet. */
export type Opening = ReadonlySet<string>

/**
 * Resolves as `opened` does. While that takes long because a server is away, the tiers' ports answer already: alive, not ready, and which parts are waited for. A port that is taken is left
 * to its tier, which reports it.
 */
export async function withDoors<T>(
  ports: readonly number[],
  host: string,
  opening: Opening,
  opened: Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const doors = openDoors(ports, host, opening, over.signal)
  try {
    return await opened
  } finally {
    over.abort()
    await Promise.all((await doors).map(closeServer))
  }
}

async function openDoors(
  ports: readonly number[],
  host: string,
  opening: Opening,
  over: AbortSignal,
): Promise<Server[]> {
  await pause(patienceMs, over)
  if (over.aborted) return []
  const answer = openingAnswer(opening)
  const doors: Server[] = []
  for (const port of ports) {
    if (over.aborted) break
    const door = createServer(answer)
    const got = await listen(door, port, host, false).catch(() => undefined)
    if (got !== undefined) doors.push(door)
  }
  return doors
}

function openingAnswer(opening: Opening): RequestListener {
  const check = (name: string) => ({
    name,
    check: async () => {
      if (opening.has(name)) throw new Error('is being opened; the log says what is waited for')
    },
  })
  const health = healthRoutes(openMetrics(), [check('bus'), check('settings'), check('warehouse')])
  return (request, response) => {
    if (health(request, response)) return
    response
      .writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '2', refresh: '2' })
      .end(`DataApp is starting. Waiting for: ${[...opening].join(', ')}\n`)
  }
}
