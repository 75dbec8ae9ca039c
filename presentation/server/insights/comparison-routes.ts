import { z } from 'zod'
import { dayIn } from '#shared/day.ts'
import { loadSql } from '#shared/sql.ts'
import { question } from '../ask.ts'
import { moneyText } from '../figures-schema.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'
import { amountText } from './amount.ts'
import { bestPractices, type Hours, hourGaps, practices, type Selling, sellerGaps } from './gaps.ts'
import { gapsOf, likeness, median, type Peer, type Profile, perDay, usualWeights, widestGaps } from './likeness.ts'
import type { InsightParts } from './routes.ts'

const profiles = question<{ today: string }, Profile & { seen: number }>('insights/store-profiles')
const storeHours = loadSql('../queries/insights/store-hours.sql', import.meta.url)
const storeSellers = loadSql('../queries/insights/store-sellers.sql', import.meta.url)
const gapProducts = loadSql('../queries/insights/gap-products.sql', import.meta.url)

/** With fewer stores to hide among, an average would tell a single store's figures. */
const fewestPeers = 3
const gapsShown = 3
const usualPeers = 8
/** So many stores are compared for the list of the widest gaps: each takes a millisecond or two beside 700 others. */
const storesLooked = 40
/** Of these days the hours are, at most. */
const hoursDays = 28
const weight = z.coerce.number().min(0).max(10)

const against = z.object({ own: z.string(), peers: z.string() })

