/** Local wall times and the zones they are meant in. Times are milliseconds as if the wall clock were UTC. */
export type ZoneShift = (wallMs: number) => number

const hour = 3_600_000
const dayMs = 24 * hour

/** Offset of a zone from UTC at an instant, in milliseconds. */
function offsetAt(format: Intl.DateTimeFormat, instantMs: number): number {
  const parts: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(instantMs)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour: h = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, h, minute, second) - Math.floor(instantMs / 1000) * 1000
}

function zoneFormat(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
}

/** Offsets change at most once in a quarter of an hour, so they are kept per quarter. */
function cachedOffsets(zone: string): (instantMs: number) => number {
  const format = zoneFormat(zone)
  const known = new Map<number, number>()
  return instantMs => {
    const quarter = Math.floor(instantMs / (hour / 4))
    const kept = known.get(quarter)
    if (kept !== undefined) return kept
    if (known.size > 200_000) known.clear()
    const offset = offsetAt(format, quarter * (hour / 4))
    known.set(quarter, offset)
    return offset
  }
}

/**
 * The instant of a wall time. In the hour that happens twice it is the first; a time in the hour that doesn't exist moves forward by
 * the length of the gap, as a clock that nobody had set would show.
 */
function instantOf(offsets: (instantMs: number) => number, wallMs: number): number {
  const before = offsets(wallMs - 24 * hour)
  const after = offsets(wallMs + 24 * hour)
  if (before === after) return wallMs - before
  const early = wallMs - before
  if (offsets(early) === before) return early
  const late = wallMs - after
  return offsets(late) === after ? late : early
}

/** From a wall time in `from` (undefined: the chain's own) to the chain's wall time. */
export function zoneShift(from: string | undefined, chain: string): ZoneShift {
  const chainOffsets = cachedOffsets(chain)
  const fromOffsets = from === undefined || from === chain ? chainOffsets : cachedOffsets(from)
  let plainDay = Number.NaN
  return wallMs => {
    // In the chain's own zone only days on which clocks change need more than a look.
    const day = Math.floor(wallMs / dayMs)
    if (day === plainDay) return wallMs
    if (fromOffsets === chainOffsets && chainOffsets((day - 1) * dayMs) === chainOffsets((day + 2) * dayMs)) {
      plainDay = day
      return wallMs
    }
    const instant = instantOf(fromOffsets, wallMs)
    return instant + chainOffsets(instant)
  }
}

/** From a wall time with a known offset from UTC to the chain's wall time. */
export function instantShift(chain: string): (instantMs: number) => number {
  const offsets = cachedOffsets(chain)
  return instantMs => instantMs + offsets(instantMs)
}
