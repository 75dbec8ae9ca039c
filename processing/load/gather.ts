type Heartbeat = () => Promise<void>
type Waiting<T> = {
  items: readonly T[]
  heartbeat: Heartbeat
  done: () => void
  fail: (reason: unknown) => void
}

/**
 * Joins what several consumers hand in while the work is busy into one piece of work: behind, batches get larger by themselves, and each statement to the
 * warehouse does more. Every caller's promise settles when the work that held its items has.
 */
export function gather<T>(
  most: number,
  work: (items: readonly T[], heartbeat: Heartbeat) => Promise<void>,
): (items: readonly T[], heartbeat: Heartbeat) => Promise<void> {
  let waiting: Waiting<T>[] = []
  let busy = false

  async function drain(): Promise<void> {
    busy = true
    while (waiting.length > 0) {
      const together = take()
      const heartbeat = async () => {
        await Promise.all(waiting.concat(together).map(each => each.heartbeat()))
      }
      try {
        await work(
          together.flatMap(each => each.items),
          heartbeat,
        )
        for (const each of together) each.done()
      } catch (reason) {
        for (const each of together) each.fail(reason)
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
