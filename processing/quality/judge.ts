import type { Rejection } from '#shared/outcome.ts'
import { ownOf } from '#shared/own.ts'
import { formatMicros, type Micros, multiply, parseMicros } from '#shared/records/micros.ts'
import { rejectedLineText } from '#shared/records/rejected-line.ts'
import type { Sale, SaleLine } from '#shared/records/sale.ts'
import type { Rule, RuleOf } from './rules.ts'
import { type Described, describedAs, isDescribed, type Spellings } from './spellings.ts'

/** A line that a rule turned away or changed. */
export type Hit = {
  rule: string
  severity: 'reject' | 'correct'
  sale: Sale
  line: string
  field: string
  original: string
  value: string
}
/** What rules make of a sale: what goes on, what they did to it, and the lines they turned away. */
export type Judged = { sale: Sale; hits: Hit[]; rejected: Rejection[] }
/** What is known of the kinds that the rules ask about. */
export type Known = Partial<Record<Described, Spellings>>

type Correcting = Extract<Rule, { severity: 'correct' }>
type Rejecting = RuleOf<'required' | 'range' | 'allowed' | 'forbidden' | 'unique' | 'known' | 'below-cost'>
type Offence = { field: string; original: string }

/** Runs the rules that change or turn away over a sale, corrections first in the order of the file. What is only flagged is counted from the standing lines. Pure. */
export function judge(rules: readonly Rule[], sale: Sale, known: Known = {}): Judged {
  const judged: Judged = { sale, hits: [], rejected: [] }
  const own = rules.filter(rule => rule.sources === undefined || rule.sources.includes(sale.source))
  for (const rule of own) if (rule.severity === 'correct') correct(rule, judged, known)
  for (const rule of own) if (rule.severity === 'reject') check(rule, judged, known)
  return judged
}

/** The kinds of ids that these rules must know before they can judge a sale. */
export function asksAbout(rules: readonly Rule[]): Described[] {
  const kinds = rules.flatMap((rule): Described[] => {
    if (rule.kind === 'known' && rule.severity === 'reject') return [rule.field]
    if (rule.kind === 'letter-case' && rule.to === 'known' && isDescribedField(rule.field)) return [rule.field]
    return []
  })
  return [...new Set(kinds)]
}

/** The ids of one kind that a sale names. */
export function idsOf(sale: Sale, kind: Described): string[] {
  return kind === 'product' ? sale.lines.map(line => line.product) : [sale[kind]]
}

const isDescribedField = (field: string): field is Described =>
  field === 'product' || field === 'store' || field === 'seller' || field === 'customer'

function correct(rule: Correcting, judged: Judged, known: Known): void {
  if (rule.kind === 'currency') {
    convert(rule, judged)
    return
  }
  const corrected = (text: string) => {
    switch (rule.kind) {
      case 'letter-case':
        return inCase(rule, text, known)
      case 'replace':
        return ownOf(rule.values, text) ?? text
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

function inCase({ to, field }: RuleOf<'letter-case'>, text: string, known: Known): string {
  switch (to) {
    case 'upper':
      return text.toUpperCase()
    case 'lower':
      return text.toLowerCase()
    case 'known': {
      const spellings = isDescribedField(field) ? known[field] : undefined
      return spellings === undefined ? text : describedAs(spellings, text)
    }
  }
}

function convert(rule: RuleOf<'currency'>, judged: Judged): void {
  const { sale } = judged
  const day = sale.soldAt.slice(0, 10)
  const inForce = rule.rates.filter(({ since }) => since <= day).sort((a, b) => (a.since < b.since ? 1 : -1))[0]
  const rate = inForce === undefined ? undefined : parseMicros(inForce.rate)
  const kept: SaleLine[] = []
  for (const line of sale.lines) {
    const converted = rate === undefined ? undefined : atRate(line, rate)
    if (converted === undefined) {
      const why = rate === undefined ? `has no rate of ${rule.from}` : `is too large in the chain's currency`
      turnAway(rule.rule, judged, line, { field: 'soldAt', original: day }, why)
      continue
    }
    const original = `${formatMicros(line.revenue)} ${rule.from}`
    const value = formatMicros(converted.revenue)
    judged.hits.push({ rule: rule.rule, severity: 'correct', sale, line: line.line, field: 'revenue', original, value })
    kept.push(converted)
  }
  judged.sale = { ...sale, lines: kept }
}

function atRate(line: SaleLine, rate: Micros): SaleLine | undefined {
  const [unitPrice, discount, revenue] = [line.unitPrice, line.discount, line.revenue].map(money =>
    multiply(money, rate),
  )
  const cost = line.cost === null ? null : multiply(line.cost, rate)
  if (unitPrice === undefined || discount === undefined || revenue === undefined || cost === undefined) return undefined
  return { ...line, unitPrice, discount, revenue, cost }
}

function check(rule: Rejecting, judged: Judged, known: Known): void {
  const seen = new Set<string>()
  const kept = judged.sale.lines.filter(line => {
    const offence = offenceOf(rule, judged.sale, line, { seen, known })
    if (offence !== undefined) turnAway(rule.rule, judged, line, offence, `breaks rule ${rule.rule}`)
    return offence === undefined
  })
  if (kept.length < judged.sale.lines.length) judged.sale = { ...judged.sale, lines: kept }
}

function turnAway(rule: string, judged: Judged, line: SaleLine, { field, original }: Offence, why: string): void {
  const { source, file } = judged.sale
  judged.hits.push({ rule, severity: 'reject', sale: judged.sale, line: line.line, field, original, value: '' })
  judged.rejected.push({
    source,
    file,
    line: line.row,
    field,
    rule,
    message: `${field} "${original}" ${why}`,
    raw: rejectedLineText(judged.sale, line),
  })
}

/** What breaks the rule, or undefined. */
function offenceOf(
  rule: Rejecting,
  sale: Sale,
  line: SaleLine,
  { seen, known }: { seen: Set<string>; known: Known },
): Offence | undefined {
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
    case 'known':
    case 'required':
    case 'allowed':
    case 'forbidden':
    case 'unique': {
      const { field } = rule
      const text = field === 'line' || field === 'product' ? line[field] : sale[field]
      return breaksText(rule, text, { seen, known }) ? { field, original: text } : undefined
    }
  }
}

function breaksText(
  rule: RuleOf<'known' | 'required' | 'allowed' | 'forbidden' | 'unique'>,
  text: string,
  { seen, known }: { seen: Set<string>; known: Known },
): boolean {
  switch (rule.kind) {
    case 'known': {
      const spellings = known[rule.field]
      return spellings !== undefined && !isDescribed(spellings, text)
    }
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
