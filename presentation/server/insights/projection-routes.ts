import { z } from 'zod'
import { addDays, type Day, dayIn, daysBetween, lastDayOf, monthOf } from '#shared/day.ts'
import { type Expected, expectedSum, probabilityOf } from '#shared/projection.ts'
import type { Ask } from '../ask.ts'
import { question } from '../ask.ts'
import { day, moneyText } from '../figures-schema.ts'
import type { Person } from '../person.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'
import { amountText } from './amount.ts'
import { monthTargets } from './month-targets.ts'
import { partProjections } from './part-projections.ts'
import { ahead, type ProjectionRow } from './projection-row.ts'
import type { InsightParts } from './routes.ts'

const levels = ['chain', 'store', 'seller', 'category', 'product'] as const
type Level = (typeof levels)[number]

type Today = { today: string }
type MonthRow = { id: string; before: number; now: number }

const questions = {
  projections: question<Today & { level: string; ids: string[]; limit: number }, ProjectionRow>('insights/projections'),
  stores: question<Today, MonthRow>('insights/month-stores'),
  sellers: question<Today, MonthRow>('insights/month-sellers'),
  targets: question<Today, { store: string; seller: string; home: string; amount: number }>('insights/targets'),
}

const expected = z.object({ amount: moneyText, lo80: moneyText, hi80: moneyText, lo95: moneyText, hi95: moneyText })
const projected = z.object({
  id: z.string(),
  how: z.enum(['day', 'month', 'share']).meta({
    description:
      'A daily model, a monthly one spread over the days, or (too sparse for either) its share of its parent',
  }),
  method: z.string().meta({ description: '"seasonal-naive" where nothing beat it in the backtest' }),
  backtest: z
    .object({
      folds: z.number(),
      wape: z.number().nullable(),
      naiveWape: z.number().nullable(),
      mase: z.number().nullable(),
      naiveMase: z.number().nullable(),
    })
    .nullable()
    .meta({ description: "Errors over rolling origins, the forecast's and the seasonal naive one's" }),
  computedAt: z.string(),
  next30: expected,
  next90: expected,
  month: z
    .object({
      soFar: moneyText,
      expected,
      target: moneyText.nullable(),
      attainment: z
        .number()
        .nullable()
        .meta({ description: 'Expected part of the target at the end of the month; 1 is all of it' }),
      probability: z.number().nullable().meta({ description: 'That the target is reached' }),
      perDayNeeded: moneyText.nullable().meta({ description: 'What each day left must bring to reach the target' }),
      daysLeft: z.number().int(),
      today: moneyText.meta({ description: 'Sold today so far' }),
      todayExpected: moneyText.meta({ description: 'What today was expected to bring as a whole' }),
    })
    .nullable(),
  days: z.array(expected.extend({ day })),
})

/** What is expected, with how sure that is and how it came about. */
export function projectionRoutes({ config }: InsightParts): Route[] {
  return [
    route({
      method: 'get',
      path: '/insights/projections',
      door: 'insights.read',
      summary: 'What is expected for the next 90 days, the end of the month and against the target',
      query: z.strictObject({
        level: z.enum(levels).default('store'),
        id: z.string().optional().meta({ description: 'Only this series; with its single days' }),
        store: z.string().optional(),
        limit: z.coerce.number().int().min(1).max(2_000).default(100),
      }),
      answer: z.object({ today: day, level: z.enum(levels), items: z.array(projected) }),
      keep: 'scope',
      run: async ({ person, query, ask }) => {
        const today = dayIn(config.DATAAPP_TIME_ZONE, new Date())
        const { level, id, store, limit } = query
        refuseLevel(person, level)
        if (id !== undefined) refuseForeign(person, level, id)
        if (store !== undefined) refuseForeign(person, 'store', store)
        const ids = id === undefined ? [] : [id]
        const stores = store === undefined ? [] : [store]
        const items = await projectionsOf(ask, person, {
          level,
          ids,
          stores,
          limit,
          today,
          withDays: id !== undefined || level === 'chain',
        })
        return { today, level, items }
      },
    }),
  ]
}

export type ProjectionQuery = {
  readonly level: Level
  readonly ids: readonly string[]
  readonly stores: readonly string[]
  readonly limit: number
  readonly today: Day
  readonly withDays: boolean
}

async function projectionsOf(ask: Ask, person: Person, query: ProjectionQuery): Promise<z.input<typeof projected>[]> {
  const { rows, sold, targetOf } = await projectionInputs(ask, person, query)
  return rows.map(row => projectedOf(row, query, sold.get(row.id), targetOf(row.id), query.level))
}

/** The rows of a level within the person's scope, and beside them what each has sold this month and its target. */
export async function projectionInputs(ask: Ask, person: Person, query: Omit<ProjectionQuery, 'withDays'>) {
  const { level, today } = query
  const narrowing = { stores: query.stores }
  const [rows, stores, sellers, targets] = await Promise.all([
    rowsOf(ask, person, query),
    level === 'store' || level === 'chain' ? ask(person, questions.stores, narrowing, { today }) : [],
    level === 'seller' ? ask(person, questions.sellers, narrowing, { today }) : [],
    ask(person, questions.targets, narrowing, { today }),
  ])
  const sold = new Map([...stores, ...sellers].map(row => [row.id, row]))
  if (level === 'chain') sold.set('', sumOfMonths(stores))
  const of = monthTargets(level, targets)
  return { rows, sold, targetOf: (id: string) => of.get(id) }
}

