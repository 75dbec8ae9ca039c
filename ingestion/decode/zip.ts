import { inflateRawSync } from 'node:zlib'
import { DataAppError } from '#shared/error.ts'
import { type Bytes, headOf } from './bytes.ts'

/** One file inside a zip. */
export type ZipMember = {
  name: string
  dataFrom: number
  stored: boolean
  storedSize: number
  size: number
  locked: boolean
}

const localHeader = 0x04034b50
const centralHeader = 0x02014b50
const endOfCentral = 0x06054b50

/** The name of the first member, read from the head of the file alone. */
export function firstName(head: Buffer): string {
  return localMember(head, 0)?.name ?? ''
}

/**
 * The one export in a zip, so that it can be streamed: folders and hidden files are passed over, several exports are refused (`FILE_SEVERAL`). A zip whose list of
 * contents is missing was cut: what is there of its first member is read.
 */
export async function zipMember(bytes: Bytes): Promise<ZipMember> {
  const members = (await listed(bytes)) ?? [await memberAt(bytes, 0)]
  const exports = members.filter(member => member !== undefined && !isAside(member.name))
  const [member] = exports
  if (member === undefined)
    throw new DataAppError('FILE_DAMAGED', `${bytes.name} is a zip file without a readable export in it.`, {
      hint: 'Zip just the one export, or take in the plain file.',
    })
  if (exports.length > 1)
    throw new DataAppError(
      'FILE_SEVERAL',
      `${bytes.name} is a zip of ${exports.length} files: ${exports
        .slice(0, 5)
        .map(other => other?.name)
        .join(', ')}${exports.length > 5 ? ', …' : ''}.`,
      { hint: 'Unpack it and take in the files, or the directory that they are in: each counts by itself.' },
    )
  if (member.locked)
    throw new DataAppError('FILE_LOCKED', `${bytes.name} is a zip with a password.`, {
      hint: 'Take in the file without the password.',
    })
  return member
}

function isAside(name: string): boolean {
  return name.endsWith('/') || name.startsWith('__MACOSX/') || (name.split('/').at(-1) ?? '').startsWith('.')
}

/** The members by the list at the end of the file, of which no more is read than that. */
async function listed(bytes: Bytes): Promise<ZipMember[] | undefined> {
  const tailFrom = Math.max(0, bytes.size - longestEnd)
  const tail = await headOf(bytes.open(tailFrom), longestEnd)
  const end = endOf(tail)
  if (end === undefined) return undefined
  const size = tail.readUInt32LE(end + 12)
  const entries = entriesOf(await headOf(bytes.open(tail.readUInt32LE(end + 16)), size), tail.readUInt16LE(end + 10), 0)
  if (entries === undefined) return undefined
  const exports = entries.filter(entry => !isAside(entry.name))
  // Of several it is enough to know their names.
  if (exports.length > 1) return exports.map(entry => ({ ...entry, dataFrom: 0, stored: false }))
  const [only] = exports
  if (only === undefined) return []
  const local = await memberAt(bytes, only.at)
  return local === undefined ? undefined : [{ ...local, ...sizesOf(only) }]
}

async function memberAt(bytes: Bytes, at: number): Promise<ZipMember | undefined> {
  const local = localMember(await headOf(bytes.open(at), 66_000), 0)
  return local === undefined ? undefined : { ...local, dataFrom: at + local.dataFrom }
}

function localMember(bytes: Buffer, at: number): ZipMember | undefined {
  if (bytes.length < at + 30 || bytes.readUInt32LE(at) !== localHeader) return undefined
  const method = bytes.readUInt16LE(at + 8)
  const nameLength = bytes.readUInt16LE(at + 26)
  const extraLength = bytes.readUInt16LE(at + 28)
  if (method !== 0 && method !== 8) return undefined
  return {
    name: bytes.toString('utf8', at + 30, at + 30 + nameLength),
    dataFrom: at + 30 + nameLength + extraLength,
    stored: method === 0,
    storedSize: bytes.readUInt32LE(at + 18),
    size: bytes.readUInt32LE(at + 22),
    locked: (bytes.readUInt16LE(at + 6) & 1) === 1,
  }
}

/** The members of a zip held in memory, from its central directory. Undefined when it has none (cut or no zip). */
export function zipMembers(bytes: Buffer): ZipMember[] | undefined {
  const end = endOf(bytes)
  if (end === undefined) return undefined
  const entries = entriesOf(bytes, bytes.readUInt16LE(end + 10), bytes.readUInt32LE(end + 16))
  const members = entries?.map(entry => {
    const local = localMember(bytes, entry.at)
    return local === undefined ? undefined : { ...local, name: entry.name, ...sizesOf(entry) }
  })
  const whole = members?.filter(member => member !== undefined)
  return whole?.length === members?.length ? whole : undefined
}

/** One line of the list at the end: where its member begins, and the sizes, which the member itself may not know. */
type Entry = Pick<ZipMember, 'name' | 'storedSize' | 'size' | 'locked'> & { at: number }

function sizesOf({ storedSize, size, locked }: Entry): Pick<ZipMember, 'storedSize' | 'size' | 'locked'> {
  return { storedSize, size, locked }
}

/** The end record is 22 bytes, with a comment of at most 64 KiB behind it. */
const longestEnd = 65_557

function endOf(bytes: Buffer): number | undefined {
  let end = bytes.length - 22
  const lowest = Math.max(0, bytes.length - longestEnd)
  while (end >= lowest && bytes.readUInt32LE(end) !== endOfCentral) end--
  return end < lowest ? undefined : end
}

function entriesOf(bytes: Buffer, count: number, from: number): Entry[] | undefined {
  const entries: Entry[] = []
  let at = from
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== centralHeader) return undefined
    const nameLength = bytes.readUInt16LE(at + 28)
    entries.push({
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      locked: (bytes.readUInt16LE(at + 8) & 1) === 1,
      storedSize: bytes.readUInt32LE(at + 20),
      size: bytes.readUInt32LE(at + 24),
      at: bytes.readUInt32LE(at + 42),
    })
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return entries
}

/** The content of one member. `limit` guards against a member that grows beyond reason. */
export function readMember(bytes: Buffer, member: ZipMember, limit: number): Buffer {
  const packed = bytes.subarray(member.dataFrom, member.dataFrom + member.storedSize)
  return member.stored ? packed : inflateRawSync(packed, { maxOutputLength: limit })
}
