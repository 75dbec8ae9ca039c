import { InvalidArgumentError } from 'commander'

/** Reads what stands behind an option: a whole number within these bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`Needed: a whole number from ${least} to ${most}.`)
  }
}
