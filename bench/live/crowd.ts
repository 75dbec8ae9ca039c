import type { Bounds } from '#presentation/server/person.ts'

/** What the measuring process asks of the server and of the crowd, and what they say. */
export type Order = { announce: { stores: string[] | null; sellers: string[] | null } } | { memory: true }
export type Heard =
  | { ready: { port: number; secrets: string[] } }
  | { announced: { at: string; busyMs: number } }
  | { memory: number }
export type CrowdOrder = { connect: { port: number; secrets: string[]; count: number } } | { expect: number }
/** `stray`: news that reached somebody after everybody concerned had it. */
export type CrowdHeard = { connected: number } | { armed: { stray: number } } | { last: { at: string } }

const stores = 200
const storesOf = (index: number) => Array.from({ length: 1 + (index % 20) }, (_, n) => `s${(index + n) % stores}`)

/** A chain of 200 stores: one in a hundred is an admin, one in five a manager of 1 to 20 stores, the others sell. */
export function boundsOf(index: number): Bounds {
  if (index % 100 === 0) return { role: 'admin' }
  if (index % 5 === 0) return { role: 'manager', stores: storesOf(index / 5) }
  return { role: 'seller', seller: `v${index}` }
}

/** How many of the first `count` people see a sale of this store by this seller. */
export function concerned(count: number, store: string, seller: string): number {
  return Array.from({ length: count }, (_, index) => boundsOf(index)).filter(bounds => {
    if (bounds.role === 'manager') return bounds.stores.includes(store)
    return bounds.role === 'admin' || bounds.seller === seller
  }).length
}
