import type { Rejection } from '#shared/outcome.ts'
import type { Sale } from '#shared/records/sale.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import type { Arrived, Read } from '../load/raw.ts'
import { asksAbout, checked, corrected, costsAsked, type Hit, idsOf, type Known, looksBack } from './judge.ts'
import { readCosts, readSoFar } from './read-so-far.ts'
import type { Rule } from './rules.ts'
import { take } from './sale-so-far.ts'
import { SpellingBook } from './spellings.ts'

/**
 * Judges sales as they arrive, after asking the warehouse what the rules must know. Without such rules nothing is asked. What is judged must be loaded, and its
 * hits kept before it, before what comes after it is judged.
 */
export function openJudge(
  rules: readonly Rule[],
  warehouse: Warehouse,
): (read: readonly Read[]) => Promise<{ arrived: Arrived[]; refused: Rejection[] }> {
  const correcting = rules.filter(({ severity }) => severity === 'correct')
  const rejecting = rules.filter(({ severity }) => severity === 'reject')
  const book = new SpellingBook(warehouse)
  return async read => {
    const spellings = await spellingsFor(
      correcting,
      book,
      read.map(({ sale }) => sale),
    )
    const came = read.map(({ message, sale }) => ({ message, judged: corrected(correcting, sale, spellings) }))
    const known = await knownTo(
      rejecting,
      warehouse,
      book,
      came.map(({ judged }) => judged.sale),
    )
    const refused: Rejection[] = []
    const arrived = came.map(({ message, judged }) => {
      const { sale, hits, rejected } = checked(rejecting, judged, known)
      refused.push(...rejected)
      const soFar = known.soFar?.get(sale.store, sale.sale)
      if (soFar !== undefined) take(soFar, sale)
      return { message, sale, hits }
    })
    return { arrived, refused }
  }
}

async function spellingsFor(rules: readonly Rule[], book: SpellingBook, sales: readonly Sale[]): Promise<Known> {
  const looked = asksAbout(rules).map(
    async kind =>
      [
        kind,
        await book.look(
          kind,
          sales.flatMap(sale => idsOf(sale, kind)),
        ),
      ] as const,
  )
  return Object.fromEntries(await Promise.all(looked))
}

/** What rules that turn away must know about these sales. */
async function knownTo(
  rules: readonly Rule[],
  warehouse: Warehouse,
  book: SpellingBook,
  sales: readonly Sale[],
): Promise<Known> {
  const [spellings, costs] = await Promise.all([
    spellingsFor(rules, book, sales),
    readCosts(
      warehouse,
      sales.flatMap(sale => costsAsked(rules, sale)),
    ),
  ])
  const compared = sales
    .map(sale => ({ sale, rules: looksBack(rules, sale, { costs }) }))
    .filter(({ rules: back }) => back.length > 0)
  return { ...spellings, costs, soFar: await readSoFar(warehouse, compared) }
}

/** Writes what rules changed or turned away. The same hit again replaces itself. */
export async function keepHits(warehouse: Warehouse, hits: readonly Hit[]): Promise<void> {
  await warehouse.insert(
    'quality_hits',
    ['source', 'day', 'rule', 'store', 'sale', 'line', 'severity', 'field', 'original', 'value', 'version'],
    hits.map(({ rule, severity, sale, line, field, original, value }) => [
      sale.source,
      sale.soldAt.slice(0, 10),
      rule,
      sale.store,
      sale.sale,
      line,
      severity,
      field,
      original,
      value,
      sale.version,
    ]),
  )
}