/** Categories and products belong to no store: for some stores, their part of them. */
async function rowsOf(
  ask: Ask,
  person: Person,
  { level, ids, stores, limit, today }: Omit<ProjectionQuery, 'withDays'>,
): Promise<ProjectionRow[]> {
  if ((level === 'category' || level === 'product') && (person.role === 'manager' || stores.length > 0)) {
    const rows = await partProjections(ask, person, { level, stores, today })
    return rows.filter(({ id }) => ids.length === 0 || ids.includes(id)).slice(0, limit)
  }
  return ask(person, questions.projections, { stores }, { today, level, ids: [...ids], limit })
}

/** The end of the month: what is sold, then what is expected of today beyond that and of the days left. */
export function monthEnd(
  row: ProjectionRow,
  month: MonthRow | undefined,
  today: Day,
): { sold: number; expected: Expected; daysLeft: number } {
  const { amounts, deviations } = ahead(row, today)
  const left = daysBetween(today, lastDayOf(monthOf(today))) + 1
  const [first = 0, ...rest] = amounts.slice(0, left)
  const now = month?.now ?? 0
  const sold = (month?.before ?? 0) + now
  return {
    sold,
    expected: expectedSum([Math.max(0, first - now), ...rest], deviations.slice(0, left), row.together, sold),
    daysLeft: left,
  }
}

function projectedOf(
  row: ProjectionRow,
  { today, withDays }: ProjectionQuery,
  month: MonthRow | undefined,
  target: number | undefined,
  level: Level,
): z.input<typeof projected> {
  const { amounts, deviations, skip } = ahead(row, today)
  const sum = (days: number) => textOf(expectedSum(amounts.slice(0, days), deviations.slice(0, days), row.together))
  const { id, method, folds, wape, naive_wape: naiveWape, mase, naive_mase: naiveMase, computedAt } = row
  const hasMonth = level === 'chain' || level === 'store' || level === 'seller'
  return {
    id,
    how: row.how === 'month' || row.how === 'share' ? row.how : 'day',
    method,
    backtest: folds > 0 ? { folds, wape, naiveWape, mase, naiveMase } : null,
    computedAt,
    next30: sum(30),
    next90: sum(90),
    month: hasMonth ? monthOfRow(row, month, target, today) : null,
    days: withDays
      ? amounts.map((amount, i) => ({
          day: addDays(today, i),
          amount: amountText(amount),
          lo80: amountText(row.lo80[i + skip] ?? 0),
          hi80: amountText(row.hi80[i + skip] ?? 0),
          lo95: amountText(row.lo95[i + skip] ?? 0),
          hi95: amountText(row.hi95[i + skip] ?? 0),
        }))
      : [],
  }
}

function monthOfRow(row: ProjectionRow, month: MonthRow | undefined, target: number | undefined, today: Day) {
  const end = monthEnd(row, month, today)
  const known = target !== undefined && target > 0
  return {
    soFar: amountText(end.sold),
    expected: textOf(end.expected),
    target: known ? amountText(target) : null,
    attainment: known ? end.expected.amount / target : null,
    probability: known ? probabilityOf(target, end.expected) : null,
    perDayNeeded: known ? amountText(Math.max(0, target - end.sold) / end.daysLeft) : null,
    daysLeft: end.daysLeft,
    today: amountText(month?.now ?? 0),
    todayExpected: amountText(ahead(row, today).amounts[0] ?? 0),
  }
}

const textOf = ({ amount, lo80, hi80, lo95, hi95 }: Expected) => ({
  amount: amountText(amount),
  lo80: amountText(lo80),
  hi80: amountText(hi80),
  lo95: amountText(lo95),
  hi95: amountText(hi95),
})

const sumOfMonths = (rows: readonly MonthRow[]): MonthRow => ({
  id: '',
  before: rows.reduce((sum, row) => sum + row.before, 0),
  now: rows.reduce((sum, row) => sum + row.now, 0),
})

/** The chain as a whole is for those who see every store; a manager's categories and products are the part of their stores. */
function refuseLevel(person: Person, level: Level): void {
  const allowed: readonly Level[] =
    person.role === 'admin' ? levels : person.role === 'manager' ? levels.filter(one => one !== 'chain') : ['seller']
  if (!allowed.includes(level))
    throw new Problem('forbidden', `Projections by ${level} are not within your scope. Ask for level=${allowed[0]}.`)
}

function refuseForeign(person: Person, level: Level, id: string): void {
  if (person.role === 'manager' && level === 'store' && !person.stores.includes(id))
    throw new Problem('forbidden', 'That store is not in your scope.')
  if (person.role === 'seller' && (level !== 'seller' || id !== person.seller))
    throw new Problem('forbidden', 'A seller sees only themselves.')
}
