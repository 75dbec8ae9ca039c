import { Icon } from './icon.tsx'
import { keep } from './layout.ts'
import { go } from './location.ts'
import { words } from './words.ts'

/** Said at the first visit, in its place on the page: nothing lies over the numbers. */
export function Welcome() {
  const w = words().welcome
  return (
    <section class="notice welcome" aria-label={w.title}>
      <p>
        <strong>{w.title}</strong> <span class="wide-only">{w.text}</span>
      </p>
      <button type="button" class="link" onClick={() => go('/help?tour=1')}>
        {w.begin}
      </button>
      <button type="button" class="ghost" aria-label={w.notNow} onClick={() => keep({ toured: true })}>
        <Icon name="close" size={18} />
      </button>
    </section>
  )
}
