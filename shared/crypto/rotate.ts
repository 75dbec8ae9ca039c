import { withLease } from '#shared/settings/lease.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { DataKeys } from './data-keys.ts'
import type { Master } from './master.ts'
import type { PersonKeys } from './person-keys.ts'
import { open, readSealed, seal } from './sealed.ts'

/** How many keys of persons, rejected records, corrections of them and secrets of accounts lie under new keys. */
export type Rotated = { persons: number; records: number; corrections: number; secrets: number }
type Keys = { settings: Settings; master: Master; dataKeys: DataKeys; personKeys: PersonKeys }

/** Held by whoever changes keys, or copies them together with what they open: of two rotations at once each would take for old what the other has just renewed. */
export const keysLease = 'keys'

/** New master and data keys, and everything they protect under them again, in steps, while anything runs, by one process at a time. Begun again after a crash it goes on. */
export function rotate(
  { settings, master, dataKeys, personKeys }: Keys,
  onProgress: (done: number) => void,
): Promise<Rotated> {
  return withLease(settings, keysLease, new AbortController().signal, async () => {
    await master.renew()
    await dataKeys.rewrap()
    await dataKeys.renew('person')
    const persons = await personKeys.rewrap(onProgress)
    await dataKeys.renew('record')
    const again = (place: Place) => resealed(settings, dataKeys, place)
    const records = await again(places.quotation)
    await again(places.message)
    onProgress(persons + records)
    const corrections = await again(places.correction)
    await again(places.problem)
    const secrets = (await again(places.secret)) + (await again(places.draft))
    return { persons, records, corrections, secrets }
  })
}

/** Where a text lies that is sealed by a data key of records. `becomes` sets it to what `r` has for it. */
type Place = { table: 'rejected' | 'rejected_replays' | 'people'; text: string; becomes: string }

const inRecord = (name: 'raw' | 'message'): Place => ({
  table: 'rejected',
  text: `record->>'${name}'`,
  becomes: `record = record || jsonb_build_object('${name}', r->>'sealed')`,
})
const inColumn = (table: Place['table'], name: string): Place => ({
  table,
  text: name,
  becomes: `${name} = r->>'sealed'`,
})
const places = {
  quotation: inRecord('raw'),
  message: inRecord('message'),
  correction: inColumn('rejected_replays', 'correction'),
  problem: inColumn('rejected_replays', 'problem'),
  secret: inColumn('people', 'totp_secret'),
  draft: inColumn('people', 'totp_draft'),
} satisfies Record<string, Place>

/** Drops data keys that were replaced before this moment and under which nothing lies in the settings database. What lay under them on the bus is gone by then. */
export async function dropRetired(settings: Settings, before: Date): Promise<number> {
  const unused = Object.values(places)
    .map(({ table, text }) => `AND NOT EXISTS (SELECT 1 FROM ${table} WHERE split_part(${text}, ':', 4) = k.id)`)
    .join('\n')
  const dropped = await settings.query<{ id: string }>(
    `DELETE FROM data_keys AS k
     WHERE k.purpose IN ('person', 'record') AND k.retired_at < $1
       AND NOT EXISTS (SELECT 1 FROM person_keys AS p WHERE p.data_key = k.id)
       ${unused}
     RETURNING k.id`,
    [before.toISOString()],
  )
  return dropped.length
}

/** Every text of one place under the current key; returns how many. One that does not open, because its key is gone, stays as it is. */
async function resealed(settings: Settings, keys: DataKeys, { table, text, becomes }: Place): Promise<number> {
  const { id: current, key } = await keys.current('record')
  let done = 0
  for (let after = ''; ; ) {
    const rows = await settings.query<{ id: string; sealed: string }>(
      `SELECT id, ${text} AS sealed FROM ${table}
       WHERE ${text} LIKE 'enc:1:%' AND split_part(${text}, ':', 4) <> $1 AND id > $2 ORDER BY id LIMIT 500`,
      [current, after],
    )
    const last = rows.at(-1)
    if (last === undefined) return done
    after = last.id
    const next: { id: string; was: string; sealed: string }[] = []
    for (const { id, sealed: was } of rows) {
      const sealed = await sealedAgain(keys, was, (field, plain) => seal(key, current, field, plain))
      if (sealed !== undefined) next.push({ id, was, sealed })
    }
    // Only what still is as it was read: meanwhile somebody may have been erased from it, or its owner may have set another.
    const changed = await settings.query(
      `UPDATE ${table} AS t SET ${becomes} FROM jsonb_array_elements($1::jsonb) AS r
       WHERE t.id = r->>'id' AND ${text} = r->>'was' RETURNING t.id`,
      [JSON.stringify(next)],
    )
    done += changed.length
  }
}

async function sealedAgain(
  keys: DataKeys,
  sealed: string,
  again: (field: string, plain: string) => string,
): Promise<string | undefined> {
  const part = readSealed(sealed)
  const key = part === undefined ? undefined : await keys.lookUp(part.keyId)
  const plain = part === undefined || key === undefined ? undefined : open(key, part)
  return part === undefined || plain === undefined ? undefined : again(part.field, plain)
}
