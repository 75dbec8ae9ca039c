import type { ConsumeOptions } from '#shared/bus/bus.ts'
import { chunks } from '#shared/chunks.ts'
import type { Parts } from '#shared/parts.ts'
import type { Rejected } from '#shared/records/rejected.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { turnedAway } from './dead-letters.ts'
import { readEach, readRejected } from './read.ts'

/** Rejected records: seal → keep, so that people can look at them, correct them and have them read again. */
export function rejectedKeeper({ settings, vault }: Pick<Parts, 'settings' | 'vault'>): ConsumeOptions['handle'] {
  return async batch => {
    const { read, unreadable } = readEach(batch, readRejected)
    const records = [...read, ...unreadable.map(turnedAway)]
    await keepRejected(settings, await Promise.all(records.map(record => vault.protectRejected(record))))
    return undefined
  }
}

/** Keeps dead letters in the settings database. The id follows from where a record came from, so one that is delivered again is kept once, also within one call. A line that was told again and turned away again is open, whichever of the two is known first. */
export async function keepRejected(settings: Settings, records: readonly Rejected[]): Promise<void> {
  for (const some of chunks(records, 500)) {
    await settings.query(
      `INSERT INTO rejected (id, source, file, line, field, rule, record, rejected_at)
       SELECT DISTINCT ON (r->>'id') r->>'id', r->>'source', r->>'file', (r->>'line')::int, r->>'field', r->>'rule', r, (r->>'at')::timestamptz
       FROM jsonb_array_elements($1::jsonb) AS r
       ORDER BY r->>'id', (r->>'at')::timestamptz DESC
       ON CONFLICT (id) DO UPDATE SET replayed_at = NULL, rejected_at = excluded.rejected_at
         WHERE coalesce(rejected.replayed_at, rejected.rejected_at) < excluded.rejected_at AND excluded.record->>'step' = 'processing'`,
      [JSON.stringify(some.map(withoutNul))],
    )
  }
}

/** JSONB can't hold the character NUL; it is kept as the visible symbol for it. */
function withoutNul(record: Rejected): Rejected {
  return {
    ...record,
    raw: record.raw.replaceAll('\u0000', '\u2400'),
    field: record.field.replaceAll('\u0000', '\u2400'),
    message: record.message.replaceAll('\u0000', '\u2400'),
  }
}
