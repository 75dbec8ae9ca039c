import { execFileSync, spawn } from 'node:child_process'
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import type { Topic } from '#shared/agreement.ts'
import { DataAppError } from '#shared/error.ts'
import { silentLog } from '#shared/log.ts'
import { collect, eventually, once, rejection } from '../bus.contract.ts'
import type { Bus, Message } from '../bus.ts'
import { openEmbeddedBus } from './embedded-bus.ts'

describe('the embedded bus', () => {
  let directory = ''
  const limits = { retentionMs: 3_600_000, retentionBytes: 1024 ** 3 }
  const open = (settings: Partial<typeof limits> = {}) =>
    openEmbeddedBus({ directory, ...limits, ...settings, log: silentLog })
  const topicFile = (name: string) => join(directory, 'sales', name)
  const segments = async () => (await readdir(join(directory, 'sales'))).filter(name => name.endsWith('.log')).sort()

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dataapp-bus-'))
  })
  afterEach(() => rm(directory, { recursive: true }))

  describe('after a stop in the middle of a write', () => {
    async function withThreeFrames(): Promise<string> {
      const bus = await open()
      for (const number of [0, 1, 2]) await bus.publish('sales', [text(number)])
      await bus.close()
      const [name = ''] = await segments()
      return topicFile(name)
    }

    it('cuts off a torn tail and goes on behind it', async () => {
      const path = await withThreeFrames()
      await truncate(path, (await stat(path)).size - 1)
      expect(await publishAndReadAll(open)).to.deep.equal([0, 1, 99])
    })

    it('cuts off a tail with a flipped bit', async () => {
      const path = await withThreeFrames()
      await flip(path, -1)
      expect(await publishAndReadAll(open)).to.deep.equal([0, 1, 99])
    })

    it('cuts off foreign bytes, also when they look like a frame', async () => {
      const path = await withThreeFrames()
      await appendFile(path, 'DAP1DAP1 and more of that')
      expect(await publishAndReadAll(open)).to.deep.equal([0, 1, 2, 99])
    })

    it('steps over damage with acknowledged messages behind it', async () => {
      const path = await withThreeFrames()
      await flip(path, Math.floor((await stat(path)).size / 2))
      expect(await publishAndReadAll(open)).to.deep.equal([0, 2, 99])
    })

    it('has every acknowledged message, once and in order, after kill -9', async () => {
      let next = 0
      for (const lines of [1, 20, 60]) {
        const acknowledged = await publishUntilKilled(directory, next, lines)
        const bus = await open()
        const numbers = await readAll(bus, `group-${lines}`)
        await bus.close()
        expect(numbers).to.deep.equal(numbers.map((_, index) => index))
        expect(numbers.length).to.be.greaterThan(acknowledged)
        next = numbers.length
      }
    })
  })

  describe('retention', () => {
    const batch = (from: number): Message[] => Array.from({ length: 100 }, (_, index) => text(from + index, 1000))

    it('deletes the oldest beyond the size', async () => {
      const bus = await open({ retentionBytes: 400_000 })
      for (let from = 0; from < 2000; from += 100) await bus.publish('sales', batch(from))
      const numbers = await readAll(bus, 'late')
      await bus.close()
      expect(numbers.length).to.be.within(200, 600)
      expect(numbers.at(-1)).to.equal(1999)
    })

    it('never deletes what a slow group has not read', async () => {
      const bus = await open({ retentionBytes: 400_000 })
      const slow = bus.consume({ ...once('sales', 'slow'), from: 'earliest', handle: async () => {} })
      await slow.stop()
      for (let from = 0; from < 2000; from += 100) await bus.publish('sales', batch(from))
      await bus.close()
      const again = await open({ retentionBytes: 400_000 })
      for (let from = 2000; from < 4000; from += 100) await again.publish('sales', batch(from))
      expect(await readAll(again, 'slow')).to.have.lengthOf(4000)
      await again.publish('sales', batch(4000))
      await again.publish('sales', batch(4100))
      await again.close()
      const sizes = await Promise.all((await segments()).map(async name => (await stat(topicFile(name))).size))
      expect(sizes.reduce((sum, size) => sum + size, 0)).to.be.lessThan(700_000)
    })
  })

  describe('in one directory', () => {
    it('refuses a second bus and says who has it', async () => {
      const bus = await open()
      const refused = await rejection(open())
      await bus.close()
      expect(refused).to.be.instanceOf(DataAppError).with.property('code', 'HOME_LOCKED')
      expect(String(refused)).to.include(String(process.pid))
      await (await open()).close()
    })

    it('takes over the lock of a process that was killed', async () => {
      await publishUntilKilled(directory, 0, 1)
      await (await open()).close()
    })

    it('lets one of two win', async () => {
      const [first, second] = await Promise.allSettled([open(), open()])
      expect([first.status, second.status].sort()).to.deep.equal(['fulfilled', 'rejected'])
      for (const result of [first, second]) if (result.status === 'fulfilled') await result.value.close()
    })
  })

  describe('on a full disk', () => {
    const disk = (test: Mocha.Context, size: string) => {
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', directory], { stdio: 'pipe' })
      } catch {
        console.log('      (needs the right to mount a small disk)')
        test.skip()
      }
    }
    afterEach(() => {
      try {
        execFileSync('umount', [directory], { stdio: 'pipe' })
      } catch {
        // Nothing was mounted.
      }
    })

    it('leaves the last part of the disk to those who finish what is in hand', async function () {
      disk(this, '64m')
      const ballast = join(directory, 'ballast')
      const bus = await open()
      await bus.publish('sales', [text(1)])
      await writeFile(ballast, Buffer.alloc(40_000_000))
      await new Promise(done => setTimeout(done, 1_100))
      const refused: unknown = await bus.publish('sales', [text(2)]).catch(error => error)
      expect(refused).to.be.instanceOf(DataAppError).with.property('code', 'BUS_FULL')
      expect(await bus.ready().catch(error => error)).to.be.instanceOf(DataAppError)
      await bus.publish('sales.changed', [text(3)])
      await rm(ballast)
      await bus.publish('sales', [text(4)])
      expect(await readAll(bus, 'one')).to.deep.equal([1, 4])
      await bus.close()
    })

    it('refuses with its code, keeps what it has, and goes on when there is room', async function () {
      disk(this, '400k')
      const ballast = join(directory, 'ballast')
      await writeFile(ballast, Buffer.alloc(100_000))
      const bus = await open()
      const kept: number[] = []
      let refused: unknown
      for (let number = 0; refused === undefined; number++)
        await bus.publish('alerts', [text(number, 30_000)]).then(
          () => kept.push(number),
          error => {
            refused = error
          },
        )
      expect(refused).to.be.instanceOf(DataAppError).with.property('code', 'BUS_FULL')
      await rm(ballast)
      await bus.publish('alerts', [text(1000, 30_000)])
      expect(await readAll(bus, 'one', 'alerts')).to.deep.equal([...kept, 1000])
      await bus.close()
      const again = await open()
      expect(await readAll(again, 'two', 'alerts')).to.deep.equal([...kept, 1000])
      await again.close()
    })
  })
})

