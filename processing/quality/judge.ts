import type { Rejection } from '#shared/outcome.ts'
import { formatMicros, parseMicros } from '#shared/records/micros.ts'
import type { Sale, SaleLine } from '#shared/records/sale.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import type { Rule } from './rules.ts'

export type Hit = {
  rule: string
  severity: 'reject' | 'flag' | 'correct'
  sale: Sale
  line: string
  field: string
  original: string
  value: string
}
/** What rules make of a sale: what goes on, what they found, and the lines they turned away. */
export type Judged = { sale: Sale; hits: Hit[]; rejected: Rejection[] }

/** Runs the rules over a sale, corrections first in the order of the file. Pure. */
export function judge(rules: readonly Rule[], sale: Sale): Judged {
  const judged: Judged = { sale, hits: [], rejected: [] }
  const own = rules.filter(rule => rule.sources === undefined || rule.sources.includes(sale.source))
  for (const rule of own) if (rule.severity === 'correct') correct(rule, judged)
  for (const rule of own) if (rule.severity !== 'correct') check(rule, judged)
  return judged
}

/** Writes what rules found. The same hit again replaces itself. */
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

type Correcting = Extract<Rule, { severity: 'correct' }>
type Checking = Exclude<Rule, Correcting>

function correct(rule: Correcting, judged: Judged): void {
  const corrected = (text: string) => {
    switch (rule.kind) {
      case 'letter-case':
        return rule.to === 'upper' ? text.toUpperCase() : text.toLowerCase()
      case 'replace':
        return rule.values[text] ?? text
    }
  }
  const { field } = rule
  const found = (line: string, original: string, value: string) =>
    judged.hits.push({ rule: rule.rule, severity: 'correct', sale: judged.sale, line, field, original, value })
  if (field === 'line' || field === 'product') {
    const lines = judged.sale.lines.map(line => {
      const value = corrected(line[field])
      if (value === line[field]) return line
      found(line.line, line[field], value)
      return { ...line, [field]: value }
    })
    judged.sale = { ...judged.sale, lines }
    return
  }
  const original = judged.sale[field]
  const value = corrected(original)
  if (value === original) return
  judged.sale = { ...judged.sale, [field]: value }
  found('', original, value)
}

function check(rule: Checking, judged: Judged): void {
  const seen = new Set<string>()
  const kept: SaleLine[] = []
  for (const line of judged.sale.lines) {
    const offence = offenceOf(rule, judged.sale, line, seen)
    if (offence === undefined) {
      kept.push(line)
      continue
    }
    const { severity } = rule
    judged.hits.push({ rule: rule.rule, severity, sale: judged.sale, line: line.line, ...offence, value: '' })
    if (severity === 'flag') kept.push(line)
    else
      judged.rejected.push({
        source: judged.sale.source,
        file: judged.sale.file,
        line: line.row,
        field: offence.field,
        rule: rule.rule,
        message: `${offence.field} "${offence.original}" breaks rule ${rule.rule}`,
        raw: JSON.stringify({ store: judged.sale.store, sale: judged.sale.sale, soldAt: judged.sale.soldAt, ...line }),
      })
  }
  if (kept.length < judged.sale.lines.length) judged.sale = { ...judged.sale, lines: kept }
}

/** What breaks the rule, or undefined. */
function offenceOf(
  rule: Checking,
  sale: Sale,
  line: SaleLine,
  seen: Set<string>,
): { field: string; original: string } | undefined {
  switch (rule.kind) {
    case 'below-cost':
      return line.cost !== null && line.revenue > 0 && line.revenue < line.cost
        ? { field: 'revenue', original: formatMicros(line.revenue) }
        : undefined
    case 'range': {
      const amount = line[rule.field]
      if (amount === null) return undefined
      const [min, max] = [limit(rule.min), limit(rule.max)]
      const outside = (min !== undefined && amount < min) || (max !== undefined && amount > max)
      return outside ? { field: rule.field, original: formatMicros(amount) } : undefined
    }
    case 'required':
    case 'allowed':
    case 'forbidden':
    case 'unique': {
      const { field } = rule
      const text = field === 'line' || field === 'product' ? line[field] : sale[field]
      return breaksText(rule, text, seen) ? { field, original: text } : undefined
    }
  }
}

function breaksText(
  rule: Extract<Checking, { field: string; kind: 'required' | 'allowed' | 'forbidden' | 'unique' }>,
  text: string,
  seen: Set<string>,
): boolean {
  switch (rule.kind) {
    case 'required':
      return text === ''
    case 'allowed':
      return !rule.values.includes(text)
    case 'forbidden':
      return rule.values.includes(text)
    case 'unique': {
      const again = seen.has(text)
      seen.add(text)
      return again
    }
  }
}

const limit = (value: number | undefined) => (value === undefined ? undefined : parseMicros(String(value)))
