import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const [url = '', key = '', rate = '2000', seconds = '5'] = process.argv.slice(2)
const perSecond = Number(rate)
const count = perSecond * Number(seconds)
const agent = new Agent({ keepAlive: true, maxSockets: 64 })
/** A load that can't be kept up ends here all the same. */
const longestMs = Number(seconds) * 4_000

/** Milliseconds from the moment at which a sale should have been sent until its answer was there, so that waiting in line counts; undefined when it was refused. */
function tell(number: number, dueMs: number): Promise<number | undefined> {
  const body = JSON.stringify({
    store: String(number % 50),
    sale: `T-${number}`,
    soldAt: '2024-03-05T18:20:00',
    seller: `V${number % 17}`,
    lines: [{ product: `P${number % 4001}`, quantity: 1 + (number % 3), unitPrice: '12.50', cost: '6.10' }],
  })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  return new Promise(done => {
    const sent = request(url, { method: 'POST', agent, headers }, answer => {
      answer.resume().on('end', () => done(answer.statusCode === 202 ? performance.now() - dueMs : undefined))
    })
    sent.on('error', () => done(undefined))
    sent.end(body)
  })
}

const begin = performance.now()
const answers: Promise<number | undefined>[] = []
while (answers.length < count && performance.now() - begin < longestMs) {
  const due = Math.min(count, Math.ceil(((performance.now() - begin) / 1000) * perSecond))
  while (answers.length < due) answers.push(tell(answers.length, begin + (answers.length / perSecond) * 1000))
  await sleep(2)
}
const times = (await Promise.all(answers)).filter(time => time !== undefined).sort((a, b) => a - b)
const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
process.stdout.write(
  JSON.stringify({
    sent: answers.length,
    accepted: times.length,
    perSecond: (times.length / (performance.now() - begin)) * 1000,
    p50: at(0.5),
    p99: at(0.99),
  }),
)
agent.destroy()
