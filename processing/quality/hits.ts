import type { Rejection } from '#shared/outcome.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import type { Arrived, Read } from '../load/raw.ts'
import { asksAbout, type Hit, idsOf, judge } from './judge.ts'
import type { Rule } from './rules.ts'
import { SpellingBook } from './spellings.ts'

/** Judges sales as they arrive, after asking the warehouse what the rules must know. Without such rules nothing is asked. */
export function openJudge(
  rules: readonly Rule[],
  warehouse: Warehouse,
): (read: readonly Read[]) => Promise<{ arrived: Arrived[]; refused: Rejection[] }> {
  const acting = rules.filter(({ severity }) => severity !== 'flag')
  const kinds = asksAbout(acting)
  const book = new SpellingBook(warehouse)
  return async read => {
    const known = Object.fromEntries(
      await Promise.all(
        kinds.map(
          async kind =>
            [
              kind,
              await book.look(
                kind,
                read.flatMap(({ sale }) => idsOf(sale, kind)),
              ),
            ] as const,
        ),
      ),
    )
    const refused: Rejection[] = []
    const arrived = read.map(({ message, sale }) => {
      const judged = judge(acting, sale, known)
      refused.push(...judged.rejected)
      return { message, sale: judged.sale, hits: judged.hits }
    })
    return { arrived, refused }
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
