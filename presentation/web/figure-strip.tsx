import type { Summary } from '../server/figures-schema.ts'
import { Delta } from './delta.tsx'
import { amountOf, exactText, type FigureName, figureNames, shortText } from './figure.ts'
import { percent, period as periodText } from './format.ts'
import { Icon } from './icon.tsx'
import { lazy } from './lazy.tsx'
import { MovingNumber } from './moving-number.tsx'
import { Popover } from './popover.tsx'
import { words } from './words.ts'

const Freshness = lazy(() => import('./freshness.tsx').then(module => module.Freshness))

type Given = { summary: Summary; chosen: FigureName; follow: string; choose: (name: FigureName) => void }

/** The main figures side by side. Choosing one draws it below; the question mark says what it is. */
export function FigureStrip({ summary, chosen, follow, choose }: Given) {
  const w = words()
  return (
    <div class="strip">
      {figureNames.map(name => {
        const now = amountOf(summary, name)
        const before = amountOf(summary.comparison, name)
        const exact = exactText(name)
        const show = (value: number | null) => (value === null ? '–' : exact(value))
        return (
          <div key={name} class={name === chosen ? 'figure chosen' : 'figure'} data-figure={name}>
            <button type="button" class="figure-face" aria-pressed={name === chosen} onClick={() => choose(name)}>
              <span class="figure-name">{w.figures[name]}</span>
              <span class="figure-room">
                <span class="figure-value" style={{ '--long': String(show(now).length) }}>
                  {now === null ? '–' : <MovingNumber value={now} show={show} follow={follow} />}
                </span>
              </span>
              <span class="figure-change">
                {now === null ? (
                  <span class="delta delta-none">{w.uncounted}</span>
                ) : (
                  <Delta now={now} before={before ?? 0} show={shortText(name)} />
                )}
                {name === 'margin' && now !== null && Number(summary.revenue) !== 0 && (
                  <span class="quiet">{w.marginShare(percent(now / Number(summary.revenue)))}</span>
                )}
              </span>
            </button>
            <Popover
              label={`${w.whatTitle} ${w.figures[name]}`}
              class="what"
              align="end"
              face={<Icon name="help" size={16} />}
            >
              {() => (
                <div class="what-panel">
                  <p class="what-title">{w.figures[name]}</p>
                  <p>{w.what[name]}</p>
                  {now === null && <p>{w.uncountedWhy}</p>}
                  <dl>
                    <dt>{w.formula}</dt>
                    <dd>{w.whatFormula[name]}</dd>
                    <dt>{w.exact}</dt>
                    <dd class="exact">{show(now)}</dd>
                    <dt>{w.comparedWith}</dt>
                    <dd>
                      {periodText(summary.comparison)}: <span class="exact">{show(before)}</span>
                    </dd>
                  </dl>
                  <Freshness />
                </div>
              )}
            </Popover>
          </div>
        )
      })}
    </div>
  )
}
