import { type Micros, micros } from '#shared/records/micros.ts'

/** A value inside an expression. Numbers are whole multiples of 10^-18, so that nothing is rounded before the end. */
export type Value = string | bigint | boolean | null

export const scale = 10n ** 18n
const microScale = 10n ** 12n

/** A text that should have been a number, inside an expression. Caught where a row becomes a rejection. */
export class NotANumber extends Error {
  readonly text: string

  constructor(text: string) {
    super(`"${text}" is not a number`)
    this.text = text
  }
}

export function fromMicros(value: Micros): bigint {
  return BigInt(value) * microScale
}

/** Rounded half away from zero to a millionth; undefined when it doesn't fit. */
export function toMicros(value: bigint): Micros | undefined {
  return micros(Number(rounded(value, microScale)))
}

export function rounded(value: bigint, by: bigint): bigint {
  const half = by / 2n
  return value < 0n ? -((-value + half) / by) : (value + half) / by
}

export function truth(value: Value): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'bigint') return value !== 0n
  return value !== null && value !== ''
}

export function textOf(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'bigint') return decimalText(value)
  return String(value)
}

/** Plain decimal text without needless zeros. */
function decimalText(value: bigint): string {
  const absolute = value < 0n ? -value : value
  const fraction = (absolute % scale).toString().padStart(18, '0').replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${absolute / scale}${fraction === '' ? '' : `.${fraction}`}`
}

/** Order of two values: as numbers when either is one, else as texts. Undefined when a number is compared with something that is none. */
export function compare(a: Value, b: Value, number: (text: string) => bigint | undefined): number | undefined {
  if (typeof a === 'bigint' || typeof b === 'bigint') {
    const [left, right] = [asNumber(a, number), asNumber(b, number)]
    if (left === undefined || right === undefined) return undefined
    return left < right ? -1 : left > right ? 1 : 0
  }
  const [left, right] = [textOf(a), textOf(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

function asNumber(value: Value, number: (text: string) => bigint | undefined): bigint | undefined {
  if (typeof value === 'bigint') return value
  return typeof value === 'string' ? number(value) : undefined
}
