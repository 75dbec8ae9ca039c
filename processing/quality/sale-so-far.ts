import type { Sale, SaleLine } from '#shared/records/sale.ts'
import { isOlder } from '../load/batch.ts'

type LineText = 'store' | 'sale' | 'seller' | 'customer' | 'line' | 'product'
type LineSoFar = { version: number; texts: Readonly<Record<LineText, string>> }

/** What was made of a sale before the statement at hand: what stands, and what rules decided about statements that may be delivered again. */
export type SaleSoFar = {
  /** The version of its latest whole statement, 0 without one. */
  whole: number
  lines: Map<string, LineSoFar>
  /** By rule and line, the version of the latest statement about it that the rule turned away. */
  turnedAway: Map<string, number>
}

export const newSale = (): SaleSoFar => ({ whole: 0, lines: new Map(), turnedAway: new Map() })

export const ruleAndLine = (rule: string, line: string): string => `${rule}\u0000${line}`

/**
 * Whether the rule has turned away this very statement about the line before, so that delivered again it is judged as it was, whatever was told since. Undefined: it has not been
 * judged yet. What a later statement has overtaken changes nothing any more and is left alone.
 */
export function decidedBefore(soFar: SaleSoFar, rule: string, sale: Sale, line: SaleLine): boolean | undefined {
  if (sale.version < soFar.whole || (soFar.lines.get(line.line)?.version ?? 0) >= sale.version) return false
  return soFar.turnedAway.get(ruleAndLine(rule, line.line)) === sale.version ? true : undefined
}

/** What the lines have that stand beside those of this statement once it is loaded: among them what it states of a line that is turned away. */
export function textsBeside(
  soFar: SaleSoFar,
  sale: Sale,
  field: LineText,
  turnedAway: ReadonlySet<SaleLine>,
): Set<string> {
  const stated = new Set(sale.lines.filter(line => !turnedAway.has(line)).map(({ line }) => line))
  const stays = ([line, known]: readonly [string, LineSoFar]) =>
    !isOlder(known, sale) || (sale.extent === 'lines' && !stated.has(line))
  return new Set([...soFar.lines].filter(stays).map(([, { texts }]) => texts[field]))
}

/** The sale after this statement, as far as rules let it through. */
export function take(soFar: SaleSoFar, sale: Sale): void {
  if (sale.version < soFar.whole) return
  if (sale.extent === 'whole') {
    soFar.whole = sale.version
    for (const [line, known] of soFar.lines) if (isOlder(known, sale)) soFar.lines.delete(line)
  }
  for (const { line, product } of sale.lines) {
    const known = soFar.lines.get(line)
    if (known !== undefined && !isOlder(known, sale)) continue
    const { store, sale: id, seller, customer, version } = sale
    soFar.lines.set(line, { version, texts: { store, sale: id, seller, customer, line, product } })
  }
}
