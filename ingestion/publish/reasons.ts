import type { Problem } from '../map/sale.ts'

/**
 * Why rows of a file were rejected, counted by field and rule, with the line of one as an example. What stands in a row is not repeated: reasons end up in logs
 * and in the ledger, and a row may hold anybody's name. Rows that a source sets aside on purpose are no bad rows.
 */
export class Reasons {
  readonly #counts = new Map<string, { count: number; line: number }>()
  bad = 0

  add(why: Problem, line: number): void {
    if (why.rule !== 'skipped') this.bad++
    // What is set aside says why in the words of the source file.
    const key = `${why.field === '' ? 'row' : why.field}: ${why.rule === 'skipped' ? `set aside (${why.message})` : why.rule}`
    const known = this.#counts.get(key)
    if (known === undefined) this.#counts.set(key, { count: 1, line })
    else known.count++
  }

  /** The five commonest, one line each. */
  summary(): string {
    return [...this.#counts]
      .sort(([, a], [, b]) => b.count - a.count)
      .slice(0, 5)
      .map(([reason, { count, line }]) => `      - ${count} × ${reason}, e.g. line ${line}`)
      .join('\n')
  }
}
