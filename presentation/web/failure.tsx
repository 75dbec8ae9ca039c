import type { CallFailed } from './call.ts'
import { Icon } from './icon.tsx'
import { words } from './words.ts'

/** What the page says when something could not be loaded: what happened, and what to do. */
export function Failure({ failed, again }: { failed: CallFailed; again: () => void }) {
  const w = words()
  const forbidden = failed.status === 403
  return (
    <div class="card message" role="alert">
      <Icon name="warning" size={28} />
      <h2>{forbidden ? w.forbidden : w.failed.title}</h2>
      <p class="quiet">{failed.message === '' || forbidden ? w.failed.hint : failed.message}</p>
      <button type="button" class="primary" onClick={again}>
        {w.failed.again}
      </button>
    </div>
  )
}
