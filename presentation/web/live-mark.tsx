import { clock } from './format.ts'
import { connection, lastNews } from './live.ts'
import { useStore } from './store.ts'
import { words } from './words.ts'

/** A small dot that says whether the numbers are live, and when they last moved. */
export function LiveMark() {
  const w = words().live
  const state = useStore(connection)
  const news = useStore(lastNews)
  const off = state === 'lost'
  return (
    <p class={off ? 'live-mark off' : 'live-mark'}>
      <span class="dot" aria-hidden="true" />
      {off ? w.off : w.on}
      {news !== undefined && <span class="quiet"> · {w.updated(clock(news))}</span>}
    </p>
  )
}

export function ConnectionNotice() {
  const w = words().live
  const state = useStore(connection)
  const text = state === 'lost' ? w.lost : state === 'back' ? w.back : ''
  return (
    <div class={text === '' ? 'toast hidden' : `toast ${state}`} role="status" aria-live="polite">
      {text}
    </div>
  )
}
