import { useEffect, useRef, useState } from 'preact/hooks'

const movingMs = 600

/** A number that moves to its new value when the data changes: seen, not startling. It stands still for people who ask for less motion. */
export function MovingNumber({
  value,
  show,
  follow,
}: {
  value: number
  show: (value: number) => string
  follow: string
}) {
  const [shown, setShown] = useState(value)
  const [moved, setMoved] = useState(false)
  const last = useRef({ value, follow })

  useEffect(() => {
    const from = last.current
    last.current = { value, follow }
    if (from.value === value) return
    const still = from.follow !== follow || matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden
    if (still) {
      setShown(value)
      return
    }
    setMoved(true)
    const start = performance.now()
    let frame = requestAnimationFrame(function step(now) {
      const part = Math.min(1, (now - start) / movingMs)
      setShown(part === 1 ? value : from.value + (value - from.value) * (1 - (1 - part) ** 3))
      if (part < 1) frame = requestAnimationFrame(step)
    })
    const settle = setTimeout(() => setMoved(false), 1_600)
    return () => {
      cancelAnimationFrame(frame)
      clearTimeout(settle)
      setShown(value)
      setMoved(false)
    }
  }, [value, follow])

  // Another question has another number: that stands there at once.
  const now = last.current.follow === follow ? shown : value
  return <span class={moved ? 'number moved' : 'number'}>{show(now)}</span>
}
