import { inflateRawSync } from 'node:zlib'
import { DataAppError } from '#shared/error.ts'

/** One file inside a zip. */
export type ZipMember = { name: string; dataFrom: number; stored: boolean; storedSize: number; size: number }

const localHeader = 0x04034b50
const centralHeader = 0x02014b50
const endOfCentral = 0x06054b50

/** The first member of a zip, read from the head of the file alone, so that it can be streamed. A zip of several members is refused when they show in the head. */
export function zipMember(name: string, head: Buffer): ZipMember {
  const member = localMember(head, 0)
  if (member === undefined || member.name.endsWith('/'))
    throw new DataAppError('FILE_DAMAGED', `${name} is a zip file without a readable first member.`, {
      hint: 'Zip just the one export, or take in the plain file.',
    })
  return member
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
  }
}

/** The members of a zip held in memory, from its central directory. Undefined when it has none (cut or no zip). */
export function zipMembers(bytes: Buffer): ZipMember[] | undefined {
  let end = bytes.length - 22
  const lowest = Math.max(0, end - 65_536)
  while (end >= lowest && bytes.readUInt32LE(end) !== endOfCentral) end--
  if (end < lowest) return undefined
  const count = bytes.readUInt16LE(end + 10)
  let at = bytes.readUInt32LE(end + 16)
  const members: ZipMember[] = []
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== centralHeader) return undefined
    const nameLength = bytes.readUInt16LE(at + 28)
    const local = localMember(bytes, bytes.readUInt32LE(at + 42))
    if (local === undefined) return undefined
    members.push({
      ...local,
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      storedSize: bytes.readUInt32LE(at + 20),
      size: bytes.readUInt32LE(at + 24),
    })
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return members
}

/** The content of one member. `limit` guards against a member that grows beyond reason. */
export function readMember(bytes: Buffer, member: ZipMember, limit: number): Buffer {
  const packed = bytes.subarray(member.dataFrom, member.dataFrom + member.storedSize)
  return member.stored ? packed : inflateRawSync(packed, { maxOutputLength: limit })
}
