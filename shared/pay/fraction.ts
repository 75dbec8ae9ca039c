/** An exact number: numerator over a positive denominator, in lowest terms. Pay is reckoned in these and rounded once. */
export type Fraction = { readonly n: bigint; readonly d: bigint }

export const zero: Fraction = { n: 0n, d: 1n }
export const one: Fraction = { n: 1n, d: 1n }

export function fraction(n: bigint | number, d: bigint | number = 1n): Fraction {
  const [top, bottom] = [BigInt(n), BigInt(d)]
  if (bottom === 0n) throw new RangeError('a fraction over zero')
  const sign = bottom < 0n ? -1n : 1n
  const common = divisor(top < 0n ? -top : top, bottom * sign)
  return common === 1n ? { n: top * sign, d: bottom * sign } : { n: (top * sign) / common, d: (bottom * sign) / common }
}

function divisor(a: bigint, b: bigint): bigint {
  if (a <= safe && b <= safe) return BigInt(smallDivisor(Number(a), Number(b)))
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x === 0n ? 1n : x
}

const safe = BigInt(Number.MAX_SAFE_INTEGER)

/** The same in plain numbers: most amounts of a sale line fit, and it is many times faster. */
function smallDivisor(a: number, b: number): number {
  let [x, y] = [a, b]
  while (y !== 0) [x, y] = [y, x % y]
  return x === 0 ? 1 : x
}

export const add = (a: Fraction, b: Fraction): Fraction =>
  a.d === b.d
    ? a.d === 1n
      ? { n: a.n + b.n, d: 1n }
      : fraction(a.n + b.n, a.d)
    : fraction(a.n * b.d + b.n * a.d, a.d * b.d)
export const minus = (a: Fraction): Fraction => ({ n: -a.n, d: a.d })
export const subtract = (a: Fraction, b: Fraction): Fraction => add(a, minus(b))
export const times = (a: Fraction, b: Fraction): Fraction =>
  a.d === 1n && b.d === 1n ? { n: a.n * b.n, d: 1n } : fraction(a.n * b.n, a.d * b.d)
export const compare = (a: Fraction, b: Fraction): number => {
  const difference = a.n * b.d - b.n * a.d
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
export const least = (a: Fraction, b: Fraction): Fraction => (compare(a, b) <= 0 ? a : b)

/** Rounds half away from zero to a whole number. */
export function rounded(value: Fraction): bigint {
  const size = value.n < 0n ? -value.n : value.n
  const whole = (size * 2n + value.d) / (value.d * 2n)
  return value.n < 0n ? -whole : whole
}

const decimal = /^(-?)(\d+)(?:\.(\d+))?$/

/** Reads `12`, `-0.5` or `1/3` exactly; undefined for anything else. */
export function parseFraction(text: string): Fraction | undefined {
  const ratio = /^(\d+)\/(\d+)$/.exec(text)
  if (ratio)
    return BigInt(ratio[2] ?? '0') === 0n ? undefined : fraction(BigInt(ratio[1] ?? '0'), BigInt(ratio[2] ?? '1'))
  const match = decimal.exec(text)
  if (!match) return undefined
  const digits = match[3] ?? ''
  const value = BigInt(`${match[2]}${digits}`)
  return fraction(match[1] === '-' ? -value : value, 10n ** BigInt(digits.length))
}
