import type { Rejection } from '#shared/outcome.ts'
import { ownOf } from '#shared/own.ts'
import { formatMicros, type Micros, multiply, parseMicros } from '#shared/records/micros.ts'
import { rejectedLineText } from '#shared/records/rejected-line.ts'
import type { Sale, SaleLine } from '#shared/records/sale.ts'
import type { InStores } from '../load/in-stores.ts'
import type { Rule, RuleOf } from './rules.ts'
import { decidedBefore, newSale, type SaleSoFar, textsBeside } from './sale-so-far.ts'
import { type Described, describedAs, isDescribed, isDescribedField, type Spellings } from './spellings.ts'

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
export type Judged = { sale: Sale; hits: Hit[]; rejected: Rejection[]; came: Came }
/** The sale before anything was corrected, and what corrected lines were then. A line that is turned away is kept as it came: told again, it is corrected again. */
type Came = { sale: Sale; lines: Map<SaleLine, SaleLine> }
/** What is known of the kinds that the rules ask about, what products cost apiece, and what was made of sales before. */
export type Known = Partial<Record<Described, Spellings>> & {
  costs?: ReadonlyMap<string, Micros>
  soFar?: InStores<SaleSoFar>
}

type Correcting = Extract<Rule, { severity: 'correct' }>
type Rejecting = RuleOf<'required' | 'range' | 'allowed' | 'forbidden' | 'unique' | 'known' | 'below-cost'>
type Offence = { field: string; original: string }

/** The sale as the rules that correct leave it, in the order of the file. What is only flagged is counted from the standing lines. */
export function corrected(rules: readonly Rule[], sale: Sale, known: Known = {}): Judged {
  const judged: Judged = { sale, hits: [], rejected: [], came: { sale, lines: new Map() } }
  for (const rule of rules) if (rule.severity === 'correct' && isFor(rule, sale)) correct(rule, judged, known)
  // A hit is of the sale as it is loaded, whichever rule gave it its store.
  judged.hits = judged.hits.map(hit => ({ ...hit, sale: judged.sale }))
  return judged
}

/** What rules that turn away leave of a corrected sale. */
export function checked(rules: readonly Rule[], { sale, hits, rejected, came }: Judged, known: Known = {}): Judged {
  const judged: Judged = { sale, hits: [...hits], rejected: [...rejected], came }
  const own = rules.filter(isRejecting).filter(rule => isFor(rule, sale))
  for (const rule of own) if (rule.kind !== 'unique') check(rule, judged, known)
  // Last, so that no line goes for the sake of one that goes, too.
  for (const rule of own) if (rule.kind === 'unique') check(rule, judged, known)
  return judged
}

const isRejecting = (rule: Rule): rule is Rejecting => rule.severity === 'reject'
const isFor = ({ sources }: Rule, { source }: Sale): boolean => sources === undefined || sources.includes(source)

/** The products whose described cost is needed to judge a sale: those of lines that state none. */
export function costsAsked(rules: readonly Rule[], sale: Sale): string[] {
  const asks = rules.some(rule => rule.kind === 'below-cost' && rule.severity === 'reject' && isFor(rule, sale))
  return asks ? sale.lines.flatMap(({ cost, product }) => (cost === null ? [product] : [])) : []
}

/** The rules that can't judge a sale by itself: they look at its other lines, or at costs that change. */
export function looksBack(rules: readonly Rule[], sale: Sale, { costs }: Known): string[] {
  const isCosted = sale.lines.some(({ cost, product }) => cost === null && costs?.has(product) === true)
  return rules.flatMap(rule => {
    if (rule.severity !== 'reject' || !isFor(rule, sale)) return []
    return rule.kind === 'unique' || (rule.kind === 'below-cost' && isCosted) ? [rule.rule] : []
  })
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

function correct(rule: Correcting, judged: Judged, known: Known): void {
  if (rule.kind === 'currency') {
    convert(rule, judged)
    return
  }
  const correctedText = (text: string) => {
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
      const value = correctedText(line[field])
      if (value === line[field]) return line
      if (field === 'line') renumber(judged.hits, line.line, value)
      found(field === 'line' ? value : line.line, line[field], value)
      return changed(judged, line, { ...line, [field]: value })
    })
    judged.sale = { ...judged.sale, lines }
    return
  }
  const original = judged.sale[field]
  const value = correctedText(original)
  if (value === original) return
  judged.sale = { ...judged.sale, [field]: value }
  found('', original, value)
}

