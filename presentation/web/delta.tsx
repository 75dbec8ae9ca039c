import { signedPercent } from './format.ts'
import { Icon } from './icon.tsx'
import { words } from './words.ts'

/** How far a figure is from its comparison: an arrow, a sign and a colour say the same, so that none of them is needed alone. */
export function Delta({ now, before }: { now: number; before: number }) {
  if (before === 0) return <span class="delta delta-none">{words().noComparison}</span>
  const change = (now - before) / Math.abs(before)
  if (Math.abs(change) < 0.0005) return <span class="delta delta-none">{signedPercent(0)}</span>
  const up = change > 0
  return (
    <span class={up ? 'delta delta-up' : 'delta delta-down'}>
      <Icon name={up ? 'arrowUp' : 'arrowDown'} size={14} />
      {signedPercent(change)}
    </span>
  )
}
