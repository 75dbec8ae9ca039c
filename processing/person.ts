import { personalAttributes } from '#shared/crypto/personal.ts'
import { DataAppError } from '#shared/error.ts'
import type { Parts } from '#shared/parts.ts'
import { forgetDeleted } from '#shared/settings/forget.ts'
import { loadSql } from '#shared/sql.ts'
import { type Account, accountsOf, accountTables, removeAccounts, rolesOf } from './account.ts'
import { announce } from './announce.ts'
import { type Mention, type Mentioned, mentionIn } from './mention.ts'

export type PersonKind = 'customer' | 'seller'
type Row = Record<string, string>
/** `by`: what a rejected record shares with the person. The same value may be somebody else's: look before you hand it out. */
type RejectedRow = { source: string; file: string; line: string; raw: string; by: Mention }
export type Exported = {
  kind: PersonKind
  id: string
  person: Row | null
  lines: Row[]
  rejected: RejectedRow[]
  accounts: Account[]
}
/** `accounts`: how many of a seller's were removed; `otherAccounts`: the roles of those that stay though they have the seller's e-mail. */
export type Erased = { kind: PersonKind; id: string; rejected: number; accounts: number; otherAccounts: string[] }

const linesOf = loadSql('./person-lines.sql', import.meta.url)
const operator = { person: 'command line', role: 'operator' } as const
/** What people identify themselves by when they ask; hardly anybody shares it. */
const telling = ['email', 'document', 'phone'] as const

/** Everything kept about a person, in plain: the answer to a request under data protection law. */
export async function exportPerson(parts: Parts, kind: PersonKind, given: string): Promise<Exported> {
  const { id, plain, lines, mentions } = await knownPerson(parts, kind, given)
  return {
    kind,
    id,
    person: plain === undefined ? null : withoutHashes(plain),
    lines,
    rejected: mentions.map(({ source, file, line, raw, by }) => ({ source, file, line, raw, by })),
    accounts: kind === 'seller' ? await accountsOf(parts.settings, id) : [],
  }
}

/**
 * Destroys what makes a person's data readable, wherever it lies: the person's key. Rejected records that mention the person lose their quotation and what they
 * were corrected to, hashes and the row in the warehouse are emptied. Lines stay under the bare id, so that sums stay. A seller's
 * accounts are removed. The news of it makes every instance drop
 * the answers it keeps.
 */
export async function erasePerson(parts: Parts, kind: PersonKind, given: string): Promise<Erased> {
  const { bus, warehouse, vault, settings } = parts
  const { id, person, plain, mentions } = await knownPerson(parts, kind, given)
  for (const { id: record } of mentions) {
    await settings.query("UPDATE rejected_replays SET correction = NULL, problem = '' WHERE rejected = $1", [record])
    await settings.query(
      `UPDATE rejected SET record = record || '{"raw": "", "message": "erased"}'::jsonb WHERE id = $1`,
      [record],
    )
  }
  await vault.erase(kind, id)
  const accounts = kind === 'seller' ? await removeAccounts(settings, id) : 0
  const email = kind === 'seller' ? (plain?.email ?? '') : ''
  const otherAccounts = email === '' ? [] : await rolesOf(settings, email)
  // Also where no account was left: one that was removed before it was cut off here still lies in the files.
  const tables = ['person_keys', 'rejected', 'rejected_replays', ...(kind === 'seller' ? accountTables : [])]
  await forgetDeleted(settings, tables)
  if (person !== undefined) {
    const table = tableOf(kind)
    const emptied = Object.fromEntries(
      Object.entries(person).map(([name, value]) => [name, isPersonalColumn(name) ? '' : value]),
    )
    const version = String(BigInt(person.version ?? '0') + 1n)
    const row = { ...emptied, version }
    await warehouse.insert(table, Object.keys(row), [Object.values(row)])
    await warehouse.run(
      `ALTER TABLE ${table} DELETE WHERE ${kind} = {id:String} AND version < {version:UInt64} SETTINGS mutations_sync = 1`,
      { id, version },
    )
  }
  const sellers = kind === 'seller' ? [id] : []
  await announce(bus, { kind: 'dimensions', days: [], stores: [], products: [], sellers, lines: 0 })
  return { kind, id, rejected: mentions.length, accounts, otherAccounts }
}

