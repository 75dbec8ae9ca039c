import { connect } from 'node:net'
import type { CrowdHeard, CrowdOrder } from './crowd.ts'

/** A process of its own with many connected browsers: plain sockets that count what they are told, so that the server is what is measured. */
const atOnce = 50
let heard = 0
let expected = Number.POSITIVE_INFINITY

process.on('message', async (order: CrowdOrder) => {
  if ('connect' in order) {
    const { port, secrets, count } = order.connect
    const waiting = Array.from({ length: count }, (_, index) => index)
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) await open(port, secrets[index])
      }),
    )
    say({ connected: count })
  } else {
    say({ armed: { stray: heard } })
    heard = 0
    expected = order.expect
  }
})
process.once('disconnect', () => process.exit())

async function open(port: number, secret: string | undefined): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay()
  socket.write(
    `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${
      secret === undefined ? '' : `Cookie: dataapp_session=${secret}\r\n`
    }\r\n`,
  )
  let upgraded = false
  let greeted = false
  let rest: Buffer = Buffer.alloc(0)
  await new Promise<void>((done, fail) => {
    socket.on('error', fail)
    socket.on('close', () => fail(new Error('a connection was closed')))
    socket.on('data', chunk => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      if (!upgraded) {
        const end = rest.indexOf('\r\n\r\n')
        if (end < 0) return
        if (!rest.toString('latin1', 0, 12).endsWith('101')) return fail(new Error(rest.toString('latin1', 0, 60)))
        upgraded = true
        rest = rest.subarray(end + 4)
      }
      for (let size = frame(rest); size > 0; size = frame(rest)) {
        const opcode = (rest[0] ?? 0) & 0x0f
        rest = rest.subarray(size)
        if (opcode !== 1) continue
        if (greeted) count()
        greeted = true
        done()
      }
    })
  })
}

function count(): void {
  heard += 1
  if (heard !== expected) return
  say({ last: { at: String(process.hrtime.bigint()) } })
  heard = 0
  expected = Number.POSITIVE_INFINITY
}

/** The size of the first frame in these bytes, or 0 when it is not whole. */
function frame(bytes: Buffer): number {
  if (bytes.length < 2) return 0
  const short = (bytes[1] ?? 0) & 0x7f
  const size = short < 126 ? 2 + short : bytes.length < 4 ? Number.POSITIVE_INFINITY : 4 + bytes.readUInt16BE(2)
  return bytes.length < size ? 0 : size
}

function say(given: CrowdHeard): void {
  process.send?.(given)
}
