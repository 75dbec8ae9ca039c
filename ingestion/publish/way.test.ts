import { expect } from 'chai'
import fc from 'fast-check'
import { openWay } from './way.ts'

type Piece = { done: () => void; fail: (error: Error) => void }

describe('batches on their way to the bus', () => {
  const turn = () => new Promise(done => setImmediate(done))

  /** A way whose deliveries are settled by hand. */
  const open = (most: number) => {
    const way = openWay(most)
    const pieces: Piece[] = []
    const marks: number[] = []
    const send = (alone = false) => {
      const number = pieces.length
      const sent = way.send(
        alone,
        () => new Promise<void>((done, fail) => pieces.push({ done, fail })),
        async () => void marks.push(number),
      )
      sent.catch(() => {})
      return sent
    }
    return { way, pieces, marks, send }
  }

  it('marks none before those that were sent earlier have arrived', async () => {
    const { way, pieces, marks, send } = open(3)
    await send()
    await send()
    pieces[1]?.done()
    await turn()
    expect(marks).to.deep.equal([])
    pieces[0]?.done()
    await way.settled()
    expect(marks).to.deep.equal([0, 1])
  })

  it('waits while as many as allowed are on their way, and begins one alone when none is', async () => {
    const { pieces, send } = open(2)
    await send()
    await send()
    const third = send(true)
    await turn()
    expect(pieces).to.have.length(2)
    pieces[0]?.done()
    await turn()
    expect(pieces).to.have.length(2)
    pieces[1]?.done()
    await turn()
    expect(pieces).to.have.length(3)
    pieces[2]?.done()
    await third
  })

  it('marks nothing behind a failure, whatever arrives in which order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 0, max: 4 }),
        async (order, failing) => {
          const { way, pieces, marks, send } = open(5)
          for (let i = 0; i < 5; i++) await send()
          for (const i of order) {
            if (i === failing) pieces[i]?.fail(new Error(`piece ${i}`))
            else pieces[i]?.done()
            await turn()
          }
          const message = await way.settled().catch((error: Error) => error.message)
          expect(message).to.equal(`piece ${failing}`)
          expect(marks).to.deep.equal(Array.from({ length: failing }, (_, i) => i))
        },
      ),
      { numRuns: 30 },
    )
  })
})
