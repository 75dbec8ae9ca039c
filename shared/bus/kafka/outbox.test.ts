import { expect } from 'chai'
import fc from 'fast-check'
import { DataAppError } from '#shared/error.ts'
import { rejection } from '../bus.contract.ts'
import { type Item, openOutbox, type Sent } from './outbox.ts'

describe('the outbox', () => {
  const message = (key: string, value: string) => ({ key, value: Buffer.from(value) })
  const partitionOf = ({ key }: { key: string }) => Number(key)

  it('sends all of each key once and in order, one request at a time per lane, whatever has to be repeated', async () => {
    const fates = fc.array(fc.constantFrom('done', 'missing', 'split'), { maxLength: 20 })
    const publishes = fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 }), {
      maxLength: 20,
    })
    await fc.assert(
      fc.asyncProperty(fates, publishes, async (fate, keys) => {
        const arrived = new Map<string, number[]>()
        const busy = new Set<number>()
        const note = (items: readonly Item[]) => {
          for (const {
            message: { key, value },
          } of items)
            arrived.set(key, [...(arrived.get(key) ?? []), Number(value.toString())])
        }
        const send = async (lane: number, items: readonly Item[]): Promise<Sent> => {
          expect(busy.has(lane)).to.equal(false)
          busy.add(lane)
          await new Promise(setImmediate)
          busy.delete(lane)
          const next = items.length > 1 ? fate.shift() : undefined
          if (next === 'split') return { kind: 'split' }
          const lost = next === 'missing' ? items.filter(({ partition }) => partition === items[0]?.partition) : []
          note(items.filter(item => !lost.includes(item)))
          return lost.length > 0 ? { kind: 'missing', items: lost } : { kind: 'done' }
        }
        const outbox = openOutbox(3, send)
        const expected = new Map<string, number[]>()
        let number = 0
        const all = keys.map(publish => {
          const messages = publish.map(key => message(String(key), String(number++)))
          for (const { key, value } of messages)
            expected.set(key, [...(expected.get(key) ?? []), Number(value.toString())])
          return outbox.publish('sales', messages, partitionOf)
        })
        await Promise.all(all)
        expect(arrived).to.deep.equal(expected)
      }),
    )
  })

  it('fails only what was in the refused request', async () => {
    const outbox = openOutbox(1, async (_, items) =>
      items.some(({ message: { value } }) => value.length > 10)
        ? items.length > 1
          ? { kind: 'split' }
          : { kind: 'failed', error: new DataAppError('BUS_MESSAGE_TOO_LARGE', 'too large') }
        : { kind: 'done' },
    )
    const small = outbox.publish('sales', [message('0', 'a')], partitionOf)
    const large = rejection(outbox.publish('sales', [message('0', 'a'.repeat(11))], partitionOf))
    const after = outbox.publish('sales', [message('0', 'b')], partitionOf)
    await Promise.all([small, after])
    expect(await large).to.have.property('code', 'BUS_MESSAGE_TOO_LARGE')
  })
})
