import type { ConsumeOptions } from '#shared/bus/bus.ts'
import { chunks } from '#shared/chunks.ts'
import type { Parts } from '#shared/parts.ts'
import type { Rejected } from '#shared/records/rejected.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { loadSql } from '#shared/sql.ts'
import { turnedAway } from './dead-letters.ts'
import { readEach, readRejected } from './read.ts'

const keepSql = loadSql('./keep-rejected.sql', import.meta.url)

/** Rejected records: seal → keep, so that people can look at them, correct them and have them read again. */
export function rejectedKeeper({ settings, vault }: Pick<Parts, 'settings' | 'vault'>): ConsumeOptions['handle'] {
  return async batch => {
    const { read, unreadable } = readEach(batch, readRejected)
    const records = [...read, ...unreadable.map(turnedAway)]
    await keepRejected(settings, await Promise.all(records.map(record => vault.protectRejected(record))))
    return undefined
  }
}

/** Keeps dead letters in the settings database. The id follows from where a record came from, so one that is delivered again is kept once, also within one call. A line that was told again and turned away again is open, whichever of the two is known first, and says why it was turned away last. */
export async function keepRejected(settings: Settings, records: readonly Rejected[]): Promise<void> {
  for (const some of chunks(records, 500)) {
    await settings.query(keepSql, [JSON.stringify(some.map(withoutNul))])
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
