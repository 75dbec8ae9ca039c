import type { Problem } from '../map/sale.ts'

/** Why rows of a file were rejected, counted by field and rule with an example each. Rows that a source sets aside on purpose are no bad rows. */
export class Reasons {
  readonly #counts = new Map<string, { count: number; example: string }>()
  bad = 0

  add(why: Problem): void {
    if (why.rule !== 'skipped') this.bad++
    const key = `${why.field === '' ? 'row' : why.field}: ${why.rule === 'skipped' ? `set aside (${why.message})` : why.rule}`
    const known = this.#counts.get(key)
    if (known === undefined) this.#counts.set(key, { count: 1, example: why.message })
    else known.count++
  }

  /** The five commonest, one line each. */
  summary(): string {
    return [...this.#counts]
      .sort(([, a], [, b]) => b.count - a.count)
      .slice(0, 5)
      .map(([reason, { count, example }]) => `      - ${count} × ${reason}, e.g. ${example}`)
      .join('\n')
  }
}