function text(number: number, padding = 0): Message {
  return { key: 'store', value: Buffer.from(String(number).padEnd(padding)) }
}

async function readAll(bus: Bus, group: string, topic: Topic = 'sales'): Promise<number[]> {
  const messages = await collect(bus, topic, group, { from: 'earliest' }).drained(bus)
  return messages.map(message => Number(message.value.toString()))
}

async function publishAndReadAll(open: () => Promise<Bus>): Promise<number[]> {
  const bus = await open()
  await bus.publish('sales', [text(99)])
  const numbers = await readAll(bus, 'reader')
  await bus.close()
  return numbers
}

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path)
  const index = at < 0 ? bytes.length + at : at
  bytes[index] = (bytes[index] ?? 0) ^ 1
  await writeFile(path, bytes)
}

/** Lets a child process publish until it has acknowledged so many rounds, then kills it. Returns the last acknowledged number. */
async function publishUntilKilled(directory: string, first: number, rounds: number): Promise<number> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('./crash.child.ts', import.meta.url)), directory, String(first)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let out = ''
  child.stdout.on('data', data => {
    out += String(data)
  })
  const ended = new Promise(done => child.once('close', done))
  await eventually(async () => out.split('\n').length > rounds || child.exitCode !== null)
  child.kill('SIGKILL')
  await ended
  return Number(out.trim().split('\n').at(-1))
}
