import { personalAttributes } from '#shared/crypto/personal.ts'
import { DataAppError } from '#shared/error.ts'
import type { Parts } from '#shared/parts.ts'
import { loadSql } from '#shared/sql.ts'
import { announce } from './announce.ts'

export type PersonKind = 'customer' | 'seller'
type Row = Record<string, string>
export type Exported = { kind: PersonKind; id: string; person: Row | null; lines: Row[]; rejected: Row[] }
export type Erased = { kind: PersonKind; id: string; rejected: number }

const linesOf = loadSql('./person-lines.sql', import.meta.url)
const operator = { person: 'command line', role: 'operator' } as const
/** Shorter values would be found in records of others. */
const tellingLength = 4

/** Everything kept about a person, in plain: the answer to a request under data protection law. */
export async function exportPerson(parts: Parts, kind: PersonKind, given: string): Promise<Exported> {
  const { warehouse, vault } = parts
  const id = idOf(parts, kind, given)
  const person = await personRow(parts, kind, id)
  const lines = await warehouse.rows<Row>(linesOf, { id, kind })
  const [plain] = person === undefined ? [] : await vault.reveal(operator, [person])
  const mentions = plain === undefined ? [] : await recordsThatMention(parts, plain)
  return {
    kind,
    id,
    person: plain === undefined ? null : withoutHashes(plain),
    lines,
    rejected: mentions.map(({ source, file, line, raw }) => ({ source, file, line, raw })),
  }
}

/**
 * Destroys what makes a person's data readable, wherever it lies: the person's key. Rejected records that quote the person lose their quotation, hashes and the row
 * in the warehouse are emptied. Lines stay under the bare id, so that sums stay. The news of it makes every instance drop the answers it keeps.
 */
export async function erasePerson(parts: Parts, kind: PersonKind, given: string): Promise<Erased> {
  const { bus, warehouse, vault, settings } = parts
  const id = idOf(parts, kind, given)
  const person = await personRow(parts, kind, id)
  const [plain] = person === undefined ? [] : await vault.reveal(operator, [person])
  const mentions = plain === undefined ? [] : await recordsThatMention(parts, plain)
  for (const { id: record } of mentions)
    await settings.query(
      `UPDATE rejected SET record = record || '{"raw": "", "message": "erased"}'::jsonb WHERE id = $1`,
      [record],
    )
  await vault.erase(kind, id)
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
  return { kind, id, rejected: mentions.length }
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

/** The id under which a person is kept: whoever asks may give the e-mail or document that a source uses as the customer's id. */
const idOf = ({ vault }: Parts, kind: PersonKind, given: string): string =>
  kind === 'customer' ? vault.customerId(given) : given
const tableOf = (kind: PersonKind): string => (kind === 'customer' ? 'customers' : 'sellers')
const isPersonalColumn = (name: string): boolean =>
  name.endsWith('_hash') || personalAttributes.some(attribute => attribute === name)

async function personRow({ warehouse }: Parts, kind: PersonKind, id: string): Promise<Row | undefined> {
  if (id === '') throw new DataAppError('PERSON_UNNAMED', 'Whose data? The id is empty.')
  const [row] = await warehouse.rows<Row>(`SELECT * FROM ${tableOf(kind)} FINAL WHERE ${kind} = {id:String}`, { id })
  return row
}

async function recordsThatMention(
  { settings, vault }: Parts,
  person: Row,
): Promise<{ id: string; source: string; file: string; line: string; raw: string }[]> {
  const telling = personalAttributes.flatMap(name => {
    const text = (person[name] ?? '').toLowerCase()
    return text.length >= tellingLength ? [text] : []
  })
  if (telling.length === 0) return []
  const found: { id: string; source: string; file: string; line: string; raw: string }[] = []
  for (let after = ''; ; ) {
    const records = await settings.query<{
      id: string
      source: string
      file: string
      line: string
      raw: string
      message: string
    }>(
      `SELECT id, source, file, line::text AS line, record->>'raw' AS raw, record->>'message' AS message FROM rejected
       WHERE id > $1 ORDER BY id LIMIT 1000`,
      [after],
    )
    for (const record of await vault.reveal(operator, records)) {
      const text = `${record.raw}\n${record.message}`.toLowerCase()
      if (telling.some(value => text.includes(value))) found.push(record)
    }
    after = records.at(-1)?.id ?? ''
    if (after === '') return found
  }
}

function withoutHashes(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !name.endsWith('_hash')))
}
