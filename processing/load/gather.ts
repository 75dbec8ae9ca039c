import { setTimeout as sleep } from 'node:timers/promises'
import type { Unfinished } from '#shared/bus/bus.ts'

/** In sales: larger pieces gain little and cost memory. */
const salesAtOnce = 20_000
/** In sales. Nothing waits for smaller pieces, and side by side each would only take as long as both. */
const smallPiece = 1_000

/** In sales. Pieces of this size come where thousands of lines are sold a second: whatever a piece costs at least is paid less often. */
export const manySales = 250
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

export type Heartbeat = () => Promise<void>
type Waiting<T> = {
  items: readonly T[]
  heartbeat: Heartbeat
  accept: (unfinished: Unfinished) => void
  refuse: (reason: unknown) => void
}
/** A piece of work in two halves. */
type Work<T, B> = {
  begin: (items: readonly T[], heartbeat: Heartbeat) => Promise<B>
  /** The second half of one piece, or at once of several that were begun while the ones before them finished. */
  finish: (begun: readonly B[], heartbeat: Heartbeat) => Promise<void>
}
type Pace<T> = {
  /** In items: the most in one piece, and the most that waits for its second half. */
  most: number
  /** Whether a piece finishes before the next begins. */
  isAlone: (items: readonly T[]) => boolean
  /** How many milliseconds pass before the next piece, after these items took so many. */
  rest?: (items: readonly T[], tookMs: number) => number
}
type Begun<B> = { value: B; size: number; resolve: () => void; reject: (reason: unknown) => void }

/**
 * Joins what is handed in while the work is busy into one piece of work: behind, pieces get larger by themselves, and each statement to the warehouse does more. The second half of
 * a piece that is not alone runs beside the first half of the next, and more may be handed in as soon as it begins; first halves run one after another, and so do second halves. A
 * caller's promise settles when more may be handed in, with what is still to be done about the items.
 */
export function gather<T, B>(
  { most, isAlone, rest = () => 0 }: Pace<T>,
  { begin, finish }: Work<T, B>,
): (items: readonly T[], heartbeat: Heartbeat) => Promise<Unfinished> {
  let waiting: Waiting<T>[] = []
  let alive: readonly Waiting<T>[] = []
  let begun: Begun<B>[] = []
  /** Settles when what was begun may finish. */
  let turn: Promise<void> = Promise.resolve()
  let finishing: Promise<void> = Promise.resolve()
  let busy = false

  const heartbeat = async () => {
    await Promise.all([...waiting, ...alive].map(each => each.heartbeat()))
  }

  async function drain(): Promise<void> {
    busy = true
    // What one fetch brought of several partitions comes within the same turn.
    await new Promise(setImmediate)
    while (waiting.length > 0) {
      const together = take()
      const items = together.flatMap(each => each.items)
      alive = [...alive, ...together]
      const waitingToFinish = begun.reduce((sum, { size }) => sum + size, 0)
      if (waitingToFinish + items.length > most) await turn
      const beganMs = performance.now()
      const first = begin(items, heartbeat)
      const done = first
        .then(value => finishInTurn(value, items.length))
        .finally(() => {
          alive = alive.filter(caller => !together.includes(caller))
        })
      const accept = () => {
        for (const caller of together) caller.accept({ done })
      }
      const refuse = (reason: unknown) => {
        for (const caller of together) caller.refuse(reason)
      }
      if (isAlone(items)) await done.then(accept, refuse)
      else {
        accept()
        await first.catch(() => {})
      }
      const restMs = rest(items, performance.now() - beganMs)
      if (restMs > 0) await sleep(restMs)
    }
    busy = false
  }

  function finishInTurn(value: B, size: number): Promise<void> {
    return new Promise((resolve, reject) => {
      begun.push({ value, size, resolve, reject })
      if (begun.length > 1) return
      turn = finishing
      finishing = finishing.then(finishBegun)
    })
  }

  async function finishBegun(): Promise<void> {
    const together = begun
    begun = []
    try {
      await finish(
        together.map(({ value }) => value),
        heartbeat,
      )
      for (const { resolve } of together) resolve()
    } catch (reason) {
      for (const { reject } of together) reject(reason)
    }
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
