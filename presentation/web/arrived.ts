/** The value of each point over time, and none for those that begin after the last day with data: nobody knows yet what was sold then. */
export function arrived<T extends { day: string }>(
  points: readonly T[],
  last: string,
  amount: (point: T) => number | null,
): (number | null)[] {
  return points.map(point => (point.day > last ? null : amount(point)))
}
