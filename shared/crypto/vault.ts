import { createHmac } from 'node:crypto'
import type { Config } from '#shared/config.ts'
import type { Log } from '#shared/log.ts'
import type { Dimension } from '#shared/records/dimension.ts'
import type { Rejected } from '#shared/records/rejected.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { isPersonalId, plainId } from './customer-id.ts'
import { DataKeys } from './data-keys.ts'
import { openMaster } from './master.ts'
import { PersonKeys } from './person-keys.ts'
import {
  comparable,
  isPersonal,
  isPersonalField,
  mayRead,
  type PersonalDimension,
  personalAttributes,
  type Reader,
} from './personal.ts'
import { dropRetired, type Rotated, rotate } from './rotate.ts'
import { isSealed, open, readSealed, type SealedParts, seal } from './sealed.ts'

type Attribute = (typeof personalAttributes)[number]

/** Everything that knows keys. Values go in plain and come out sealed; they come out plain only through `reveal`, which asks who reads and writes it down. */
export type Vault = {
  /** Dimensions with the personal fields of sellers and customers sealed under that person's key. What is sealed already stays; an erased person's fields are empty. */
  protect(dimensions: readonly Dimension[]): Promise<Dimension[]>
  /** A rejected record with what it quotes from its source sealed. */
  protectRejected(record: Rejected): Promise<Rejected>
  /** Rows with every sealed text in plain where the reader's role may see it, and '' where not, or where the person was erased. One entry of the log for all of them. */
  reveal<T extends object>(reader: Reader, rows: readonly T[]): Promise<T[]>
  /** Keyed hashes for equality search; '' of an empty text. Takes plain or sealed text. */
  index(attribute: Attribute, texts: readonly string[]): Promise<string[]>
  /** A secret of an account (not a person's data) as it may lie in the settings database, and back; undefined when it was tampered with. */
  sealSecret(text: string): Promise<string>
  openSecret(text: string): Promise<string | undefined>
  /** A customer's id as it may lie in the open: an e-mail, document or phone becomes a keyed hash, always the same; any other id stays. */
  customerId(id: string): string
  /** Destroys what makes a person's data readable. */
  erase(kind: PersonalDimension['kind'], id: string): Promise<void>
  /** New keys, and everything they protect re-encrypted under them, while anything runs. Returns how much. */
  rotate(onProgress: (done: number) => void): Promise<Rotated>
  /** Drops data keys that were replaced before this moment and under which nothing lies any more. Returns how many. */
  dropRetired(before: Date): Promise<number>
}

