import type { Standing } from '../server/insights/standing-routes.ts'
import { money } from './format.ts'
import { MovingNumber } from './moving-number.tsx'
import { useResource } from './resource.ts'
import { What } from './what.tsx'
import { words } from './words.ts'

type Slip = { amount: string | null; projected: { amount: string } | null }

const path = '/api/v1/insights/pay'

/** A seller's pay so far and where it should close, and their place where it is good to hear. */
export function PayGlance() {
  const w = words().glance
  const { answer, failed } = useResource<Slip>(path)
  const standing = useResource<Standing>('/api/v1/insights/standing').answer
  if (failed !== undefined && answer === undefined) return null
  if (answer?.amount === null) return null
  if (answer === undefined)
    return (
      <div class="card month">
        <span class="skeleton fill" />
      </div>
    )
  return (
    <section class="card month pay-glance" aria-label={w.pay}>
      <header class="month-head">
        <h2>{w.pay}</h2>
        <a class="see-all" href="/pay">
          {w.open}
        </a>
      </header>
      <dl class="month-figures">
        <div>
          <dt>{words().pay.soFar}</dt>
          <dd>
            <MovingNumber value={Number(answer.amount)} show={money} follow={path} />{' '}
            <What name="payMonth" title={w.pay} exact={money(answer.amount)} />
          </dd>
          {answer.projected !== null && <dd class="quiet small">{w.projected(money(answer.projected.amount))}</dd>}
        </div>
      </dl>
      {standing !== undefined && standing.place !== null && (
        <p class="standing">{w.place(standing.place, standing.of)}</p>
      )}
    </section>
  )
}
