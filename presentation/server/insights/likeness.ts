import { ownOf } from '#shared/own.ts'
export type Profile = {
  readonly store: string
  readonly name: string
  readonly type: string
  readonly city: string
  readonly region: string
  /** Of the compared period: since the chain has data, and the store is open. */
  readonly days: number
  /** Of these, those on which it sold. */
  readonly openDays: number
  readonly revenue: number
  readonly margin: number
  readonly costed: number
  readonly sales: number
  readonly units: number
  readonly mix: Readonly<Record<string, number>>
}

/** A store like another: the distance, and what it is made of (0 is the same). */
export type Peer = {
  readonly profile: Profile
  readonly distance: number
  readonly size: number
  readonly mix: number
  readonly place: number
}

export type Weights = { readonly size: number; readonly mix: number; readonly place: number }
export const usualWeights: Weights = { size: 1, mix: 2, place: 0.5 }

/** The stores most like `own`: by size (ratios of revenue per open day and of how often it is open), mix (angle between what categories bring) and place (city, region, type). */
export function likeness(
  own: Profile,
  others: readonly Profile[],
  count: number,
  weights: Weights = usualWeights,
): Peer[] {
  return others
    .filter(other => other.store !== own.store && other.revenue > 0 && other.openDays >= Math.min(10, own.openDays / 2))
    .map(profile => {
      const size = apart(perDay(profile), perDay(own)) + apart(openness(profile), openness(own))
      const mix = 1 - cosine(own.mix, profile.mix)
      const place =
        (profile.city !== '' && profile.city === own.city ? 0 : 0.4) +
        (profile.region !== '' && profile.region === own.region ? 0 : 0.3) +
        (profile.type === own.type ? 0 : 0.3)
      return { profile, size, mix, place, distance: weights.size * size + weights.mix * mix + weights.place * place }
    })
    .sort((a, b) => a.distance - b.distance || (a.profile.store < b.profile.store ? -1 : 1))
    .slice(0, count)
}

export const perDay = ({ revenue, openDays }: Profile): number => revenue / Math.max(1, openDays)

const openness = ({ openDays, days }: Profile): number => openDays / Math.max(1, days)

const apart = (one: number, other: number): number => Math.abs(Math.log(one / Math.max(other, 1e-9)))

const month = 30

/** What was sold in some days, as money of a calendar month of 30: also of a store that is open on few of them. */
export const perMonth = (revenue: number, days: number): number => (revenue / Math.max(1, days)) * month

function cosine(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): number {
  let dot = 0
  for (const key in a) dot += (a[key] ?? 0) * (ownOf(b, key) ?? 0)
  const whole = lengthOf(a) * lengthOf(b)
  return whole > 0 ? dot / whole : 0
}

/** Kept by the mix itself: a store is compared with many. */
const lengths = new WeakMap<Readonly<Record<string, number>>, number>()

function lengthOf(mix: Readonly<Record<string, number>>): number {
  const known = lengths.get(mix)
  if (known !== undefined) return known
  const length = Math.hypot(...Object.values(mix))
  lengths.set(mix, length)
  return length
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return sorted.length === 0 ? 0 : (low + high) / 2
}

export type Gap = { readonly category: string; readonly own: number; readonly peers: number; readonly gap: number }

export type StoreGap = { readonly profile: Profile; readonly largest: Gap }

/** Stores whose largest gap to stores like them is worth most, that one first. Only the largest of `own` are looked at: what is worth most is there. */
export function widestGaps(
  own: readonly Profile[],
  all: readonly Profile[],
  { looked, peers, fewest }: { looked: number; peers: number; fewest: number },
): StoreGap[] {
  return [...own]
    .sort((a, b) => b.revenue - a.revenue)
    .slice(0, looked)
    .flatMap(profile => {
      const alike = likeness(profile, all, peers)
      const [largest] = alike.length < fewest ? [] : gapsOf(profile, alike)
      return largest === undefined ? [] : [{ profile, largest }]
    })
    .sort((a, b) => b.largest.gap - a.largest.gap || (a.profile.store < b.profile.store ? -1 : 1))
}

/** Categories in which stores like it sell more, in money a month, largest first. */
export function gapsOf(own: Profile, peers: readonly Peer[]): Gap[] {
  const categories = new Set([own, ...peers.map(({ profile }) => profile)].flatMap(({ mix }) => Object.keys(mix)))
  return [...categories]
    .map(category => {
      const monthly = ({ mix, days }: Profile) => perMonth(ownOf(mix, category) ?? 0, days)
      const usual = median(peers.map(({ profile }) => monthly(profile)))
      return { category, own: monthly(own), peers: usual, gap: usual - monthly(own) }
    })
    .filter(({ gap }) => gap > 0)
    .sort((a, b) => b.gap - a.gap || (a.category < b.category ? -1 : 1))
}