/** Opens the keys of this configuration: wrapped in the settings database, unwrapped by KMS or the key ring file (`KEYS_UNREADABLE`, `KEYS_EXPOSED`). */
export async function openVault(config: Config, settings: Settings, log: Log): Promise<Vault> {
  const master = await openMaster(config)
  const dataKeys = new DataKeys(settings, master)
  const personKeys = new PersonKeys(
    settings,
    id => dataKeys.find(id),
    () => dataKeys.current('person'),
  )
  const indexKey = async () => (await dataKeys.current('index')).key
  const hashed = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest('base64url').slice(0, 22)
  const personId = (key: Buffer, kind: string, id: string) => hashed(key, `${kind}\u0000${id}`)
  const pseudonymKey = await indexKey()
  const customerId = (id: string) => (isPersonalId(id) ? `p~${personId(pseudonymKey, 'customer', plainId(id))}` : id)

  async function protect(given: readonly Dimension[]): Promise<Dimension[]> {
    const dimensions = given.map(dimension => {
      const id = dimension.kind === 'customer' ? customerId(dimension.id) : dimension.id
      return id === dimension.id ? dimension : { ...dimension, id }
    })
    const open = dimensions
      .filter(isPersonal)
      .filter(({ attributes }) =>
        personalAttributes.some(name => attributes[name] !== '' && !isSealed(attributes[name])),
      )
    if (open.length === 0) return dimensions
    const key = await indexKey()
    const ids = new Map(open.map(dimension => [dimension, personId(key, dimension.kind, dimension.id)]))
    const keys = await personKeys.obtain([...ids.values()])
    return dimensions.map(dimension => {
      if (!isPersonal(dimension)) return dimension
      const id = ids.get(dimension)
      if (id === undefined) return dimension
      const personKey = keys.get(id)
      const sealed: Partial<Record<Attribute, string>> = {}
      for (const name of personalAttributes) {
        const text = dimension.attributes[name]
        if (text === '' || isSealed(text)) continue
        sealed[name] = personKey?.kind === 'key' ? seal(personKey.key, id, `${dimension.kind}.${name}`, text) : ''
      }
      return withAttributes(dimension, sealed)
    })
  }

  async function protectRejected(record: Rejected): Promise<Rejected> {
    if (isSealed(record.raw) && isSealed(record.message)) return record
    const { id, key } = await dataKeys.current('record')
    const sealed = (field: string, text: string) => (isSealed(text) ? text : seal(key, id, field, text))
    return {
      ...record,
      raw: sealed('rejected.raw', record.raw),
      message: sealed('rejected.message', record.message),
    }
  }

  /** What lies under a data key; undefined when it was tampered with, or the key was dropped because nothing should be under it any more. */
  async function openRecord(part: SealedParts): Promise<string | undefined> {
    const key = await dataKeys.lookUp(part.keyId)
    return key === undefined ? undefined : open(key, part)
  }

  /** Every sealed text as what it holds; '' when its key is gone. */
  async function openAll(texts: Iterable<string>): Promise<Map<string, string>> {
    const parts = new Map([...new Set(texts)].map(text => [text, readSealed(text)]))
    const ofPersons = [...parts.values()].flatMap(part =>
      part === undefined || part.field.startsWith('rejected.') ? [] : [part.keyId],
    )
    const keys = await personKeys.find(ofPersons)
    const plain = new Map<string, string>()
    for (const [text, part] of parts) {
      if (part === undefined) continue
      const person = keys.get(part.keyId)
      if (person?.kind === 'key') plain.set(text, open(person.key, part) ?? '')
      else if (part.field.startsWith('rejected.')) plain.set(text, (await openRecord(part)) ?? '')
      else plain.set(text, '')
    }
    return plain
  }

  async function reveal<T extends object>(reader: Reader, rows: readonly T[]): Promise<T[]> {
    const counts = { shown: 0, refused: 0 }
    const fields = new Set<string>()
    const allowed = new Set<string>()
    for (const text of sealedTexts(rows)) {
      const field = readSealed(text)?.field ?? ''
      fields.add(field)
      if (isPersonalField(field) && mayRead(reader.role, field)) {
        counts.shown++
        allowed.add(text)
      } else counts.refused++
    }
    if (fields.size === 0) return [...rows]
    const entry = { person: reader.person, role: reader.role, fields: [...fields].sort().join(' '), ...counts }
    await settings.query(
      'INSERT INTO personal_reads (person, role, fields, count, refused) VALUES ($1, $2, $3, $4, $5)',
      [entry.person, entry.role, entry.fields, entry.shown, entry.refused],
    )
    log.info(entry, 'personal data read')
    const plain = await openAll(allowed)
    return rows.map(row => replaced(row, text => (isSealed(text) ? (plain.get(text) ?? '') : text)))
  }

  return {
    protect,
    protectRejected,
    reveal,
    index: async (attribute, texts) => {
      const plain = await openAll(texts.filter(isSealed))
      const key = await indexKey()
      return texts.map(text => {
        const clear = isSealed(text) ? (plain.get(text) ?? '') : text
        return clear === '' ? '' : hashed(key, `${attribute}\u0000${comparable(attribute, clear)}`)
      })
    },
    sealSecret: async text => {
      const { id, key } = await dataKeys.current('record')
      return seal(key, id, 'account.secret', text)
    },
    openSecret: async text => {
      const parts = readSealed(text)
      return parts?.field === 'account.secret' ? openRecord(parts) : undefined
    },
    customerId,
    erase: async (kind, id) => {
      const key = await indexKey()
      // Also under the id as it is: what is taken for a personal one was not always.
      for (const each of new Set([kind === 'customer' ? customerId(id) : id, id]))
        await personKeys.erase(personId(key, kind, each))
    },
    rotate: onProgress => rotate({ settings, master, dataKeys, personKeys }, onProgress),
    dropRetired: before => dropRetired(settings, before),
  }
}

function* sealedTexts(rows: readonly object[]): Generator<string> {
  for (const row of rows) {
    for (const value of Object.values(row)) if (typeof value === 'string' && isSealed(value)) yield value
  }
}

/** A copy of the row with its texts replaced; the row itself when none changes. */
function replaced<T extends object>(row: T, of: (text: string) => string): T {
  const changes = Object.entries(row).flatMap(([name, value]) =>
    typeof value === 'string' && isSealed(value) ? [[name, of(value)] as const] : [],
  )
  return changes.length === 0 ? row : { ...row, ...Object.fromEntries(changes) }
}

function withAttributes(dimension: PersonalDimension, sealed: Partial<Record<Attribute, string>>): Dimension {
  switch (dimension.kind) {
    case 'seller':
      return { ...dimension, attributes: { ...dimension.attributes, ...sealed } }
    case 'customer':
      return { ...dimension, attributes: { ...dimension.attributes, ...sealed } }
  }
}
