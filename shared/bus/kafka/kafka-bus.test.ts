import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { type Config, parseConfig } from '#shared/config.ts'
import { DataAppError } from '#shared/error.ts'
import { silentLog } from '#shared/log.ts'
import { available, type KafkaPart, kafkaUser, startKafka } from '../../../test/parts/kafka.ts'
import { freePort, needs } from '../../../test/parts/part.ts'
import { collect, eventually, rejection } from '../bus.contract.ts'
import type { Bus } from '../bus.ts'
import { openKafkaBus } from './kafka-bus.ts'

describe('the bus on Kafka', () => {
  let kafka: KafkaPart
  before(needs(available()))
  before(async () => {
    kafka = await startKafka({ secured: true })
  })
  after(() => kafka?.stop())

  const open = (env: Record<string, string> = {}, brokers = kafka.brokers): Promise<Bus> => {
    const config: Config = parseConfig({
      DATAAPP_BUS_BROKERS: brokers.join(','),
      DATAAPP_BUS_PARTITIONS: '3',
      DATAAPP_BUS_REPLICATION: '1',
      ...env,
    })
    return openKafkaBus({ ...config, DATAAPP_BUS_BROKERS: config.DATAAPP_BUS_BROKERS ?? [] }, silentLog)
  }
  const secured = (sasl: string, password: string = kafkaUser.password) =>
    open(
      {
        DATAAPP_BUS_TLS: 'on',
        DATAAPP_BUS_TLS_CA: kafka.certificateFile,
        DATAAPP_BUS_SASL: sasl,
        DATAAPP_BUS_USERNAME: kafkaUser.username,
        DATAAPP_BUS_PASSWORD: password,
      },
      kafka.securedBrokers,
    )
  const text = (value: string) => [{ key: 'store', value: Buffer.from(value) }]

  async function comesBack(bus: Bus, value: string): Promise<void> {
    const got = collect(bus, 'sales', crypto.randomUUID(), { from: 'earliest' })
    await bus.publish('sales', text(value))
    await got.until(messages => messages.filter(message => message.value.toString() === value), 1)
  }

  it('says what is wrong with its topics', async () => {
    const fresh = await startKafka()
    const checking = await open({ DATAAPP_BUS_CREATE_TOPICS: 'off' }, fresh.brokers)
    expect(await codeOf(checking.publish('sales', text('x')))).to.equal('BUS_UNKNOWN_TOPIC')
    expect(await codeOf(checking.ready())).to.equal('BUS_UNKNOWN_TOPIC')
    await checking.close()
    const replicating = await open({ DATAAPP_BUS_REPLICATION: '3' }, fresh.brokers)
    expect(await codeOf(replicating.publish('sales', text('x')))).to.equal('BUS_TOPIC_REFUSED')
    await replicating.close()
    await fresh.stop()
  })

  for (const compression of ['none', 'gzip', 'lz4'])
    it(`takes messages with compression ${compression}`, async () => {
      const bus = await open({ DATAAPP_BUS_COMPRESSION: compression })
      await comesBack(bus, `${compression} `.repeat(2000))
      await bus.close()
    })

  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512']) {
    it(`signs in with ${mechanism} over TLS`, async () => {
      const bus = await secured(mechanism)
      await bus.ready()
      await comesBack(bus, mechanism)
      await bus.close()
    })

    it(`says that a password is wrong with ${mechanism}`, async () => {
      const bus = await secured(mechanism, 'wrong')
      expect(await codeOf(bus.ready())).to.equal('BUS_UNAUTHORIZED')
      expect(await codeOf(bus.publish('sales', text('x')))).to.equal('BUS_UNAUTHORIZED')
      const consumer = collect(bus, 'sales', 'nobody').consumer
      expect(await codeOf(consumer.stopped)).to.equal('BUS_UNAUTHORIZED')
      await bus.close()
    })
  }

  it('rests while nothing is sent', async () => {
    const bus = await open()
    await bus.ready()
    const before = performance.nodeTiming.uvMetricsInfo.loopCount
    await sleep(1_000)
    // Looking again each millisecond, one connection alone turns the loop 900 times.
    expect(performance.nodeTiming.uvMetricsInfo.loopCount - before).to.be.below(300)
    await bus.close()
  })

  it('says what is missing for signing in', async () => {
    expect(await codeOf(open({ DATAAPP_BUS_SASL: 'plain' }))).to.equal('CONFIG_INCOMPLETE')
  })

  it('says that nothing answers, and leaves when it is closed', async () => {
    const bus = await open({}, [`127.0.0.1:${await freePort()}`])
    expect(await codeOf(bus.ready())).to.equal('BUS_UNREACHABLE')
    const waiting = rejection(bus.publish('sales', text('x')))
    const consumer = collect(bus, 'sales', 'nobody').consumer
    await bus.close()
    expect(await waiting).to.have.property('code', 'BUS_UNREACHABLE')
    await consumer.stopped
  })

  it('says that a message is too large for the broker, and lets the others through', async () => {
    const small = await startKafka({ properties: { 'message.max.bytes': 50_000 } })
    const bus = await open({}, small.brokers)
    const got = collect(bus, 'sales', 'one', { from: 'earliest' })
    const [large, ...others] = await Promise.allSettled([
      bus.publish('sales', [{ key: 'a', value: Buffer.alloc(100_000) }]),
      ...['b', 'c', 'd', 'e'].map(key => bus.publish('sales', [{ key, value: Buffer.alloc(30_000) }])),
    ])
    expect(large).to.have.nested.property('reason.code', 'BUS_MESSAGE_TOO_LARGE')
    expect(others.map(({ status }) => status)).to.deep.equal(Array(4).fill('fulfilled'))
    expect(await got.until(messages => messages.map(({ key }) => key), 4)).to.have.members(['b', 'c', 'd', 'e'])
    await bus.close()
    await small.stop()
  })

  it('waits while the broker is away and loses and doubles nothing when it was killed', async () => {
    const own = await startKafka()
    const bus = await open({}, own.brokers)
    const got = collect(bus, 'sales', 'all', { from: 'earliest' })
    const numbers = () => got.messages.map(message => Number(message.value.toString())).sort((a, b) => a - b)
    let published = 0
    let enough = false
    const publishing = Promise.all(
      ['a', 'b', 'c', 'd'].map(async key => {
        while (!enough) {
          const number = published++
          await bus.publish('sales', [{ key, value: Buffer.from(String(number)) }])
        }
      }),
    )
    for (const target of [200, 600]) {
      await eventually(async () => published > target)
      await own.kill()
      expect(await codeOf(bus.ready())).to.equal('BUS_UNREACHABLE')
      await own.restart()
    }
    await eventually(async () => published > 1000)
    enough = true
    await publishing
    await bus.ready()
    await eventually(async () => new Set(numbers()).size >= published)
    const positions = got.messages.map(({ partition, offset }) => `${partition}/${offset}`)
    expect(new Set(numbers()).size).to.equal(published)
    expect(new Set(positions).size, 'what the producer wrote twice').to.equal(published)
    await bus.close()
    await own.stop()
  })
})

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await rejection(work)
  return error instanceof DataAppError ? error.code : String(error)
}