/** The ids of people with this e-mail, phone, document or name, found by keyed hash. */
export async function findPerson(
  { warehouse, vault }: Parts,
  kind: PersonKind,
  attribute: (typeof personalAttributes)[number],
  text: string,
): Promise<string[]> {
  const [hash = ''] = await vault.index(attribute, [text])
  const rows = await warehouse.rows<{ id: string }>(
    `SELECT ${kind} AS id FROM ${tableOf(kind)} FINAL WHERE ${attribute}_hash = {hash:String} ORDER BY id`,
    { hash },
  )
  return hash === '' ? [] : rows.map(row => row.id)
}

type Known = { id: string; person: Row | undefined; plain: Row | undefined; lines: Row[]; mentions: Found[] }
type Found = RejectedRow & { id: string }

/** The person of whom something is kept under this id, or who alone has this e-mail, document or phone (`PERSON_SEVERAL`, `PERSON_UNKNOWN`). */
async function knownPerson(parts: Parts, kind: PersonKind, given: string): Promise<Known> {
  if (given.trim() === '') throw new DataAppError('PERSON_UNNAMED', 'Whose data? The id is empty.')
  const byId = await keptUnder(parts, kind, idOf(parts, kind, given))
  if (byId.person !== undefined || byId.lines.length > 0) return byId
  if (kind === 'seller' && (await accountsOf(parts.settings, byId.id)).length > 0) return byId
  // Earlier versions did not recognise every personal id: what they kept lies under the id as it was given.
  const asGiven = byId.id === given ? byId : await keptUnder(parts, kind, given)
  if (asGiven.person !== undefined || asGiven.lines.length > 0) return asGiven
  const found = await Promise.all(telling.map(attribute => findPerson(parts, kind, attribute, given)))
  const [one, ...others] = new Set(found.flat())
  if (others.length > 0)
    throw new DataAppError('PERSON_SEVERAL', `${others.length + 1} people have this: ${[one, ...others].join(', ')}.`, {
      hint: 'Give the id of the one who is meant.',
    })
  if (one !== undefined) return keptUnder(parts, kind, one)
  if (byId.mentions.length > 0) return byId
  throw new DataAppError('PERSON_UNKNOWN', `Nothing is kept about a ${kind} with this id.`, {
    hint: `\`dataapp person find … --kind ${kind} --by name\` (email, phone, document) says the ids of people. A number of fewer than four digits is not looked for in rejected records.`,
  })
}

/** All that is kept under an id. */
async function keptUnder(parts: Parts, kind: PersonKind, id: string): Promise<Known> {
  const { warehouse, vault } = parts
  const person = await personRow(parts, kind, id)
  const [plain] = person === undefined ? [] : await vault.reveal(operator, [person])
  const lines = await warehouse.rows<Row>(linesOf, { id, kind })
  const mentions = await recordsThatMention(parts, {
    id,
    values: plain ?? {},
    by: kind === 'customer' ? 'id and values' : 'values',
    idOf: text => idOf(parts, kind, text),
  })
  return { id, person, plain, lines, mentions }
}

/** The id under which a person is kept: whoever asks may give the e-mail or document that a source uses as the customer's id. */
const idOf = ({ vault }: Parts, kind: PersonKind, given: string): string =>
  kind === 'customer' ? vault.customerId(given) : given
const tableOf = (kind: PersonKind): string => (kind === 'customer' ? 'customers' : 'sellers')
const isPersonalColumn = (name: string): boolean =>
  name.endsWith('_hash') || personalAttributes.some(attribute => attribute === name)

async function personRow({ warehouse }: Parts, kind: PersonKind, id: string): Promise<Row | undefined> {
  const [row] = await warehouse.rows<Row>(`SELECT * FROM ${tableOf(kind)} FINAL WHERE ${kind} = {id:String}`, { id })
  return row
}

type Kept = { id: string; source: string; file: string; line: string; raw: string; message: string }

async function recordsThatMention({ settings, vault }: Parts, person: Mentioned): Promise<Found[]> {
  const found: Found[] = []
  for (let after = ''; ; ) {
    const records = await settings.query<Kept>(
      `SELECT id, source, file, line::text AS line, record->>'raw' AS raw, record->>'message' AS message FROM rejected
       WHERE id > $1 ORDER BY id LIMIT 1000`,
      [after],
    )
    for (const record of await vault.reveal(operator, records)) {
      const by = mentionIn(record, person)
      if (by !== undefined) found.push({ ...record, by })
    }
    after = records.at(-1)?.id ?? ''
    if (after === '') return found
  }
}

function withoutHashes(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !name.endsWith('_hash')))
}
