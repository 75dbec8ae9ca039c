import { useEffect, useState } from 'preact/hooks'

/** Rows: about what a screen shows, and what a slow phone draws without keeping the hand waiting. */
const atFirst = 12
const piece = 12

/** How many of a long list are drawn by now: a screenful at once, the rest piece by piece after it, so that the page answers in between. */
export function useUnfolded(count: number): number {
  const [drawn, setDrawn] = useState(atFirst)
  useEffect(() => {
    if (drawn >= count) return
    const timer = setTimeout(() => setDrawn(drawn + piece))
    return () => clearTimeout(timer)
  }, [drawn, count])
  return Math.min(drawn, count)
}
