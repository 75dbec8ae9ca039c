import type { Settings } from '#shared/settings/settings.ts'
import type { DataKeys } from './data-keys.ts'
import type { Master } from './master.ts'
import type { PersonKeys } from './person-keys.ts'
import { open, readSealed, seal } from './sealed.ts'

/** How many keys of persons, rejected records and secrets of accounts lie under new keys. */
export type Rotated = { persons: number; records: number; secrets: number }
type Keys = { settings: Settings; master: Master; dataKeys: DataKeys; personKeys: PersonKeys }

/** New master and data keys, and everything they protect under them again, in steps, while anything runs. Begun again after a crash it goes on. */
export async function rotate(
  { settings, master, dataKeys, personKeys }: Keys,
  onProgress: (done: number) => void,
): Promise<Rotated> {
  await master.renew()
  await dataKeys.rewrap()
  await dataKeys.renew('person')
  const persons = await personKeys.rewrap(onProgress)
  await dataKeys.renew('record')
  const records = await resealRecords(settings, dataKeys, done => onProgress(persons + done))
  const secrets = await resealSecrets(settings, dataKeys)
  return { persons, records, secrets }
}

/** Drops data keys that were replaced before this moment and under which nothing lies in the settings database. What lay under them on the bus is gone by then. */
export async function dropRetired(settings: Settings, before: Date): Promise<number> {
  const dropped = await settings.query<{ id: string }>(
    `DELETE FROM data_keys AS k
     WHERE k.purpose IN ('person', 'record') AND k.retired_at < $1
       AND NOT EXISTS (SELECT 1 FROM person_keys AS p WHERE p.data_key = k.id)
       AND NOT EXISTS (SELECT 1 FROM rejected AS r WHERE split_part(r.record->>'raw', ':', 4) = k.id OR split_part(r.record->>'message', ':', 4) = k.id)
       AND NOT EXISTS (SELECT 1 FROM people AS p WHERE split_part(p.totp_secret, ':', 4) = k.id OR split_part(p.totp_draft, ':', 4) = k.id)
     RETURNING k.id`,
    [before.toISOString()],
  )
  return dropped.length
}

async function resealRecords(settings: Settings, keys: DataKeys, onProgress: (done: number) => void): Promise<number> {
  const { id, key } = await keys.current('record')
  for (let done = 0; ; ) {
    const rows = await settings.query<{ id: string; raw: string; message: string }>(
      `SELECT id, record->>'raw' AS raw, record->>'message' AS message FROM rejected
       WHERE record->>'raw' LIKE 'enc:1:%' AND split_part(record->>'raw', ':', 4) <> $1 LIMIT 500`,
      [id],
    )
    if (rows.length === 0) return done
    for (const row of rows) {
      const again = async (text: string, field: string) => seal(key, id, field, (await plainOf(keys, text)) ?? '')
      const change = {
        raw: await again(row.raw, 'rejected.raw'),
        message: await again(row.message, 'rejected.message'),
      }
      await settings.query('UPDATE rejected SET record = record || $2::jsonb WHERE id = $1', [
        row.id,
        JSON.stringify(change),
      ])
    }
    done += rows.length
    onProgress(done)
  }
}

async function resealSecrets(settings: Settings, keys: DataKeys): Promise<number> {
  const { id, key } = await keys.current('record')
  let done = 0
  for (const column of ['totp_secret', 'totp_draft'] as const) {
    const rows = await settings.query<{ id: string; secret: string }>(
      `SELECT id, ${column} AS secret FROM people WHERE ${column} LIKE 'enc:1:%' AND split_part(${column}, ':', 4) <> $1`,
      [id],
    )
    for (const row of rows) {
      const plain = await plainOf(keys, row.secret)
      if (plain === undefined) continue
      // Only while it is still the one that was read: its owner may just have set another.
      await settings.query(`UPDATE people SET ${column} = $2 WHERE id = $1 AND ${column} = $3`, [
        row.id,
        seal(key, id, 'account.secret', plain),
        row.secret,
      ])
      done++
    }
  }
  return done
}

/** Text that was sealed by a data key, or text that never was; undefined when it does not open. */
async function plainOf(keys: DataKeys, text: string): Promise<string | undefined> {
  const part = readSealed(text)
  return part === undefined ? text : open(await keys.find(part.keyId), part)
}
