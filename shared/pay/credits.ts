import type { PayLine } from './facts.ts'

/**
 * Who is credited for a sale, from what the sale says of its seller: one seller, or several parted by `|`, each with a share (`ana=0.6|rui=0.4`, `ana=1/3|rui=2/3`)
 * or all without one (`ana|rui`: the same for each). Whether shares add up to one is looked at where they are paid.
 */
export function creditsOf(seller: string): PayLine['credits'] {
  if (seller === '') return []
  const parts = seller.split('|').map(part => part.trim())
  if (parts.length === 1 && !seller.includes('=')) return [{ person: seller, share: '1' }]
  return parts.map(part => {
    const [person = '', share = `1/${parts.length}`] = part.split('=').map(text => text.trim())
    return { person, share }
  })
}
