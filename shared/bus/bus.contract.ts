import { expect } from 'chai'
import { type Topic, topics } from '#shared/agreement.ts'
import { DataAppError } from '#shared/error.ts'
import type { Bus, ConsumeOptions, Message, Received } from './bus.ts'
import { MAX_MESSAGE_BYTES } from './message-limit.ts'

/** A place where a bus lives: opened again it holds what was published before. */
export type BusPlace = { open(): Promise<Bus>; end(): Promise<void> }

/** What both buses promise. Every test works on its own group and tells its messages apart by key, so that topics may be shared. */
export function busContract(newPlace: () => Promise<BusPlace>): void {
  let place: BusPlace | undefined
  let bus: Bus
  let run = ''
  const topic = topics.sales

  before(async function () {
    this.timeout(90_000)
    place = await newPlace()
  })
  after(async () => {
    await place?.end()
  })
  beforeEach(async () => {
    run = crypto.randomUUID()
    bus = await reopened()
  })
  afterEach(async () => {
    await bus.close()
  })

  async function reopened(): Promise<Bus> {
    if (place === undefined) throw new Error('there is no place for a bus')
    return await place.open()
  }

  const mine = (count: number, from = 0, key = run): Message[] =>
    Array.from({ length: count }, (_, index) => ({ key, value: Buffer.from(String(from + index)) }))
  const numbers = (messages: readonly Received[]) =>
    messages.filter(message => message.key.startsWith(run)).map(message => Number(message.value.toString()))
  const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index)

  it('hands over what was published, with key, headers and time', async () => {
    const value = Buffer.from([0, 1, 2, 254, 255])
    const got = collect(bus, topic, run)
    await got.attached()
    await bus.publish(topic, [{ key: `${run} loja São João`, value, headers: { schema: '1', origem: 'é' } }])
    const [message] = await got.until(messages => messages.filter(known => known.key.startsWith(run)), 1)
    expect(message?.key).to.equal(`${run} loja São João`)
    expect(message?.value.equals(value)).to.equal(true)
    expect(message?.headers).to.deep.equal({ schema: '1', origem: 'é' })
    expect(Math.abs(Date.now() - (message?.timestampMs ?? 0))).to.be.lessThan(60_000)
  })

  it('keeps the order of one key, also among many publishes at once', async () => {
    const keys = ['a', 'b', 'c', 'd'].map(name => `${run}-${name}`)
    const got = collect(bus, topic, run)
    await got.attached()
    const rounds = upTo(50)
    await Promise.all(
      rounds.map(round =>
        bus.publish(
          topic,
          keys.flatMap(key => mine(5, round * 5, key)),
        ),
      ),
    )
    const messages = await got.until(all => all.filter(message => message.key.startsWith(run)), 1000)
    for (const key of keys) expect(numbers(messages.filter(message => message.key === key))).to.deep.equal(upTo(250))
  })

  it('holds what was acknowledged after a reopening', async () => {
    const first = collect(bus, topic, run)
    await first.attached()
    await first.consumer.stop()
    await bus.publish(topic, mine(100))
    await bus.close()
    bus = await reopened()
    await bus.publish(topic, mine(100, 100))
    expect(await collect(bus, topic, run).until(numbers, 200)).to.deep.equal(upTo(200))
  })

  it('goes on after what was finished, not after what was delivered', async () => {
    await bus.publish(topic, mine(1))
    const first = collect(bus, topic, run, { from: 'earliest' })
    await first.until(numbers, 1)
    await first.consumer.stop()
    await bus.publish(topic, mine(10, 1))
    const failing = bus.consume({
      ...once(topic, run),
      handle: async () => {
        throw new Error('the warehouse is away')
      },
    })
    expect(await rejection(failing.stopped)).to.have.property('message', 'the warehouse is away')
    expect(await collect(bus, topic, run).until(numbers, 10)).to.deep.equal(upTo(10, 1))
  })

  it('reads on while batches are unfinished, and moves the position when they are done', async () => {
    await bus.publish(topic, mine(3))
    let finish = () => {}
    const done = new Promise<void>(resolve => {
      finish = resolve
    })
    const seen: number[] = []
    const consumer = bus.consume({
      ...once(topic, run),
      from: 'earliest',
      maxMessages: 1,
      handle: async batch => {
        seen.push(...numbers(batch))
        return { done }
      },
    })
    await eventually(async () => seen.length === 3)
    const unfinished = await bus.lag(topic, run)
    expect(unfinished).to.be.at.least(3)
    finish()
    await eventually(async () => (await bus.lag(topic, run)) === 0)
    await consumer.stop()
    expect(seen).to.deep.equal(upTo(3))
  })

  it('does not move past what is unfinished when a later batch is done at once', async () => {
    await bus.publish(topic, mine(3))
    let finish = () => {}
    const done = new Promise<void>(resolve => {
      finish = resolve
    })
    let seen = 0
    const consumer = bus.consume({
      ...once(topic, run),
      from: 'earliest',
      maxMessages: 1,
      handle: async batch => {
        const [number] = numbers(batch)
        if (number === undefined) return
        seen += 1
        return number === 0 ? { done } : undefined
      },
    })
    await eventually(async () => seen >= 2)
    // Long enough for a position to be recorded that must not be.
    await new Promise(resolve => setTimeout(resolve, 500))
    expect(await bus.lag(topic, run)).to.be.at.least(3)
    finish()
    await eventually(async () => (await bus.lag(topic, run)) === 0)
    await consumer.stop()
    expect(seen).to.equal(3)
  })

  it('gives again what was unfinished when it failed, and everything after it', async () => {
    await bus.publish(topic, mine(3))
    let seen = 0
    let fail = (_: Error) => {}
    const failing = bus.consume({
      ...once(topic, run),
      from: 'earliest',
      maxMessages: 1,
      handle: async batch => {
        const [number] = numbers(batch)
        if (number === undefined) return
        seen += 1
        const done =
          number === 1
            ? new Promise<void>((_, refuse) => {
                fail = refuse
              })
            : Promise.resolve()
        return { done }
      },
    })
    await eventually(async () => seen === 3)
    fail(new Error('the warehouse is away'))
    expect(await rejection(failing.stopped)).to.have.property('message', 'the warehouse is away')
    const again = collect(bus, topic, run, { from: 'earliest' })
    expect(await again.until(numbers, 2)).to.include.members([1, 2])
  })

  it('finishes the batch in hand before a consumer has stopped', async () => {
    await bus.publish(topic, mine(5))
    let finished = 0
    let begin = () => {}
    const begun = new Promise<void>(done => {
      begin = done
    })
    const consumer = bus.consume({
      ...once(topic, run),
      from: 'earliest',
      handle: async batch => {
        begin()
        await new Promise(done => setTimeout(done, 50))
        finished += numbers(batch).length
      },
    })
    await begun
    await consumer.stop()
    await consumer.stopped
    const rest = await collect(bus, topic, run, { from: 'earliest' }).drained(bus)
    expect(finished + numbers(rest).length).to.equal(5)
  })

  it('records the position of what is unfinished before a consumer has stopped', async () => {
    await bus.publish(topic, mine(5))
    let begin = () => {}
    const begun = new Promise<void>(done => {
      begin = done
    })
    const later = (ms: number) => new Promise<void>(done => setTimeout(done, ms))
    let finished = 0
    const consumer = bus.consume({
      ...once(topic, run),
      from: 'earliest',
      handle: async batch => {
        begin()
        await later(50)
        finished += numbers(batch).length
        return { done: later(100) }
      },
    })
    await begun
    await consumer.stop()
    const rest = await collect(bus, topic, run, { from: 'earliest' }).drained(bus)
    expect(finished + numbers(rest).length).to.equal(5)
  })

  it('gives every group everything', async () => {
    await bus.publish(topic, mine(20))
    const groups = ['one', 'two', 'three'].map(name => collect(bus, topic, `${run}-${name}`, { from: 'earliest' }))
    for (const group of groups) expect(await group.until(numbers, 20)).to.deep.equal(upTo(20))
  })

  it('shares nothing twice inside one group', async () => {
    const members = [collect(bus, topic, run), collect(bus, topic, run)]
    await members[0]?.attached()
    const keys = upTo(40).map(index => `${run}-${index}`)
    await bus.publish(
      topic,
      keys.flatMap(key => mine(5, 0, key)),
    )
    await eventually(async () => members.flatMap(member => numbers(member.messages)).length >= 200)
    expect(members.flatMap(member => numbers(member.messages))).to.have.lengthOf(200)
    await Promise.all(members.map(member => member.consumer.stop()))
  })

  it('begins at the earliest or the latest message when a group is new', async () => {
    await bus.publish(topic, mine(3))
    const latest = collect(bus, topic, `${run}-latest`, { from: 'latest' })
    await latest.attached()
    await bus.publish(topic, mine(3, 3))
    expect(await collect(bus, topic, `${run}-earliest`, { from: 'earliest' }).until(numbers, 6)).to.deep.equal(upTo(6))
    expect(await latest.until(numbers, 3)).to.deep.equal([3, 4, 5])
  })

  it('counts what a group has not finished', async () => {
    const got = collect(bus, topic, run)
    await got.attached()
    await got.consumer.stop()
    expect(await bus.lag(topic, run)).to.equal(0)
    await bus.publish(topic, mine(7))
    expect(await bus.lag(topic, run)).to.equal(7)
    await collect(bus, topic, run).drained(bus)
    expect(await bus.lag(topic, run)).to.equal(0)
  })

  it('never gives more at once than was asked for', async () => {
    await bus.publish(topic, mine(25))
    const got = collect(bus, topic, run, { from: 'earliest', maxMessages: 10 })
    await got.until(numbers, 25)
    expect(Math.max(...got.sizes)).to.be.at.most(10)
  })

  it('takes a large message and refuses a too large one with its code', async () => {
    const got = collect(bus, topic, run)
    await got.attached()
    const large = Buffer.alloc(MAX_MESSAGE_BYTES - 1000, 7)
    const refused = await rejection(bus.publish(topic, [{ key: run, value: Buffer.alloc(MAX_MESSAGE_BYTES + 1) }]))
    expect(refused).to.be.instanceOf(DataAppError).with.property('code', 'BUS_MESSAGE_TOO_LARGE')
    await bus.publish(topic, [{ key: run, value: large }])
    const [message] = await got.until(all => all.filter(known => known.key === run), 1)
    expect(message?.value.equals(large)).to.equal(true)
  })

  it('takes nothing at all without complaint', async () => {
    await bus.publish(topic, [])
  })

  it('is ready', async () => {
    await bus.ready()
  })

  it('ends its consumers when it closes', async () => {
    const got = collect(bus, topic, run)
    await got.attached()
    await bus.close()
    await got.consumer.stopped
  })
}

