import type { Sale } from '#shared/records/sale.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { asksAbout, type Hit, idsOf, type Judged, judge } from './judge.ts'
import type { Rule } from './rules.ts'
import { SpellingBook } from './spellings.ts'

/** Judges sales as they arrive, after asking the warehouse what the rules must know. Without such rules nothing is asked. */
export function openJudge(rules: readonly Rule[], warehouse: Warehouse): (sales: readonly Sale[]) => Promise<Judged[]> {
  const kinds = asksAbout(rules)
  const book = new SpellingBook(warehouse)
  return async sales => {
    const known = Object.fromEntries(
      await Promise.all(
        kinds.map(
          async kind =>
            [
              kind,
              await book.look(
                kind,
                sales.flatMap(sale => idsOf(sale, kind)),
              ),
            ] as const,
        ),
      ),
    )
    return sales.map(sale => judge(rules, sale, known))
  }
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
