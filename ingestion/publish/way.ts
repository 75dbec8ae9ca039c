/** Work on its way to the bus: a few pieces at once, begun in order, and marked as done in order. */
export type Way = {
  /**
   * Begins `deliver`, waiting while as many as allowed are on their way; alone: waiting until none is, and until it has arrived. `mark` follows when this
   * piece and all before it have arrived. Rejects with the failure of any earlier piece: nothing is begun after one.
   */
  send: (alone: boolean, deliver: () => Promise<void>, mark: () => Promise<void>) => Promise<void>
  /** Resolves when everything has arrived and is marked; rejects with the first failure, when nothing is on its way any more. */
  settled: () => Promise<void>
}

export function openWay(most: number): Way {
  const pieces: Promise<void>[] = []
  let failure: { error: unknown } | undefined
  let marked: Promise<void> = Promise.resolve()

  const settled = async () => {
    while (pieces.length > 0) await pieces.shift()
    if (failure !== undefined) throw failure.error
  }

  return {
    async send(alone, deliver, mark) {
      while (pieces.length >= (alone ? 1 : most)) await pieces.shift()
      if (failure !== undefined) throw failure.error
      const before = marked
      const arrived = deliver()
      const piece = Promise.allSettled([arrived, before]).then(async () => {
        // A piece that did not arrive must never be behind a mark.
        if (failure !== undefined) return
        try {
          await arrived
          await mark()
        } catch (error) {
          failure ??= { error }
        }
      })
      marked = piece
      pieces.push(piece)
      if (alone) await settled()
    },
    settled,
  }
}
