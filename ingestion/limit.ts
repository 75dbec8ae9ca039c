/** At most so many pieces of work at once; the others wait in line. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>

export function openLimit(most: number): Limit {
  const line: (() => void)[] = []
  let running = 0
  return async work => {
    if (running < most) running++
    else await new Promise<void>(go => line.push(go))
    try {
      return await work()
    } finally {
      // Its place goes to the next in line.
      const next = line.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
