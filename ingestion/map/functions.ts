import { NotANumber, rounded, scale, textOf, truth, type Value } from './value.ts'

export type Functions = {
  add: (a: Value, b: Value) => Value
  subtract: (a: Value, b: Value) => Value
  multiply: (a: Value, b: Value) => Value
  divide: (a: Value, b: Value) => Value
  negate: (a: Value) => Value
  literal: (text: string) => bigint
  named: Record<string, (args: readonly Value[]) => Value>
}

/** What expressions can call. An empty value makes a calculation empty; a text that is no number stops the row. */
export function functions(number: (text: string) => bigint | undefined): Functions {
  const numeric = (value: Value): bigint | null => {
    if (value === null || value === '') return null
    if (typeof value === 'bigint') return value
    if (typeof value === 'boolean') return value ? scale : 0n
    const read = number(value)
    if (read === undefined) throw new NotANumber(value)
    return read
  }
  const calculation = (f: (a: bigint, b: bigint) => bigint | null) => (a: Value, b: Value) => {
    const [left, right] = [numeric(a), numeric(b)]
    return left === null || right === null ? null : f(left, right)
  }
  const text = (args: readonly Value[], i: number) => textOf(args[i] ?? null)
  const count = (args: readonly Value[], i: number) => Number((numeric(args[i] ?? null) ?? 0n) / scale)
  const add = calculation((a, b) => a + b)
  const subtract = calculation((a, b) => a - b)
  const multiply = calculation((a, b) => rounded(a * b, scale))
  const divide = calculation((a, b) => (b === 0n ? null : rounded(a * scale * (b < 0n ? -1n : 1n), b < 0n ? -b : b)))
  return {
    add,
    subtract,
    multiply,
    divide,
    negate: a => subtract(0n, a),
    literal: digits => {
      const [whole = '0', fraction = ''] = digits.split('.')
      return BigInt(whole) * scale + BigInt(fraction.slice(0, 18).padEnd(18, '0'))
    },
    named: {
      concat: args => args.map(textOf).join(''),
      coalesce: args => args.find(arg => arg !== null && arg !== '') ?? null,
      number: ([a = null]) => numeric(a),
      text: ([a = null]) => textOf(a),
      abs: ([a = null]) => {
        const value = numeric(a)
        return value === null ? null : value < 0n ? -value : value
      },
      round: args => {
        const value = numeric(args[0] ?? null)
        const unit = 10n ** BigInt(18 - Math.max(0, Math.min(18, count(args, 1))))
        return value === null ? null : rounded(value, unit) * unit
      },
      min: args => args.map(numeric).reduce((a, b) => (a === null || (b !== null && b < a) ? b : a)),
      max: args => args.map(numeric).reduce((a, b) => (a === null || (b !== null && b > a) ? b : a)),
      upper: args => text(args, 0).toUpperCase(),
      lower: args => text(args, 0).toLowerCase(),
      trim: args => text(args, 0).trim(),
      length: args => BigInt(text(args, 0).length) * scale,
      left: args => text(args, 0).slice(0, count(args, 1)),
      right: args => text(args, 0).slice(Math.max(0, text(args, 0).length - count(args, 1))),
      substring: args => {
        const from = Math.max(0, count(args, 1) - 1)
        return text(args, 0).slice(from, args.length > 2 ? from + count(args, 2) : undefined)
      },
      replace: args => text(args, 0).split(text(args, 1)).join(text(args, 2)),
      split: args => text(args, 0).split(text(args, 1))[count(args, 2) - 1] ?? '',
      padleft: args => text(args, 0).padStart(count(args, 1), args.length > 2 ? text(args, 2) : '0'),
      digits: args => text(args, 0).replace(/\D/g, ''),
      startswith: args => text(args, 0).startsWith(text(args, 1)),
      endswith: args => text(args, 0).endsWith(text(args, 1)),
      contains: args => text(args, 0).includes(text(args, 1)),
      isnumber: ([a = null]) => a !== null && (typeof a === 'bigint' || number(textOf(a)) !== undefined),
      isempty: ([a = null]) => !truth(textOf(a).trim()),
    },
  }
}
