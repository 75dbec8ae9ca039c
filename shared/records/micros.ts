/**
 * Amounts of money and quantities as whole millionths (micros) in a JavaScript number: exact up to 9 billion units a line,
 * the same six decimals as the warehouse's Decimal(18, 6). Nothing here ever touches binary fractions.
 */
export type Micros = number & { readonly __micros: unique symbol }

const scale = 1_000_000
const bigScale = 1_000_000n

/** A whole number of millionths, or undefined when it can't be held exactly. */
export function micros(value: number): Micros | undefined {
  return isMicros(value) ? value : undefined
}

export const zero = microsOfInteger(0)

function microsOfInteger(units: number): Micros {
  const value = units * scale
  if (!isMicros(value)) throw new RangeError(`${units} units are more than a line can hold`)
  return value
}

export function isMicros(value: unknown): value is Micros {
  return Number.isSafeInteger(value)
}

/** Parses a plain decimal such as `-1234.5678`; undefined when it isn't one or doesn't fit. More than six decimals round half away from zero. */
export function parseMicros(text: string): Micros | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text)
  if (!match) return undefined
  const whole = match[2] ?? ''
  const fraction = match[3] ?? ''
  if (whole === '' && fraction === '') return undefined
  const exponent = Number(match[4] ?? '0')
  const digits = whole + fraction
  const shift = 6 - fraction.length + exponent
  let value = BigInt(digits)
  if (shift >= 0) value *= 10n ** BigInt(shift)
  else value = divideRounded(value, 10n ** BigInt(-shift))
  return fromBigInt(match[1] === '-' ? -value : value)
}

/** The product of two amounts, rounded half away from zero to a millionth. */
export function multiply(a: Micros, b: Micros): Micros | undefined {
  const product = a * b
  if (Number.isSafeInteger(product) && product % scale === 0) return micros(product / scale || 0)
  const exact = BigInt(a) * BigInt(b)
  return fromBigInt(exact < 0n ? -divideRounded(-exact, bigScale) : divideRounded(exact, bigScale))
}

/** The quotient of two amounts, rounded half away from zero to a millionth; undefined for a divisor of zero. */
export function divide(a: Micros, b: Micros): Micros | undefined {
  if (b === 0) return undefined
  const negative = a < 0 !== b < 0
  const quotient = divideRounded(BigInt(Math.abs(a)) * bigScale, BigInt(Math.abs(b)))
  return fromBigInt(negative ? -quotient : quotient)
}

export function add(a: Micros, b: Micros): Micros | undefined {
  return micros(a + b)
}

export function subtract(a: Micros, b: Micros): Micros | undefined {
  return micros(a - b)
}

/** Plain decimal text without needless zeros: `12.5`, `-0.000001`, `3`. */
export function formatMicros(value: Micros): string {
  const absolute = Math.abs(value)
  const whole = Math.floor(absolute / scale)
  const fraction = absolute % scale
  const sign = value < 0 ? '-' : ''
  if (fraction === 0) return `${sign}${whole}`
  return `${sign}${whole}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
}

function divideRounded(value: bigint, by: bigint): bigint {
  return (value * 2n + by) / (by * 2n)
}

function fromBigInt(value: bigint): Micros | undefined {
  return micros(Number(value))
}
