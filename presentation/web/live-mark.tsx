import { clock, moment } from './format.ts'
import { Icon } from './icon.tsx'
import { keptSince } from './kept.ts'
import { connection, lastNews, raised } from './live.ts'
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

/** An alert that was just raised, said once, with the way to it. */
export function AlertNotice() {
  const alert = useStore(raised)
  if (alert === undefined) return <div role="status" aria-live="polite" class="sr-only" />
  const close = () => raised.set(undefined)
  return (
    <div class="toast alert-toast" role="status" aria-live="polite">
      <a href="/alerts" onClick={close}>
        {words().alerts.raised(alert.name)}
      </a>
      <button type="button" class="ghost" aria-label={words().close} onClick={close}>
        <Icon name="close" size={18} />
      </button>
    </div>
  )
}

export function ConnectionNotice() {
  const w = words().live
  const state = useStore(connection)
  const kept = useStore(keptSince)
  const lost = kept === undefined ? w.lost : w.kept(moment(kept.toISOString()))
  const text = state === 'lost' || kept !== undefined ? lost : state === 'back' ? w.back : ''
  return (
    <div class={text === '' ? 'toast hidden' : `toast ${state}`} role="status" aria-live="polite">
      {text}
    </div>
  )
}
