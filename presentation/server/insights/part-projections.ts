import { addDays, type Day } from '#shared/day.ts'
import { groupBy } from '#shared/group.ts'
import { type Ask, question } from '../ask.ts'
import { ranked, type TwoPeriods, twoPeriods } from '../figures.ts'
import type { Person } from '../person.ts'
import { type HeldMonths, heldSpans, knownSpans } from '../rolled.ts'
import type { Spans } from '../spans.ts'
import { ahead, type ProjectionRow } from './projection-row.ts'

type Share = { product: string; category: string; own: number; chain: number }

/** The rows of `part-shares.sql`. Of a category everybody may know what the whole chain sold. */
export const shareRows = {
  chain: ranked.productsOfChain.rows.replaceAll('{{scope}}', '1'),
  own: ranked.products.rows,
}
const shares = question<TwoPeriods & Spans & HeldMonths, Share>('insights/part-shares', shareRows)
const projections = question<{ today: string; level: string; ids: string[]; limit: number }, ProjectionRow>(
  'insights/projections',
)

const most = 10_000
const edges = ['lo80', 'hi80', 'lo95', 'hi95'] as const

/**
 * Categories or products of some stores: the chain's forecast of a category times the stores' part of it lately, made to add up day by day to what is projected for
 * the stores; products are their part of their category. Narrower parts are less sure: widths grow with one over the root of the part.
 */
export async function partProjections(
  ask: Ask,
  person: Person,
  { level, stores, today }: { level: 'category' | 'product'; stores: readonly string[]; today: Day },
): Promise<ProjectionRow[]> {
  const asked = { today, ids: [], limit: most }
  const lately = { from: addDays(today, -90), to: addDays(today, -1) }
  const [parts, whole, own] = await Promise.all([
    heldSpans(knownSpans(ask, person), [lately]).then(spans =>
      ask(person, shares, { stores }, { ...twoPeriods(lately, lately), ...spans }),
    ),
    // Of the chain's categories only the stores' part goes out.
    ask({ ...person, role: 'admin' }, projections, { stores: [] }, { ...asked, level: 'category' }),
    ask(person, projections, { stores }, { ...asked, level: 'store' }),
  ])
  const bySort = new Map([...groupBy(parts, part => part.category)].map(([category, some]) => [category, total(some)]))
  const known = new Map(whole.map(row => [row.id, row]))
  const alone = [...bySort]
    .toSorted(([, one], [, other]) => other.own - one.own)
    .flatMap(([category, sold]) => {
      const row = known.get(category)
      return row === undefined || !(sold.own > 0 && sold.chain > 0)
        ? []
        : [partOf(aligned(row, today), category, sold.own / sold.chain)]
    })
  const categories = addingUp(alone, sumOf(own.map(row => aligned(row, today).amounts)))
  if (level === 'category') return categories
  const projected = new Map(categories.map(row => [row.id, row]))
  return parts.flatMap(({ product, category, own: part }) => {
    const row = projected.get(category)
    const sold = bySort.get(category)
    return row === undefined || sold === undefined || !(part > 0)
      ? []
      : [{ ...partOf(row, product, part / sold.own), parent: category }]
  })
}

function total(parts: readonly Share[]): Pick<Share, 'own' | 'chain'> {
  return parts.reduce((sum, { own, chain }) => ({ own: sum.own + own, chain: sum.chain + chain }), { own: 0, chain: 0 })
}

/** The row as from today on. */
function aligned(row: ProjectionRow, today: Day): ProjectionRow {
  const { skip } = ahead(row, today)
  const cut = (list: number[]) => list.slice(skip)
  return {
    ...row,
    starts: today,
    amounts: cut(row.amounts),
    lo80: cut(row.lo80),
    hi80: cut(row.hi80),
    lo95: cut(row.lo95),
    hi95: cut(row.hi95),
    deviation: cut(row.deviation),
  }
}

function partOf(row: ProjectionRow, id: string, part: number): ProjectionRow {
  const wider = 1 / Math.sqrt(Math.min(1, Math.max(part, 1e-6)))
  const edge = (list: number[]) =>
    list.map((value, i) => Math.max(0, part * ((row.amounts[i] ?? 0) + wider * (value - (row.amounts[i] ?? 0)))))
  return {
    ...row,
    id,
    amounts: row.amounts.map(amount => amount * part),
    lo80: edge(row.lo80),
    hi80: edge(row.hi80),
    lo95: edge(row.lo95),
    hi95: edge(row.hi95),
    deviation: row.deviation.map(value => value * part * wider),
    how: 'share',
    method: 'share',
    folds: 0,
    wape: null,
    naive_wape: null,
    mase: null,
    naive_mase: null,
  }
}

const sumOf = (lists: readonly (readonly number[])[]): number[] =>
  (lists[0] ?? []).map((_, day) => lists.reduce((sum, list) => sum + (list[day] ?? 0), 0))

/** Scales rows so that every day they come to `whole`; days of which nothing is known stay as they are. */
function addingUp(rows: readonly ProjectionRow[], whole: readonly number[]): ProjectionRow[] {
  const sums = sumOf(rows.map(({ amounts }) => amounts))
  const factor = (day: number): number => {
    const [sum = 0, wanted] = [sums[day], whole[day]]
    return wanted === undefined || !(sum > 0) ? 1 : wanted / sum
  }
  const scaled = (list: number[]) => list.map((value, day) => value * factor(day))
  return rows.map(row => {
    const made = { ...row, amounts: scaled(row.amounts), deviation: scaled(row.deviation) }
    for (const edge of edges) made[edge] = scaled(row[edge])
    return made
  })
}
