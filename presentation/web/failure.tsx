import { narrowingNames } from '#presentation/address.ts'
import type { CallFailed } from './call.ts'
import { Icon } from './icon.tsx'
import { go, usePlace, withQuery } from './location.ts'
import { words } from './words.ts'

const withoutNarrowing = Object.fromEntries(narrowingNames.map(name => [name, undefined]))

/** What the page says when something could not be loaded: what happened, and what to do. What is refused will be refused again: then it offers a way out. */
export function Failure({ failed: { status, message }, again }: { failed: CallFailed; again: () => void }) {
  const w = words()
  const { search } = usePlace()
  const isForbidden = status === 403
  const isNarrowed = [400, 403, 404].includes(status) && narrowingNames.some(name => search.has(name))
  return (
    <div class="card message" role="alert">
      <Icon name="warning" size={28} />
      <h2>{isForbidden ? w.forbidden : w.failed.title}</h2>
      {isNarrowed ? (
        <>
          <p class="quiet">{w.failed.narrowed}</p>
          <button type="button" class="primary" onClick={() => go(withQuery(withoutNarrowing))}>
            {w.failed.clear}
          </button>
        </>
      ) : isForbidden ? (
        <a class="primary" href="/">
          {w.notFound.home}
        </a>
      ) : (
        <>
          <p class="quiet">{status >= 500 ? w.failed.later : message === '' ? w.failed.hint : message}</p>
          <button type="button" class="primary" onClick={again}>
            {w.failed.again}
          </button>
        </>
      )}
    </div>
  )
}
