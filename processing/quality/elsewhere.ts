import { z } from 'zod'
import { chunks } from '#shared/chunks.ts'
import { firstDayOf, lastDayOf, monthOf } from '#shared/day.ts'
import { fill, literal, loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { conditionsOf, daysOf } from './conditions.ts'
import type { Flag, RuleOf } from './rules.ts'
import { type Described, describedRows, isDescribedField, tables } from './spellings.ts'

const sql = {
  latest: loadSql('./latest-description.sql', import.meta.url),
  unknown: loadSql('./unknown-days.sql', import.meta.url),
  otherwise: loadSql('./days-found-otherwise.sql', import.meta.url),
}

/** Under this day lies up to which description findings are counted, and with what state of descriptions. */
const descriptionsDay = '1970-01-01'
/** Descriptions are not told strictly in the order of their versions (microseconds). */
const overlap = 300_000_000
/** So many days are looked at by one statement. */
const daysAtOnce = 31

/** The smallest table that says on which days ids of a kind were sold. */
const sold = { product: 'product_days', store: 'store_days', seller: 'seller_days', customer: 'sale_lines' } as const

/** For each kind that rules ask about, a number that changes with every description of it and is 0 while there is none; for `services`, one that changes with which products are services. */
const stateSchema = z.partialRecord(z.enum(['product', 'store', 'seller', 'customer', 'services']), z.string())
type State = z.infer<typeof stateSchema>
/** What is described now, and what findings have been counted with. */
export type Descriptions = { latest: string; state: State; counted: { latest: string; state: State } }

export async function readDescriptions(warehouse: Warehouse, flags: readonly Flag[]): Promise<Descriptions> {
  const [row] = await warehouse.rows<{ latest: string; counted: string; state: string }>(sql.latest, {
    day: descriptionsDay,
  })
  const sums = await Promise.all([
    ...kindsOf(flags).map(
      async kind => [kind, await sumOf(warehouse, `${kind}, version`, describedRows(kind))] as const,
    ),
    ...(flags.some(({ kind }) => kind === 'service')
      ? [sumOf(warehouse, 'product', 'products FINAL WHERE service > 0').then(sum => ['services', sum] as const)]
      : []),
  ])
  return {
    latest: row?.latest ?? '0',
    state: Object.fromEntries(sums),
    counted: { latest: row?.counted ?? '0', state: stateOf(row?.state ?? '') },
  }
}

/** Remembers what findings have been counted with. */
export async function keepDescriptions(warehouse: Warehouse, { latest, state, counted }: Descriptions): Promise<void> {
  if (latest === counted.latest && JSON.stringify(state) === JSON.stringify(counted.state)) return
  await warehouse.insert(
    'quality_audits',
    ['day', 'version', 'rules', 'at'],
    [[descriptionsDay, latest, JSON.stringify(state), String(Date.now())]],
  )
}

/**
 * Days on which rules find something else though their own lines did not change: by what was described since, by sales that returns may be of, and by codes in another letter case in
 * the same month. `changed` are the days whose lines did.
 */
export async function daysElsewhere(
  warehouse: Warehouse,
  flags: readonly Flag[],
  changed: readonly string[],
  descriptions: Descriptions,
  signal: AbortSignal,
): Promise<Set<string>> {
  const days = new Set(await returnsAfter(warehouse, flags, changed))
  for (const flag of flags) {
    const candidates = await candidatesOf(warehouse, flag, changed, descriptions)
    const open = [...new Set(candidates)].filter(day => !days.has(day) && !changed.includes(day)).sort()
    for (const some of chunks(open, daysAtOnce)) {
      if (signal.aborted) return days
      for (const day of await foundOtherwise(warehouse, flag, some)) days.add(day)
    }
  }
  return days
}

/** Days on which the rule may find something else. */
async function candidatesOf(
  warehouse: Warehouse,
  flag: Flag,
  changed: readonly string[],
  { state, counted }: Descriptions,
): Promise<string[]> {
  switch (flag.kind) {
    case 'known': {
      if (state[flag.field] === counted.state[flag.field]) return []
      // While nothing was described, nothing was unknown.
      return (counted.state[flag.field] ?? '0') === '0'
        ? await daysSold(warehouse)
        : await daysDescribed(warehouse, flag, flag.field, counted.latest)
    }
    case 'service':
      return state.services === counted.state.services ? [] : await daysSold(warehouse)
    case 'letter-case-twins': {
      const { field } = flag
      const described = isDescribedField(field) && state[field] !== counted.state[field]
      return [
        ...(await daysInMonthsOf(warehouse, changed)),
        ...(described ? await daysDescribed(warehouse, flag, field, counted.latest) : []),
      ]
    }
    default:
      return []
  }
}

/** Those of these days on which the rule finds another number of lines than is written. */
async function foundOtherwise(warehouse: Warehouse, flag: Flag, days: readonly string[]): Promise<string[]> {
  const among = daysOf(days)
  const [condition] = conditionsOf([flag], among)
  if (condition === undefined) return []
  const otherwise = fill(sql.otherwise, { condition: condition.sql, days: among.list })
  const rows = await warehouse.rows<{ again: string }>(otherwise, { rule: flag.rule })
  return rows.map(({ again }) => again)
}

/** Days with lines that were of unknown ids, or may be twins now, and name an id that was described since. */
async function daysDescribed(
  warehouse: Warehouse,
  { rule, kind }: RuleOf<'known' | 'letter-case-twins'>,
  id: Described,
  counted: string,
): Promise<string[]> {
  const table = tables[id]
  const more = kind === 'known' ? '' : ` OR ${id} NOT IN (SELECT ${id} FROM ${table})`
  const rows = await warehouse.rows<{ again: string }>(fill(sql.unknown, { table, lines: sold[id], id, more }), {
    rule,
    since: Math.max(0, Number(counted) - overlap),
  })
  return rows.map(({ again }) => again)
}

async function daysSold(warehouse: Warehouse): Promise<string[]> {
  const rows = await warehouse.rows<{ day: string }>('SELECT DISTINCT toString(day) AS day FROM store_days')
  return rows.map(({ day }) => day)
}

async function daysInMonthsOf(warehouse: Warehouse, days: readonly string[]): Promise<string[]> {
  const months = [...new Set(days.map(monthOf))]
  if (months.length === 0) return []
  const within = months.map(month => `day BETWEEN ${literal(firstDayOf(month))} AND ${literal(lastDayOf(month))}`)
  const rows = await warehouse.rows<{ day: string }>(
    `SELECT DISTINCT toString(store_days.day) AS day FROM store_days WHERE ${within.join(' OR ')}`,
  )
  return rows.map(({ day }) => day)
}

/** Days with returns for which one of these days may hold the sale. */
async function returnsAfter(warehouse: Warehouse, flags: readonly Flag[], days: readonly string[]): Promise<string[]> {
  const long = Math.max(0, ...flags.map(flag => (flag.kind === 'return-without-sale' ? flag.days : 0)))
  if (long === 0 || days.length === 0) return []
  const rows = await warehouse.rows<{ late: string }>(
    `SELECT DISTINCT toString(day) AS late FROM quality_sources FINAL
     WHERE returns > 0 AND arrayExists(changed -> day > changed AND day <= changed + {long:UInt16}, {days:Array(Date)})`,
    { long, days },
  )
  return rows.map(({ late }) => late)
}

function kindsOf(flags: readonly Flag[]): Described[] {
  const kinds = flags.flatMap(flag => {
    if (flag.kind !== 'known' && flag.kind !== 'letter-case-twins') return []
    return isDescribedField(flag.field) ? [flag.field] : []
  })
  return [...new Set(kinds)]
}

async function sumOf(warehouse: Warehouse, what: string, rows: string): Promise<string> {
  const [row] = await warehouse.rows<{ sum: string }>(`SELECT toString(sum(cityHash64(${what}))) AS sum FROM ${rows}`)
  return row?.sum ?? '0'
}

/** Versions before this one kept no state: everything counts as described since. */
function stateOf(text: string): State {
  return text === '' ? {} : stateSchema.parse(JSON.parse(text))
}
