const block = 14

/**
 * How much wider the error of a 14-day sum is than if its days were independent, as a ratio of variances (at least 1): measured on the differences to
 * the same weekday a week earlier, which is what a forecast that knows nothing else would miss by.
 */
export function togetherness(values: Float64Array): number {
  const differences = values.slice(7).map((value, i) => value - (values[i] ?? 0))
  const recent = differences.subarray(Math.max(0, differences.length - 400))
  if (recent.length < 3 * block) return 1.5
  let single = 0
  for (const value of recent) single += value * value
  single /= recent.length
  let sums = 0
  let count = 0
  for (let start = 0; start + block <= recent.length; start += 7) {
    let sum = 0
    for (let i = start; i < start + block; i++) sum += recent[i] ?? 0
    sums += sum * sum
    count++
  }
  return single > 0 ? Math.max(1, sums / count / (block * single)) : 1
}

/** The standard deviation of the error of a sum over days whose errors have these deviations. */
function deviationOfSum(deviations: readonly number[], together: number): number {
  const independent = deviations.reduce((sum, deviation) => sum + deviation * deviation, 0)
  const reach = Math.min(1, Math.max(0, (deviations.length - 1) / (block - 1)))
  return Math.sqrt(independent * (1 + (together - 1) * reach))
}

/** An amount with its 80 % and 95 % intervals, in units of the currency. */
export type Expected = {
  readonly amount: number
  readonly lo80: number
  readonly hi80: number
  readonly lo95: number
  readonly hi95: number
  readonly deviation: number
}

/** A normal interval around a sum of days; never below what is already certain (`floor`). */
export function expectedSum(
  amounts: readonly number[],
  deviations: readonly number[],
  together: number,
  certain = 0,
): Expected {
  const amount = certain + amounts.reduce((sum, value) => sum + value, 0)
  const deviation = deviationOfSum(deviations, together)
  const floor = Math.min(certain, amount)
  return {
    amount,
    lo80: Math.max(floor, amount - 1.2816 * deviation),
    hi80: amount + 1.2816 * deviation,
    lo95: Math.max(floor, amount - 1.96 * deviation),
    hi95: amount + 1.96 * deviation,
    deviation,
  }
}

/** The probability that a normal error around `amount` ends at `goal` or above. */
export function probabilityOf(goal: number, { amount, deviation }: Expected): number {
  if (deviation <= 0) return amount >= goal ? 1 : 0
  return 1 - normal((goal - amount) / deviation)
}

/** The normal distribution function, to 7 digits (Abramowitz & Stegun 1964, 7.1.26). */
function normal(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const tail =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-x * x)
  return z < 0 ? tail / 2 : 1 - tail / 2
}
