import { setTimeout as sleep } from 'node:timers/promises'

const togetherMs = 8

type Heartbeat = () => Promise<void>
type Waiting<T> = {
  items: readonly T[]
  heartbeat: Heartbeat
  done: () => void
  fail: (reason: unknown) => void
}
/** The first half of a piece of work; what it resolves to is the second half. */
type Work<T> = (items: readonly T[], heartbeat: Heartbeat) => Promise<() => Promise<void>>

/**
 * Joins what several consumers hand in while the work is busy into one piece of work: behind, batches get larger by themselves, and each statement to the
 * warehouse does more. The second half of one piece runs beside the first half of the next; first halves run one after another, and so do second halves. Every
 * caller's promise settles when both halves of the work that held its items have.
 */
export function gather<T>(most: number, work: Work<T>): (items: readonly T[], heartbeat: Heartbeat) => Promise<void> {
  let waiting: Waiting<T>[] = []
  let finishing: Promise<void> = Promise.resolve()
  let alive: readonly Waiting<T>[] = []
  let busy = false

  async function drain(): Promise<void> {
    busy = true
    // What one fetch brought of several partitions comes in turn by turn: the first alone would keep the others waiting for a piece of work of its own.
    await sleep(togetherMs)
    while (waiting.length > 0) {
      const together = take()
      const earlier = alive
      alive = [...earlier, ...together]
      const heartbeat = async () => {
        await Promise.all([...waiting, ...alive].map(each => each.heartbeat()))
      }
      const settle = (each: (caller: Waiting<T>) => void) => {
        alive = alive.filter(caller => !together.includes(caller))
        for (const caller of together) each(caller)
      }
      try {
        const finish = await work(
          together.flatMap(each => each.items),
          heartbeat,
        )
        // Never more than two pieces in hand.
        await finishing
        finishing = finish().then(
          () => settle(caller => caller.done()),
          (reason: unknown) => settle(caller => caller.fail(reason)),
        )
      } catch (reason) {
        settle(caller => caller.fail(reason))
      }
    }
    busy = false
  }

  function take(): Waiting<T>[] {
    let size = 0
    const fits = waiting.findIndex(({ items }, index) => {
      size += items.length
      return index > 0 && size > most
    })
    const together = fits === -1 ? waiting : waiting.slice(0, fits)
    waiting = waiting.slice(together.length)
    return together
  }

  return (items, heartbeat) =>
    new Promise((done, fail) => {
      waiting.push({ items, heartbeat, done, fail })
      if (!busy) void drain()
    })
}
