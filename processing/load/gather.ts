import { setTimeout as sleep } from 'node:timers/promises'
import type { Unfinished } from '#shared/bus/bus.ts'

/** In sales: larger pieces gain little and cost memory. */
const salesAtOnce = 16_000
/** In sales. Nothing waits for smaller pieces, and side by side each would only take as long as both. */
const smallPiece = 1_000

/** In sales. Pieces of this size come where thousands of lines are sold a second: whatever a piece costs at least is paid less often. */
const manySales = 250
const mostRestMs = 2_000

/**
 * How sales are loaded: those that are just being sold so that the warehouse is left to those who ask after each piece, not at all where it took a blink, two seconds from some
 * three quarters of a second on; a backlog as fast as it goes.
 */
export function paceOfSales<T>(isLive: (sales: readonly T[]) => boolean): Pace<T> {
  return {
    most: salesAtOnce,
    isAlone: sales => sales.length < smallPiece || isLive(sales),
    rest: (sales, tookMs) => {
      const blinkMs = sales.length < manySales ? 250 : 100
      return isLive(sales) ? Math.min(Math.max(0, 4 * (tookMs - blinkMs)), mostRestMs) : 0
    },
  }
}

type Heartbeat = () => Promise<void>
type Waiting<T> = {
  items: readonly T[]
  heartbeat: Heartbeat
  accept: (unfinished: Unfinished) => void
  refuse: (reason: unknown) => void
}
/** The first half of a piece of work; what it resolves to is the second half. */
type Work<T> = (items: readonly T[], heartbeat: Heartbeat) => Promise<() => Promise<void>>
type Pace<T> = {
  /** In items. */
  most: number
  /** Whether a piece finishes before the next begins. */
  isAlone: (items: readonly T[]) => boolean
  /** How many milliseconds pass before the next piece, after these items took so many. */
  rest?: (items: readonly T[], tookMs: number) => number
}

/**
 * Joins what is handed in while the work is busy into one piece of work: behind, pieces get larger by themselves, and each statement to the warehouse does more. The second half of
 * a piece that is not alone runs beside the first half of the next; first halves run one after another, and so do second halves. A caller's promise settles when more may be
 * handed in, with what is still to be done about the items.
 */
export function gather<T>(
  { most, isAlone, rest = () => 0 }: Pace<T>,
  work: Work<T>,
): (items: readonly T[], heartbeat: Heartbeat) => Promise<Unfinished> {
  let waiting: Waiting<T>[] = []
  let finishing: Promise<void> = Promise.resolve()
  let alive: readonly Waiting<T>[] = []
  let busy = false

  async function drain(): Promise<void> {
    busy = true
    // What one fetch brought of several partitions comes within the same turn.
    await new Promise(setImmediate)
    while (waiting.length > 0) {
      const together = take()
      const items = together.flatMap(each => each.items)
      alive = [...alive, ...together]
      const forget = () => {
        alive = alive.filter(caller => !together.includes(caller))
      }
      const heartbeat = async () => {
        await Promise.all([...waiting, ...alive].map(each => each.heartbeat()))
      }
      const began = performance.now()
      try {
        const finish = await work(items, heartbeat)
        // Never more than two pieces in hand.
        await finishing
        const done = finish()
        finishing = done.then(forget, forget)
        if (isAlone(items)) await finishing
        for (const caller of together) caller.accept({ done })
        const restMs = rest(items, performance.now() - began)
        if (restMs > 0) await sleep(restMs)
      } catch (reason) {
        forget()
        for (const caller of together) caller.refuse(reason)
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
    new Promise((accept, refuse) => {
      waiting.push({ items, heartbeat, accept, refuse })
      if (!busy) void drain()
    })
}