/** Own store against stores like it: why these, how it does per open day, and the gaps worth most in money a month. */
export function comparisonRoutes({ warehouse, config }: InsightParts): Route[] {
  return [
    route({
      method: 'get',
      path: '/insights/store-gaps',
      door: 'stores.compare',
      summary: 'The stores within your scope with most to win beside stores like them, and in what',
      query: z.strictObject({ limit: z.coerce.number().int().min(1).max(storesLooked).default(6) }),
      answer: z.object({
        items: z.array(
          z.object({
            store: z.string(),
            name: z.string(),
            city: z.string(),
            category: z.string(),
            own: moneyText.meta({
              description: 'What it sells of the category in a month: 30 days of the latest 90, whether open or not',
            }),
            peers: moneyText.meta({ description: 'What the usual store like it sells' }),
            gap: moneyText,
          }),
        ),
        enough: z.boolean().meta({ description: 'Whether any of them has stores enough to compare with' }),
      }),
      keep: 'scope',
      run: async ({ person, query, ask }) => {
        const today = dayIn(config.DATAAPP_TIME_ZONE, new Date())
        const all = await ask(person, profiles, { stores: [] }, { today })
        const own = all.filter(one => Number(one.seen) === 1)
        const widest = widestGaps(own, all, { looked: storesLooked, peers: usualPeers, fewest: fewestPeers })
        return {
          items: widest.slice(0, query.limit).map(({ profile: { store, name, city }, largest }) => ({
            store,
            name: name === '' ? store : name,
            city,
            category: largest.category,
            ...amountTexts(largest),
          })),
          enough: widest.length > 0 || own.some(one => likeness(one, all, usualPeers).length >= fewestPeers),
        }
      },
    }),
    route({
      method: 'get',
      path: '/insights/comparison',
      door: 'insights.read',
      summary: 'A store against stores like it per open day, and the few gaps worth most in money a month',
      query: z.strictObject({
        store: z.string().max(200),
        peers: z.coerce.number().int().min(fewestPeers).max(30).default(usualPeers),
        size: weight.default(usualWeights.size).meta({ description: 'How much likeness in size counts' }),
        mix: weight.default(usualWeights.mix).meta({ description: 'How much likeness in what is sold counts' }),
        place: weight.default(usualWeights.place).meta({ description: 'How much likeness in place and type counts' }),
      }),
      answer: z.object({
        store: z.string(),
        enough: z.boolean().meta({ description: 'Whether there are stores enough to compare with' }),
        peers: z.array(
          z.object({
            store: z.string().nullable().meta({ description: 'Named only where you may see it' }),
            name: z.string().nullable(),
            region: z.string(),
            size: z.number().meta({
              description: 'Ratios of revenue per open day and of how often it is open, as logarithms; 0 is the same',
            }),
            mix: z.number().meta({ description: '0: sells the same categories; 1: nothing in common' }),
            place: z.number().meta({ description: '0: same city, region and type' }),
          }),
        ),
        figures: z.object({
          revenuePerDay: against,
          averageTicket: against,
          unitsPerSale: against,
          marginShare: against,
        }),
        gaps: z.array(
          z.object({
            category: z.string(),
            own: moneyText,
            peers: moneyText,
            gap: moneyText.meta({ description: 'In a month: 30 days of the latest 90, whether open or not' }),
            products: z.array(z.object({ product: z.string(), name: z.string(), gap: moneyText })),
          }),
        ),
        hours: z
          .array(z.object({ hour: z.number().int(), own: moneyText, peers: moneyText, gap: moneyText }))
          .meta({ description: 'Hours of the day in which the others sell more, in money a month' }),
        sellers: z.array(z.object({ seller: z.string(), own: moneyText, peers: moneyText, gap: moneyText })).meta({
          description:
            "Own sellers below the others' usual seller, per day they sell; the gap in a month of their days",
        }),
        best: z
          .array(z.object({ what: z.enum(practices), own: z.string(), best: z.string() }))
          .meta({ description: 'What the best of the others do differently' }),
      }),
      keep: 'scope',
      run: async ({ person, query, ask }) => {
        if (person.role === 'seller') throw new Problem('forbidden', 'Stores are compared for managers.')
        if (person.role === 'manager' && !person.stores.includes(query.store))
          throw new Problem('forbidden', 'That store is not in your scope.')
        const today = dayIn(config.DATAAPP_TIME_ZONE, new Date())
        const all = await ask(person, profiles, { stores: [] }, { today })
        const own = all.find(({ store }) => store === query.store)
        if (own === undefined) throw new Problem('not-found', 'That store sold nothing in the 90 days up to yesterday.')
        const peers = likeness(own, all, query.peers, query)
        const enough = peers.length >= fewestPeers
        const seen = new Set(all.filter(one => Number(one.seen) === 1).map(({ store }) => store))
        const gaps = enough ? gapsOf(own, peers).slice(0, gapsShown) : []
        const compared = [own, ...peers.map(({ profile }) => profile)]
        const looked = { today, stores: compared.map(({ store }) => store) }
        const [sold, sellers] = enough
          ? await Promise.all([
              warehouse.rows<Omit<Hours, 'days'>>(storeHours, looked),
              warehouse.rows<Selling>(storeSellers, looked),
            ])
          : [[], []]
        const daysOf = new Map(compared.map(({ store, days }) => [store, Math.min(hoursDays, days)]))
        const hours = sold.map(row => ({ ...row, days: daysOf.get(row.store) ?? hoursDays }))
        return {
          store: own.store,
          enough,
          peers: peers.map(({ profile, size, mix, place }) => ({
            store: seen.has(profile.store) ? profile.store : null,
            name: seen.has(profile.store) ? profile.name : null,
            region: profile.region,
            size,
            mix,
            place,
          })),
          figures: figuresOf(own, enough ? peers : []),
          hours: hourGaps(own.store, hours).map(({ hour, ...amounts }) => ({ hour, ...amountTexts(amounts) })),
          sellers: sellerGaps(own, sellers).map(({ seller, ...amounts }) => ({ seller, ...amountTexts(amounts) })),
          best: bestPractices(own, peers, hours, sellers).map(({ what, own: here, best }) => ({
            what,
            own: practiceText(what, here),
            best: practiceText(what, best),
          })),
          gaps: await Promise.all(
            gaps.map(async gap => {
              const products = await warehouse.rows<{ product: string; name: string; gap: number }>(gapProducts, {
                today,
                own: own.store,
                ownDays: Math.max(1, own.days),
                peerDays: Math.max(
                  1,
                  peers.reduce((sum, { profile }) => sum + profile.days, 0),
                ),
                peers: peers.map(({ profile }) => profile.store),
                category: gap.category,
              })
              return {
                category: gap.category,
                own: amountText(gap.own),
                peers: amountText(gap.peers),
                gap: amountText(gap.gap),
                products: products.map(row => ({ product: row.product, name: row.name, gap: amountText(row.gap) })),
              }
            }),
          ),
        }
      },
    }),
  ]
}

const amountTexts = ({ own, peers, gap }: { own: number; peers: number; gap: number }) => ({
  own: amountText(own),
  peers: amountText(peers),
  gap: amountText(gap),
})

const practiceText = (what: (typeof practices)[number], value: number): string =>
  what === 'marginShare' ? value.toFixed(4) : value.toFixed(2)

function figuresOf(own: Profile, peers: readonly Peer[]) {
  const held = (of: (profile: Profile) => number, digits: (value: number) => string) => ({
    own: digits(of(own)),
    peers: digits(median(peers.map(({ profile }) => of(profile)))),
  })
  const share = (value: number) => value.toFixed(4)
  return {
    revenuePerDay: held(perDay, amountText),
    averageTicket: held(({ revenue, sales }) => revenue / Math.max(1, sales), amountText),
    unitsPerSale: held(
      ({ units, sales }) => units / Math.max(1, sales),
      value => value.toFixed(2),
    ),
    marginShare: held(({ margin, costed }) => (costed > 0 ? margin / costed : 0), share),
  }
}
