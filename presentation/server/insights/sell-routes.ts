import { z } from 'zod'
import { addDays, dayIn } from '#shared/day.ts'
import { type Ask, question } from '../ask.ts'
import { ranked, seesWholeChain, type TwoPeriods, twoPeriods } from '../figures.ts'
import { moneyText } from '../figures-schema.ts'
import type { Person } from '../person.ts'
import { Problem } from '../problem.ts'
import { type HeldMonths, heldDays, heldMonths, heldSpans, knownSpans } from '../rolled.ts'
import { type Route, route } from '../route.ts'
import { type Spans, tooMany } from '../spans.ts'
import { amountText } from './amount.ts'
import { companionsOf, suggestionsFor, type Taste } from './companions.ts'
import { likeness, type Profile } from './likeness.ts'
import type { InsightParts } from './routes.ts'

type MarginRow = {
  product: string
  name: string
  category: string
  revenue: number
  margin: number
  units: number
  unitMargin: number
  marginShare: number
  trend: number | null
}
type Rising = {
  product: string
  name: string
  category: string
  now: number
  season: number
  rise: number
  surprise: number
  salesNow: number
  salesBefore: number
}
type Places = { product: string; stores: number; own: number; likeStores: number; likeNow: number; likeBefore: number }

const marginsFrom = <Held>({ rows }: { rows: string }) => {
  type Params = TwoPeriods & { limit: number } & Held
  const margins = (order: string) => question<Params, MarginRow>('insights/margins', { order, rows })
  return {
    margin: margins('s.margin DESC'),
    unit: margins('unitMargin DESC'),
    share: margins('marginShare DESC'),
    worst: margins('s.margin ASC'),
  }
}
const marginsBy = marginsFrom<HeldMonths>(ranked.products)
const marginsOfChainBy = marginsFrom<Spans>(ranked.productsOfChain)
const belowCost = question<{ today: string; days: number; products: string[] }, { product: string }>(
  'insights/below-cost',
)
const promotions = question<{ today: string; limit: number; held: string[] }, Rising>('insights/promotions')
const places = question<{ today: string; products: string[]; peers: string[] }, Places>('insights/promotion-places')
const profiles = question<{ today: string }, Profile>('insights/store-profiles')

/** So many stores like it say what a product does in a place like this; among fewer, one store's figures would show. */
const peersAsked = 8
const fewestPeers = 3

const place = { store: z.string().max(200).optional(), seller: z.string().max(200).optional() }
const companion = z.object({
  product: z.string(),
  name: z.string(),
  category: z.string(),
  beside: z.string().meta({ description: 'The product of the basket that speaks for it most' }),
  count: z.number().meta({ description: 'In how many baskets they met' }),
  support: z.number(),
  confidence: z.number(),
  confidenceBack: z.number(),
  lift: z.number(),
  fit: z.number().meta({ description: 'How the store or seller sells it against the chain; 1 without evidence' }),
  score: z.number(),
})

