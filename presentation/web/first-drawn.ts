import { storeOf } from './store.ts'

/** Longer than this nothing waits for the chart: it may be hidden, or shown as a table. */
const patienceMs = 1_500

/** True once the first chart stands on the page: what lies below it is asked for after it, not beside it. */
export const firstDrawn = storeOf(false)

setTimeout(() => firstDrawn.set(true), patienceMs)

/** Called by a chart that was just drawn: true from the paint after it. */
export function noteDrawn(): void {
  if (!firstDrawn.get()) requestAnimationFrame(() => setTimeout(() => firstDrawn.set(true)))
}

/** Does something when the first chart stands, or when nothing waits for it any longer. */
export function onceDrawn(work: () => void): void {
  if (firstDrawn.get()) {
    work()
    return
  }
  const unfollow = firstDrawn.follow(() => {
    unfollow()
    work()
  })
}