/** What rules did to a line before is known by the number with which it is loaded. */
function renumber(hits: readonly Hit[], from: string, to: string): void {
  for (const hit of hits) if (hit.line === from) hit.line = to
}

/** The line as corrected; what it was as it came is remembered. */
function changed({ came }: Judged, line: SaleLine, into: SaleLine): SaleLine {
  came.lines.set(into, asItCame(came, line))
  return into
}

const asItCame = ({ lines }: Came, line: SaleLine): SaleLine => lines.get(line) ?? line

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
    kept.push(changed(judged, line, converted))
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
  const { sale } = judged
  const soFar = known.soFar?.get(sale.store, sale.sale) ?? newSale()
  const offences = rule.kind === 'unique' ? repetitions(rule, sale, soFar) : offencesOf(rule, sale, { known, soFar })
  if (offences.size === 0) return
  for (const [line, offence] of offences) turnAway(rule.rule, judged, line, offence, `breaks rule ${rule.rule}`)
  judged.sale = { ...sale, lines: sale.lines.filter(line => !offences.has(line)) }
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
    raw: rejectedLineText(judged.came.sale, asItCame(judged.came, line)),
  })
}

type Offences = ReadonlyMap<SaleLine, Offence>
/** What a line is judged by besides itself. */
type Context = { known: Known; soFar: SaleSoFar }

function offencesOf(rule: Exclude<Rejecting, RuleOf<'unique'>>, sale: Sale, context: Context): Offences {
  return new Map(
    sale.lines.flatMap(line => {
      const offence = offenceOf(rule, sale, line, context)
      return offence === undefined ? [] : [[line, offence] as const]
    }),
  )
}

/** Lines that have what a line before them has, or one that stands beside them. Of a line that is turned away stands what was stated before, for which others may have to go in turn. */
function repetitions({ rule, field }: RuleOf<'unique'>, sale: Sale, soFar: SaleSoFar): Offences {
  const turnedAway = new Set<SaleLine>()
  for (let before = -1; before < turnedAway.size; ) {
    before = turnedAway.size
    const beside = textsBeside(soFar, sale, field, turnedAway)
    const seen = new Set<string>()
    for (const line of sale.lines) {
      if (turnedAway.has(line)) continue
      const text = textOf(field, sale, line)
      if (seen.has(text) || (decidedBefore(soFar, rule, sale, line) ?? beside.has(text))) turnedAway.add(line)
      else seen.add(text)
    }
  }
  return new Map(
    sale.lines.filter(line => turnedAway.has(line)).map(line => [line, { field, original: textOf(field, sale, line) }]),
  )
}

/** What breaks the rule, or undefined. */
function offenceOf(
  rule: Exclude<Rejecting, RuleOf<'unique'>>,
  sale: Sale,
  line: SaleLine,
  context: Context,
): Offence | undefined {
  switch (rule.kind) {
    case 'below-cost':
      return isBelowCost(rule, sale, line, context)
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
    case 'forbidden': {
      const text = textOf(rule.field, sale, line)
      return breaksText(rule, text, context.known) ? { field: rule.field, original: text } : undefined
    }
  }
}

function textOf(field: RuleOf<'unique' | 'known'>['field'], sale: Sale, line: SaleLine): string {
  return field === 'line' || field === 'product' ? line[field] : sale[field]
}

function isBelowCost({ rule }: RuleOf<'below-cost'>, sale: Sale, line: SaleLine, { known, soFar }: Context): boolean {
  // What comes back is not sold.
  if (line.quantity <= 0) return false
  if (line.cost !== null) return line.revenue < line.cost
  const apiece = known.costs?.get(line.product)
  const cost = apiece === undefined ? undefined : multiply(line.quantity, apiece)
  return cost !== undefined && (decidedBefore(soFar, rule, sale, line) ?? line.revenue < cost)
}

function breaksText(rule: RuleOf<'known' | 'required' | 'allowed' | 'forbidden'>, text: string, known: Known): boolean {
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
  }
}

const limit = (value: number | undefined) => (value === undefined ? undefined : parseMicros(String(value)))