/** What to sell: with what is in the basket, with the best margin, and what is rising now. */
export function sellRoutes({ config, companions }: InsightParts): Route[] {
  const today = () => dayIn(config.DATAAPP_TIME_ZONE, new Date())
  return [
    route({
      method: 'get',
      path: '/insights/bought-with',
      door: 'insights.read',
      summary: 'What is often bought together with a product, with the evidence',
      query: z.strictObject({
        product: z.string().max(300),
        ...place,
        limit: z.coerce.number().int().min(1).max(50).default(10),
      }),
      answer: z.object({
        items: z.array(companion),
        counted: z.boolean().meta({ description: 'False until the first counting of baskets is done' }),
      }),
      run: async ({ person, query }) => {
        const taste = tasteOf(person, query)
        const shelf = await companions()
        const items = await companionsOf(shelf, query.product, taste, today(), query.limit)
        return { items, counted: shelf.counted }
      },
    }),
    route({
      method: 'post',
      path: '/insights/next-item',
      door: 'insights.read',
      summary: 'What to offer beside a basket; what sells most where nothing is known of it',
      body: z.strictObject({
        products: z.array(z.string().max(300)).max(200),
        ...place,
        limit: z.number().int().min(1).max(50).default(10),
      }),
      answer: z.object({
        items: z.array(
          z.object({
            product: z.string(),
            name: z.string(),
            category: z.string(),
            beside: z.string().nullable(),
            lift: z.number().nullable(),
            score: z.number(),
          }),
        ),
      }),
      run: async ({ person, body }) => {
        const taste = tasteOf(person, body)
        return { items: await suggestionsFor(await companions(), body.products, taste, today(), body.limit) }
      },
    }),
    route({
      method: 'get',
      path: '/insights/margins',
      door: 'insights.read',
      summary:
        'Products by margin for this store or seller: per unit, in all, volume and trend; sold below cost called out',
      query: z.strictObject({
        ...place,
        by: z.enum(['margin', 'unit', 'share', 'worst']).default('margin'),
        days: z.coerce.number().int().min(7).max(365).default(30),
        limit: z.coerce.number().int().min(1).max(500).default(20),
      }),
      answer: z.object({
        items: z.array(
          z.object({
            product: z.string(),
            name: z.string(),
            category: z.string(),
            revenue: moneyText,
            margin: moneyText,
            unitMargin: moneyText,
            marginShare: z.number(),
            units: z.number(),
            trend: z
              .number()
              .nullable()
              .meta({ description: 'Margin against as many days before; 0.1 is a tenth more' }),
            belowCost: z.boolean(),
          }),
        ),
      }),
      keep: 'scope',
      run: async ({ person, query, ask }) => {
        const narrowing = narrowed(person, query)
        const { days, limit } = query
        const to = today()
        const period = { from: addDays(to, 1 - days), to }
        const before = { from: addDays(to, 1 - 2 * days), to: addDays(to, -days) }
        const both = [period, before]
        const known = knownSpans(ask, person)
        const spans = seesWholeChain(person, narrowing) ? await heldSpans(known, both) : undefined
        const asked = { ...twoPeriods(period, before), limit }
        const rows =
          spans === undefined || tooMany(spans)
            ? await ask(person, marginsBy[query.by], narrowing, { ...asked, ...(await heldMonths(known, both)) })
            : await ask(person, marginsOfChainBy[query.by], narrowing, { ...asked, ...spans })
        const products = rows.map(({ product }) => product)
        const losing = new Set(
          (await ask(person, belowCost, narrowing, { today: to, days, products })).map(row => row.product),
        )
        return {
          items: rows.map(row => ({
            product: row.product,
            name: row.name,
            category: row.category,
            revenue: amountText(row.revenue),
            margin: amountText(row.margin),
            unitMargin: amountText(row.unitMargin),
            marginShare: row.marginShare,
            units: row.units,
            trend: row.trend,
            belowCost: losing.has(row.product),
          })),
        }
      },
    }),
    route({
      method: 'get',
      path: '/insights/promotions',
      door: 'insights.read',
      summary: 'What is rising now against its own season, what promoting it could bring here, and the evidence',
      query: z.strictObject({ ...place, limit: z.coerce.number().int().min(1).max(100).default(10) }),
      answer: z.object({
        items: z.array(
          z.object({
            product: z.string(),
            name: z.string(),
            category: z.string(),
            rise: z.number().meta({ description: 'Over its own season; 0.3 is three tenths more' }),
            season: z.number().meta({ description: 'What the same weeks did a year ago' }),
            expectedGain: moneyText.meta({
              description:
                'In four weeks, if it rose again as it did, or sold here as in stores like this one (in all stores where fewer than three sell it)',
            }),
            evidence: z.object({
              sales: z.number(),
              salesBefore: z.number(),
              stores: z.number(),
              deviations: z.number(),
              storesLike: z
                .number()
                .meta({ description: 'Stores like the one asked for that sell it; 0 where no one store is asked for' }),
              riseLike: z.number().nullable().meta({ description: 'Its rise in those; null with fewer than three' }),
            }),
          }),
        ),
      }),
      keep: 'scope',
      run: async ({ person, query, ask }) => {
        const narrowing = narrowed(person, query)
        const [peers, rising] = await Promise.all([
          peersOf(ask, person, narrowing.stores, today()),
          risingOf(ask, person, today(), query.limit),
        ])
        const products = rising.map(({ product }) => product)
        const found = await ask(person, places, narrowing, { today: today(), products, peers })
        const placesOf = new Map(found.map(row => [row.product, row]))
        return {
          items: rising.flatMap(row => {
            const where = placesOf.get(row.product)
            return where === undefined ? [] : [promotionOf(row, where)]
          }),
        }
      },
    }),
  ]
}

