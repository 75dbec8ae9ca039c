import { keep } from './layout.ts'
import { go } from './location.ts'
import { words } from './words.ts'

/** Said at the first visit, in its place on the page: nothing lies over the numbers. */
export function Welcome() {
  const w = words().welcome
  return (
    <section class="notice welcome" aria-label={w.title}>
      <span>
        <strong>{w.title}</strong> {w.text}
      </span>
      <span class="row-actions">
        <button type="button" class="plain" onClick={() => go('/help?tour=1')}>
          {w.begin}
        </button>
        <button type="button" class="ghost" onClick={() => keep({ toured: true })}>
          {w.notNow}
        </button>
      </span>
    </section>
  )
}
