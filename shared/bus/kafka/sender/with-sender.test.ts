import { expect } from 'chai'
import { parseConfig } from '#shared/config.ts'
import { silentLog } from '#shared/log.ts'
import { available, type KafkaPart, startKafka } from '../../../../test/parts/kafka.ts'
import { freePort, needs } from '../../../../test/parts/part.ts'
import { collect, rejection } from '../../bus.contract.ts'
import type { Bus, Message } from '../../bus.ts'
import { openBus } from '../../open.ts'
import { packed, unpacked } from './parcel.ts'

describe('sending to Kafka in a thread of its own', () => {
  let kafka: KafkaPart
  before(needs(available()))
  before(async () => {
    kafka = await startKafka()
  })
  after(() => kafka?.stop())

  const open = (brokers = kafka.brokers): Promise<Bus> =>
    openBus(
      parseConfig({
        DATAAPP_BUS_BROKERS: brokers.join(','),
        DATAAPP_BUS_PARTITIONS: '3',
        DATAAPP_BUS_REPLICATION: '1',
      }),
      silentLog,
    )
  const numbered = (from: number, count: number): Message[] =>
    Array.from({ length: count }, (_, i) => ({ key: `store-${(from + i) % 7}`, value: Buffer.from(String(from + i)) }))

  it('keeps the order of a key, from the small before to the small after the bulk', async () => {
    const bus = await open()
    const got = collect(bus, 'sales', 'order', { from: 'earliest' })
    const publishing = [numbered(0, 70), numbered(70, 7_000), numbered(7_070, 70), numbered(7_140, 7_000)]
    await Promise.all(publishing.map(messages => bus.publish('sales', messages)))
    const messages = await got.until(all => all, 14_140)
    for (let store = 0; store < 7; store++) {
      const own = messages.filter(({ key }) => key === `store-${store}`).map(({ value }) => Number(value.toString()))
      expect(own).to.deep.equal(Array.from({ length: 2_020 }, (_, i) => i * 7 + store))
    }
    await bus.close()
  })

  it('gives its coded errors back, and goes on', async () => {
    const bus = await open()
    await bus.publish('sales', numbered(0, 1_000))
    const large = [{ key: 'a', value: Buffer.alloc(1_100_000) }]
    expect(await rejection(bus.publish('sales', large))).to.have.property('code', 'BUS_MESSAGE_TOO_LARGE')
    await bus.publish('sales', numbered(0, 10))
    await bus.close()
    expect(await rejection(bus.publish('sales', numbered(0, 10)))).to.have.property('code', 'BUS_CLOSED')
  })

  it('says that nothing answers when it is closed while it waits', async () => {
    const bus = await open([`127.0.0.1:${await freePort()}`])
    const waiting = rejection(bus.publish('sales', numbered(0, 1_000)))
    await bus.close()
    expect(await waiting).to.have.property('code', 'BUS_UNREACHABLE')
  })
})

describe('messages on their way to another thread', () => {
  it('arrive as they were', () => {
    const messages: Message[] = [
      { key: 'a', value: Buffer.from('one') },
      { key: '', value: Buffer.alloc(0), headers: { kind: 'empty' } },
      { key: 'ç', value: Buffer.from('três') },
    ]
    expect(unpacked(packed(1, 'sales', messages))).to.deep.equal(
      messages.map(({ headers = {}, ...rest }) => ({ ...rest, headers })),
    )
    expect(unpacked(packed(2, 'sales', messages.slice(0, 1)))).to.deep.equal(messages.slice(0, 1))
  })
})