/** What rises in the whole chain: any role may know that a product does. */
async function risingOf(ask: Ask, person: Person, today: string, limit: number): Promise<Rising[]> {
  const ago = (days: number) => addDays(today, -days)
  const held = await heldDays(knownSpans(ask, person), [
    { from: ago(56), to: ago(1) },
    { from: ago(420), to: ago(365) },
  ])
  return ask({ ...person, role: 'admin' }, promotions, { stores: [] }, { today, limit, held })
}

function promotionOf(row: Rising, { stores, own, likeStores, likeNow, likeBefore }: Places) {
  const enough = likeStores >= fewestPeers
  const usual = enough ? likeNow / likeStores : row.now / stores
  return {
    product: row.product,
    name: row.name,
    category: row.category,
    rise: row.rise,
    season: row.season,
    expectedGain: amountText(Math.max(own * Math.min(1, row.rise), usual - own, 0)),
    evidence: {
      sales: row.salesNow,
      salesBefore: row.salesBefore,
      stores,
      deviations: row.surprise,
      storesLike: enough ? likeStores : 0,
      riseLike: enough && likeBefore > 0 ? likeNow / (likeBefore * row.season) - 1 : null,
    },
  }
}

/** The stores most like the one that is asked for, or like a manager's only one; none where there is no one store. */
async function peersOf(ask: Ask, person: Person, stores: readonly string[], today: string): Promise<string[]> {
  const [store, ...more] = stores.length > 0 || person.role !== 'manager' ? stores : person.stores
  if (store === undefined || more.length > 0) return []
  // Which stores are alike is reckoned over all of them; none of them is named or shown.
  const all = await ask({ ...person, role: 'admin' }, profiles, { stores: [] }, { today })
  const own = all.find(one => one.store === store)
  return own === undefined ? [] : likeness(own, all, peersAsked).map(({ profile }) => profile.store)
}

/** Whose taste weighs: a seller's own, the store that is asked for, a manager's only store. */
function tasteOf(
  person: Person,
  { store, seller }: { store?: string | undefined; seller?: string | undefined },
): Taste {
  const { stores, sellers } = narrowed(person, { store, seller })
  if (person.role === 'seller') return { kind: 'seller', id: person.seller }
  if (sellers[0] !== undefined) return { kind: 'seller', id: sellers[0] }
  const own = stores[0] ?? (person.role === 'manager' && person.stores.length === 1 ? person.stores[0] : undefined)
  return own === undefined ? { kind: 'none', id: '' } : { kind: 'store', id: own }
}

function narrowed(person: Person, { store, seller }: { store?: string | undefined; seller?: string | undefined }) {
  if (store !== undefined && person.role === 'manager' && !person.stores.includes(store))
    throw new Problem('forbidden', 'That store is not in your scope.')
  if (seller !== undefined && person.role === 'seller' && seller !== person.seller)
    throw new Problem('forbidden', 'A seller sees only themselves.')
  return { stores: store === undefined ? [] : [store], sellers: seller === undefined ? [] : [seller] }
}
