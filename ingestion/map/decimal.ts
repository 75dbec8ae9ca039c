import { type Micros, micros, parseMicros } from '#shared/records/micros.ts'
import type { NumberFormat } from '../source/schema.ts'
import { mayBe, takeCurrency, tidied } from './currency.ts'

/**
 * Reads an amount as exports write it: currency signs, blanks, thousands signs, a minus before or after or parentheses, per cent. Exact to
 * six decimals. Undefined when it is no number, when a sign could be read in two ways (`1,234` without a declared thousands sign), or when it names another currency
 * than the format's. Without one in the format, any currency and any unit of three letters is passed over.
 */
export type AmountReader = (text: string) => Micros | undefined

const zeroCode = 48

export function amountReader(format: NumberFormat): AmountReader {
  const decimal = format.decimal.charCodeAt(0)
  return text => {
    const plain = plainAmount(text, decimal)
    return plain === notPlain ? dressedAmount(text, format) : micros(plain)
  }
}

const notPlain = Number.NEGATIVE_INFINITY

/** The hot path: digits, one decimal sign, a leading minus, nothing else, at most 15 digits and six decimals. */
function plainAmount(text: string, decimal: number): number {
  const length = text.length
  if (length === 0 || length > 15) return notPlain
  let position = text.charCodeAt(0) === 45 ? 1 : 0
  const negative = position === 1
  let value = 0
  let decimals = -1
  let digits = 0
  for (; position < length; position++) {
    const code = text.charCodeAt(position)
    if (code >= zeroCode && code < zeroCode + 10) {
      value = value * 10 + (code - zeroCode)
      digits++
      if (decimals >= 0) decimals++
    } else if (code === decimal && decimals < 0) decimals = 0
    else return notPlain
  }
  if (digits === 0 || decimals > 6) return notPlain
  const scaled = value * (powers[6 - Math.max(0, decimals)] ?? 0)
  if (scaled > Number.MAX_SAFE_INTEGER) return notPlain
  return negative && scaled !== 0 ? -scaled : scaled
}

const powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]

/** Anything that people and programs put around a number. */
function dressedAmount(text: string, format: NumberFormat): Micros | undefined {
  const outer = withoutCurrency(tidied(text), format.currency)
  if (outer === undefined) return undefined
  let body = outer
  let negative = false
  if (/^\(.*\)$/.test(body)) {
    const inner = withoutCurrency(body.slice(1, -1).trim(), format.currency)
    if (inner === undefined) return undefined
    negative = true
    body = inner
  }
  const percent = body.endsWith('%')
  if (percent) body = body.slice(0, -1).trim()
  body = withoutCentDashes(body, format.decimal)
  if (body.endsWith('-')) body = `-${body.slice(0, -1).trim()}`
  if (body.startsWith('-') || body.startsWith('+')) {
    if (body.startsWith('-')) negative = !negative
    body = body.slice(1).trim()
  }
  const plain = withoutThousands(body, format)
  if (plain === undefined) return undefined
  const value = parseMicros(percent ? `${plain}e-2` : plain)
  if (value === undefined) return undefined
  return negative ? micros(-value || 0) : value
}

/** Undefined when it names another currency than the amounts are in. */
function withoutCurrency(body: string, own: string | undefined): string | undefined {
  const { plain, named } = takeCurrency(body)
  return own === undefined || named.every(sign => mayBe(sign, own)) ? plain : undefined
}

/** `12,-` and `12,--` are 12 without cents: no minus stands right behind a decimal sign. */
function withoutCentDashes(body: string, decimal: string): string {
  const digits = body.replace(/-{1,2}$/, '')
  return digits !== body && digits.endsWith(decimal) ? digits.slice(0, -1) : body
}

/** Groups of three digits, or as in India groups of two before a last one of three (`1,23,456`). */
function areGroups(groups: readonly string[], sign: string): boolean {
  const [first = '', ...rest] = groups
  const last = rest.at(-1) ?? ''
  if (!/^\d{1,3}$/.test(first) || !/^\d{3}$/.test(last)) return false
  const between = rest.slice(0, -1)
  return (
    between.every(group => /^\d{3}$/.test(group)) ||
    (sign === ',' && first.length < 3 && between.every(group => /^\d{2}$/.test(group)))
  )
}

/** Plain digits with a point, or undefined when the thousands signs don't stand where they must. */
function withoutThousands(body: string, format: NumberFormat): string | undefined {
  const scientific = /^(\d+(?:[.,]\d+)?)[eE]([+-]?\d{1,2})$/.exec(body)
  const [whole = '', fraction, ...more] = (scientific?.[1] ?? body).split(format.decimal)
  if (more.length > 0 || (fraction !== undefined && !/^\d*$/.test(fraction))) return undefined
  const signs = format.thousands === '' ? " '" : ` '${format.thousands}`
  const group = signs.includes(whole.replace(/\d/g, '')[0] ?? '0') ? (whole.replace(/\d/g, '')[0] ?? '') : ''
  if (group !== '') {
    const groups = whole.split(group)
    if (!areGroups(groups, group)) return undefined
  } else if (!/^\d*$/.test(whole)) return undefined
  const digits = group === '' ? whole : whole.split(group).join('')
  if (digits === '' && (fraction ?? '') === '') return undefined
  return `${digits}${fraction === undefined ? '' : `.${fraction}`}${scientific === null ? '' : `e${scientific[2] ?? '0'}`}`
}
