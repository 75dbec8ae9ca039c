import { median, type Peer, type Profile, perDay, perMonth } from './likeness.ts'

/** Revenue of one store by hour of the day (24 sums), of so many days. */
export type Hours = { readonly store: string; readonly days: number; readonly revenue: readonly number[] }
/** What a seller sold in a store, on how many days. */
export type Selling = {
  readonly store: string
  readonly seller: string
  readonly days: number
  readonly revenue: number
  readonly sales: number
}

export type HourGap = { readonly hour: number; readonly own: number; readonly peers: number; readonly gap: number }
export type SellerGap = { readonly seller: string; readonly own: number; readonly peers: number; readonly gap: number }

const shown = 3

/** The hours in which stores like it sell most more, in money a month. */
export function hourGaps(own: string, all: readonly Hours[]): HourGap[] {
  const mine = all.find(({ store }) => store === own)
  const others = all.filter(({ store }) => store !== own)
  if (mine === undefined || others.length === 0) return []
  const monthly = ({ revenue, days }: Hours, hour: number) => perMonth(revenue[hour] ?? 0, days)
  return Array.from({ length: 24 }, (_, hour) => {
    const usual = median(others.map(other => monthly(other, hour)))
    return { hour, own: monthly(mine, hour), peers: usual, gap: usual - monthly(mine, hour) }
  })
    .filter(({ gap }) => gap > 0)
    .sort((a, b) => b.gap - a.gap || a.hour - b.hour)
    .slice(0, shown)
}

/** The store's own sellers who sell less on a day than the usual seller of stores like it, by what that is worth in a month of their days. */
export function sellerGaps(own: Profile, all: readonly Selling[]): SellerGap[] {
  const perSellingDay = ({ revenue, days }: Selling) => revenue / Math.max(1, days)
  const others = all.filter(({ store }) => store !== own.store)
  if (others.length === 0) return []
  const usual = median(others.map(perSellingDay))
  return all
    .filter(({ store }) => store === own.store)
    .map(one => ({
      seller: one.seller,
      own: perSellingDay(one),
      peers: usual,
      gap: perMonth((usual - perSellingDay(one)) * one.days, own.days),
    }))
    .filter(({ gap }) => gap > 0)
    .sort((a, b) => b.gap - a.gap || (a.seller < b.seller ? -1 : 1))
    .slice(0, shown)
}

export const practices = [
  'salesPerDay',
  'averageTicket',
  'unitsPerSale',
  'marginShare',
  'sellersPerDay',
  'hoursPerDay',
] as const

/** Something the best of the peers do otherwise: `own` and `best` in its own unit. */
export type Practice = { readonly what: (typeof practices)[number]; readonly own: number; readonly best: number }

/** Among fewer, a median would tell a single store's figures. */
const fewestBest = 3
/** An hour counts as worked when it brings at least this part of the day. */
const leastOfDay = 0.005

/** In what the better half of the peers (by revenue per open day) differ from the store by a tenth or more, the largest difference first. */
export function bestPractices(
  own: Profile,
  peers: readonly Peer[],
  hours: readonly Hours[],
  sellers: readonly Selling[],
): Practice[] {
  const best = peers
    .map(({ profile }) => profile)
    .filter(profile => perDay(profile) > perDay(own))
    .sort((a, b) => perDay(b) - perDay(a))
    .slice(0, Math.max(fewestBest, Math.ceil(peers.length / 2)))
  if (best.length < fewestBest) return []
  const measures: Record<Practice['what'], (profile: Profile) => number> = {
    salesPerDay: ({ sales, openDays }) => sales / Math.max(1, openDays),
    averageTicket: ({ revenue, sales }) => revenue / Math.max(1, sales),
    unitsPerSale: ({ units, sales }) => units / Math.max(1, sales),
    marginShare: ({ margin, costed }) => (costed > 0 ? margin / costed : 0),
    sellersPerDay: ({ store, openDays }) =>
      sellers.reduce((sum, one) => sum + (one.store === store ? one.days : 0), 0) / Math.max(1, openDays),
    hoursPerDay: ({ store }) => {
      const revenue = hours.find(one => one.store === store)?.revenue ?? []
      const day = revenue.reduce((sum, value) => sum + value, 0)
      return revenue.filter(value => value > leastOfDay * day).length
    },
  }
  const apart = ({ own: here, best: there }: Practice) =>
    Math.abs(Math.log(Math.max(there, 1e-9) / Math.max(here, 1e-9)))
  return practices
    .map((what): Practice => ({ what, own: measures[what](own), best: median(best.map(measures[what])) }))
    .filter(practice => practice.own > 0 && practice.best > 0 && apart(practice) > Math.log(1.1))
    .sort((a, b) => apart(b) - apart(a))
    .slice(0, shown)
}
