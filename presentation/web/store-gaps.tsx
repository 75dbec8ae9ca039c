import { money, percent, shortMoney } from './format.ts'
import { useResource } from './resource.ts'
import { What } from './what.tsx'
import { words } from './words.ts'

type Against = { own: string; peers: string }
type Comparison = {
  enough: boolean
  peers: { name: string | null; region: string }[]
  figures: { revenuePerDay: Against; averageTicket: Against; unitsPerSale: Against; marginShare: Against }
  gaps: {
    category: string
    own: string
    peers: string
    gap: string
    products: { product: string; name: string; gap: string }[]
  }[]
}

/** One store against stores like it: where it does better, and the gaps worth most. */
export function StoreGaps({ store }: { store: string }) {
  const w = words().compare
  const { answer } = useResource<Comparison>(`/api/v1/insights/comparison?${new URLSearchParams({ store })}`)
  if (answer === undefined || !answer.enough) return null
  const { revenuePerDay, averageTicket, marginShare } = answer.figures
  const rows = [
    { name: w.revenuePerDay, of: revenuePerDay, show: shortMoney },
    { name: w.averageTicket, of: averageTicket, show: shortMoney },
    { name: w.marginShare, of: marginShare, show: (value: string) => percent(Number(value)) },
  ]
  return (
    <section class="card ranking" aria-label={w.title}>
      <header class="card-head">
        <h2>{w.title}</h2>
        <span class="quiet caption">
          {w.peers(answer.peers.length)} <What name="peers" title={w.others} />
        </span>
      </header>
      <table>
        <thead>
          <tr>
            <th scope="col">{w.figure}</th>
            <th scope="col" class="amount">
              {w.own}
            </th>
            <th scope="col" class="amount">
              {w.others}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, of, show }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="amount">{show(of.own)}</td>
              <td class="amount quiet">{show(of.peers)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {answer.gaps.length > 0 && (
        <>
          <h3 class="gaps-head">{words().gaps.title}</h3>
          <ul class="breaches">
            {answer.gaps.map(gap => (
              <li key={gap.category}>
                {w.gap(gap.category, money(gap.gap))}
                {gap.products.length > 0 && (
                  <small class="quiet"> {gap.products.map(product => product.name).join(', ')}</small>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