type Collected = {
  consumer: ReturnType<Bus['consume']>
  messages: Received[]
  sizes: number[]
  /** Resolves once what is published from now on reaches this consumer. */
  attached(): Promise<void>
  until<T>(select: (messages: Received[]) => T[], count: number): Promise<T[]>
  drained(bus: Bus): Promise<Received[]>
}

export function once(topic: Topic, group: string): Omit<ConsumeOptions, 'handle'> {
  return { topic, group, from: 'latest', maxMessages: 1000, maxBytes: 4_000_000 }
}

export function collect(bus: Bus, topic: Topic, group: string, options: Partial<ConsumeOptions> = {}): Collected {
  const messages: Received[] = []
  const sizes: number[] = []
  const consumer = bus.consume({
    ...once(topic, group),
    ...options,
    handle: async batch => {
      messages.push(...batch)
      sizes.push(batch.length)
    },
  })
  const probe = `probe-${crypto.randomUUID()}`
  return {
    consumer,
    messages,
    sizes,
    async attached() {
      await eventually(async () => {
        // A new key each time, so that one of them reaches this member wherever its partitions are.
        await bus.publish(topic, [{ key: `${probe}-${crypto.randomUUID()}`, value: Buffer.from('') }])
        await new Promise(done => setTimeout(done, 20))
        return messages.some(message => message.key.startsWith(probe))
      })
      await eventually(async () => (await bus.lag(topic, group)) === 0)
    },
    async until(select, count) {
      await eventually(async () => select(messages).length >= count)
      await consumer.stop()
      await consumer.stopped
      return select(messages)
    },
    async drained(from) {
      await eventually(async () => (await from.lag(topic, group)) === 0)
      await consumer.stop()
      return messages
    },
  }
}

/** Waits for something to become true; the test's own timeout is the limit. */
export async function eventually(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise(done => setTimeout(done, 10))
}

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it was expected to fail')
}
