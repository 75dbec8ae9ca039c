import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type CrowdHeard, type CrowdOrder, concerned, type Heard, type Order } from './live/crowd.ts'

const rounds = Number(process.env.BENCH_ROUNDS ?? 60)
const sizes = (process.env.BENCH_CLIENTS ?? '5000,10000').split(',').map(Number)
const goals: Record<number, string> = { 5000: 'goal 150 / 250', 10000: 'goal 250 / 500' }
const restMs = 50

/**
 * News to everybody connected: from the moment the server is told to the moment the last client has it, and the server's memory per connection.
 * Beside it, as the limit, a loop over plain `ws` connections without people, scopes and sessions. Server and clients are two processes on this machine.
 */
export async function run(): Promise<void> {
  console.log(
    'fanout        clients   last client ms p50   p99   server busy ms   KB per session   one store: told   ms p50',
  )
  for (const count of sizes) {
    if (!mayOpen(count)) {
      console.log(`${count} clients: skipped, this process may not open that many files (ulimit -n)`)
      continue
    }
    console.log(await measure('bare', count), '')
    console.log(await measure('dataapp', count), goals[count] ?? '')
  }
}

async function measure(kind: 'bare' | 'dataapp', count: number): Promise<string> {
  const server = start('server', [kind, String(count)])
  const crowd = start('clients', [])
  try {
    const { port, secrets } = (await told<Extract<Heard, { ready: unknown }>>(server, 'ready')).ready
    await sleep(2_000)
    const before = await memoryOf(server)
    order(crowd, { connect: { port, secrets, count } })
    await told(crowd, 'connected')
    await sleep(2_000)
    const perSession = ((await memoryOf(server)) - before) / count
    const all = await broadcasts(server, crowd, { stores: null, sellers: null }, count)
    const few = concerned(count, 's7', 'v1')
    const one = kind === 'bare' ? undefined : await broadcasts(server, crowd, { stores: ['s7'], sellers: ['v1'] }, few)
    return [
      (kind === 'bare' ? 'bare ws' : 'DataApp').padEnd(14),
      String(count).padStart(7),
      at(all.last, 0.5).padStart(21),
      at(all.last, 0.99).padStart(6),
      at(all.busy, 0.5).padStart(17),
      (perSession / 1_000).toFixed(1).padStart(17),
      (one === undefined ? '' : String(few)).padStart(18),
      (one === undefined ? '' : at(one.last, 0.5)).padStart(9),
    ].join('')
  } finally {
    crowd.disconnect()
    server.disconnect()
  }
}

type Times = { last: number[]; busy: number[] }

async function broadcasts(
  server: ChildProcess,
  crowd: ChildProcess,
  announce: Extract<Order, { announce: unknown }>['announce'],
  expect: number,
): Promise<Times> {
  const times: Times = { last: [], busy: [] }
  for (let round = 0; round <= rounds; round++) {
    const armed = told<Extract<CrowdHeard, { armed: unknown }>>(crowd, 'armed')
    order(crowd, { expect })
    const { stray } = (await armed).armed
    if (stray > 0) throw new Error(`${stray} clients heard what does not concern them`)
    const heard = told<Extract<CrowdHeard, { last: unknown }>>(crowd, 'last')
    const said = told<Extract<Heard, { announced: unknown }>>(server, 'announced')
    order(server, { announce })
    const [{ last }, { announced }] = await Promise.all([heard, said])
    // The first one warms up.
    if (round > 0) {
      times.last.push(Number(BigInt(last.at) - BigInt(announced.at)) / 1e6)
      times.busy.push(announced.busyMs)
    }
    await sleep(restMs)
  }
  return times
}

function start(program: 'server' | 'clients', argv: string[]): ChildProcess {
  const path = fileURLToPath(new URL(`./live/${program}.ts`, import.meta.url))
  return fork(path, argv, {
    execArgv: ['--import', 'tsx', '--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

/** The next thing of this kind that a child says; rejects when it ends instead. */
function told<T extends Heard | CrowdHeard>(child: ChildProcess, name: string): Promise<T> {
  return new Promise((done, fail) => {
    const ended = () => fail(new Error(`a measuring process ended while ${name} was awaited`))
    const listen = (given: T) => {
      if (!(name in given)) return
      child.off('message', listen)
      child.off('exit', ended)
      done(given)
    }
    child.on('message', listen)
    child.once('exit', ended)
  })
}

async function memoryOf(server: ChildProcess): Promise<number> {
  const answer = told<Extract<Heard, { memory: number }>>(server, 'memory')
  order(server, { memory: true })
  return (await answer).memory
}

function order(child: ChildProcess, given: Order | CrowdOrder): void {
  child.send(given)
}

function at(values: readonly number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b)
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0)
}

/** Whether a child may open a file for each client; Node itself raises its limit to the hard one. */
function mayOpen(count: number): boolean {
  const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim()
  return limit === 'unlimited' || Number(limit) > count + 200
}
