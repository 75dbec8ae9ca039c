import { count, percent } from './format.ts'
import { useResource } from './resource.ts'
import { What } from './what.tsx'
import { words } from './words.ts'

type Companion = { product: string; name: string; count: number; confidence: number; lift: number }

/** What is bought together with a product, with how often, so that anybody can judge it. */
export function CompanionList({
  product,
  name,
  choose,
}: {
  product: string
  name: string
  choose?: (product: string) => void
}) {
  const w = words().sell
  const { answer } = useResource<{ items: Companion[]; counted: boolean }>(
    `/api/v1/insights/bought-with?${new URLSearchParams({ product, limit: '8' })}`,
  )
  return (
    <section class="card ranking" aria-label={w.together} aria-busy={answer === undefined}>
      <header class="card-head">
        <h2>{w.together}</h2>
        <What name="lift" title={w.together} />
      </header>
      <p class="quiet caption">{w.togetherWith(name)}</p>
      {answer === undefined ? (
        <span class="skeleton line" />
      ) : answer.items.length === 0 ? (
        <p class="quiet">{answer.counted ? w.nothingTogether : w.beingCounted}</p>
      ) : (
        <ol>
          {answer.items.map(item => (
            <li key={item.product}>
              <div class="ranking-row">
                <span class="ranking-name">
                  {choose === undefined ? (
                    item.name
                  ) : (
                    <button type="button" class="name" onClick={() => choose(item.product)}>
                      {item.name}
                    </button>
                  )}
                  <small>{w.met(count(item.count), count(Math.round(item.lift * 10) / 10))}</small>
                </span>
                <span class="ranking-amount">
                  <strong>{percent(item.confidence, 0)}</strong>
                </span>
              </div>
              <span class="bar" aria-hidden="true">
                <span style={{ width: `${Math.min(100, item.confidence * 100)}%` }} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
