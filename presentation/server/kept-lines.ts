import type { Period } from '#presentation/period.ts'
import { addDays, type Day } from '#shared/day.ts'
import { type Ask, question } from './ask.ts'
import type { Person } from './person.ts'

const kept = question<Record<string, never>, { sold: string; kept: string }>('kept-lines')

/** Since when there is anything. Sums are kept for ever, lines as long as DATAAPP_RETENTION_LINES_DAYS says. */
export type KeptLines = {
  /** The chain's first day with sales; undefined when it has none. */
  readonly sold: Day | undefined
  /** From this day on all lines are kept; undefined when no older ones were removed. */
  readonly from: Day | undefined
}

/** What the warehouse has; the same for everybody, and nothing of what was sold. */
export async function keptLines(ask: Ask, person: Person, today: Day): Promise<KeptLines> {
  const [row] = await ask({ ...person, role: 'admin' }, kept, { stores: [] }, {})
  return row === undefined || row.sold === '' ? { sold: undefined, from: undefined } : since(row, today)
}

/** From which day on there are lines, where a period begins before it. */
export function linesFrom({ from }: Pick<KeptLines, 'from'>, period: Pick<Period, 'from'>): Day | null {
  return from !== undefined && period.from < from ? from : null
}

function since(row: { sold: Day; kept: string }, today: Day): KeptLines {
  const from = row.kept === '' ? addDays(today, 1) : row.kept
  return { sold: row.sold, from: from > row.sold ? from : undefined }
}
