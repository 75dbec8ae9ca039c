const scale = 1_000_000n

/** Millionths from a decimal text of the warehouse. */
export function toMicros(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null) throw new TypeError(`not a decimal: ${text}`)
  const [, sign, whole = '0', fraction = ''] = match
  const value = BigInt(whole) * scale + BigInt(fraction.slice(0, 6).padEnd(6, '0'))
  return sign === '-' ? -value : value
}

/** The sum of two decimal texts, as one. */
export function plus(one: string, other: string): string {
  const sum = toMicros(one) + toMicros(other)
  const digits = (sum < 0n ? -sum : sum).toString().padStart(7, '0')
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`
}

/** Money as the API writes it: two digits, half away from zero. */
export function money(micros: bigint): string {
  const cents = rounded(micros, 10_000n)
  const absolute = cents < 0n ? -cents : cents
  const text = absolute.toString().padStart(3, '0')
  return `${cents < 0n ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`
}

/** Micros divided by a count, as money; zero when there is nothing to divide by. */
export function moneyPer(micros: bigint, count: bigint): string {
  return count === 0n ? '0.00' : money(rounded(micros, count))
}

/** The number of a decimal that is no money: units, shares. */
export function toNumber(text: string): number {
  return Number(text)
}

function rounded(value: bigint, by: bigint): bigint {
  const negative = value < 0n !== by < 0n
  const a = value < 0n ? -value : value
  const b = by < 0n ? -by : by
  const quotient = (a * 2n + b) / (b * 2n)
  return negative ? -quotient : quotient
}
