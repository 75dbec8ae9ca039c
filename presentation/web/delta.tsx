import { percent, signedPercent } from './format.ts'
import { Icon } from './icon.tsx'
import { words } from './words.ts'

type Given = { now: number; before: number; show: (value: number) => string }

/** How far a figure is from its comparison: an arrow, a sign and a colour say the same, so that none of them is needed alone. */
export function Delta({ now, before, show }: Given) {
  if (before === 0) return <span class="delta delta-none">{words().noComparison}</span>
  const change = (now - before) / Math.abs(before)
  if (Math.abs(change) < 0.0005) return <span class="delta delta-none">{percent(0, 0)}</span>
  const up = change > 0
  return (
    <span class={up ? 'delta delta-up' : 'delta delta-down'}>
      <Icon name={up ? 'arrowUp' : 'arrowDown'} size={14} />
      {saysMore(now, before, change) ? signedPercent(change) : `${up ? '+' : '-'}${show(Math.abs(now - before))}`}
    </span>
  )
}

/** A share of a loss, or of almost nothing, tells nobody anything: then the difference itself is shown. */
function saysMore(now: number, before: number, change: number): boolean {
  return before > 0 && now >= 0 && change < 5
}
