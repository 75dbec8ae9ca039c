import { addDays, type Day, daysBetween } from '#shared/day.ts'

const weeks = 52

/**
 * How each time of the year differs from the year's average: a factor for any day. From whole years back from the end, freed of the trend that the years' sums show;
 * smoothed over five weeks and drawn towards 1 by how few years there are. Undefined with less than two years, and where the index of the
 * years before would not have foretold the last year's weeks better than no index (by a twentieth of the error).
 */
export function yearlyIndex(values: Float64Array, starts: Day): ((day: Day) => number) | undefined {
  const years = Math.floor(values.length / (weeks * 7))
  if (years < 2) return undefined
  const sums = Array.from({ length: years }, (_, year) => weekSums(values, year))
  const means = sums.map(list => list.reduce((sum, value) => sum + value, 0) / weeks)
  // Whole years on both sides of a difference: what the season does cancels out.
  const slope = ((means[0] ?? 0) - (means.at(-1) ?? 0)) / Math.max(1, years - 1) / weeks
  const ratios = sums.map((list, year) => ratiosTo(list, means[year] ?? 0, slope))
  const [last, ...before] = ratios
  if (last === undefined || !foretells(smoothed(before), last)) return undefined
  const index = smoothed(ratios)
  return day => {
    const ago = daysBetween(day, starts)
    const week = Math.floor((((-ago % (weeks * 7)) + weeks * 7) % (weeks * 7)) / 7)
    return index[week] ?? 1
  }
}

/** `year` 0 is the last, and weeks count from its first day. */
function weekSums(values: Float64Array, year: number): number[] {
  const end = values.length - year * weeks * 7
  return Array.from({ length: weeks }, (_, week) => {
    let sum = 0
    for (let i = end - (weeks - week) * 7; i < end - (weeks - week - 1) * 7; i++) sum += values[i] || 0
    return sum
  })
}

function ratiosTo(sums: readonly number[], mean: number, slope: number): number[] {
  return sums.map((value, week) => {
    const line = mean + slope * (week - (weeks - 1) / 2)
    return line > mean / 5 ? Math.min(5, Math.max(0, value / line)) : 1
  })
}

function smoothed(years: readonly (readonly number[])[]): number[] {
  const averages = Array.from(
    { length: weeks },
    (_, week) => years.reduce((sum, ratios) => sum + (ratios[week] ?? 1), 0) / Math.max(1, years.length),
  )
  const kernel = [1, 2, 3, 2, 1]
  return averages.map((_, week) => {
    const value =
      kernel.reduce((sum, weight, i) => sum + weight * (averages[(week + i - 2 + weeks) % weeks] ?? 1), 0) / 9
    return Math.max(0.2, 1 + (value - 1) * (years.length / (years.length + 0.5)))
  })
}

function foretells(index: readonly number[], actual: readonly number[]): boolean {
  const error = (guess: (week: number) => number) =>
    actual.reduce((sum, ratio, week) => sum + Math.abs(ratio - guess(week)), 0)
  return error(week => index[week] ?? 1) < 0.95 * error(() => 1)
}

/** The index of each of `length` days from `from` on. */
export const indexOver = (index: (day: Day) => number, from: Day, length: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => index(addDays(from, i)))
