import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { systemCodeOf } from '#shared/error.ts'

/**
 * How far one group has read one topic, durable. Two slots of a small file are written in turn with a rising sequence, so that a
 * write cut in the middle leaves the other slot valid; overwriting in place needs no new disk space and costs one fdatasync.
 */
export type Position = {
  /** The next offset to read. */
  readonly offset: number
  commit(offset: number): Promise<void>
  close(): Promise<void>
}

/** Slots are a page apart, so that one torn page can't hurt both. */
const SLOT = 4096
const USED = 20

/** Opens a group's position file, or makes it with `initial` as its first offset. */
export async function openPosition(path: string, initial: number | undefined): Promise<Position | undefined> {
  let handle = await openExisting(path)
  let state = handle === undefined ? undefined : await readState(handle)
  if (state === undefined) {
    if (initial === undefined) {
      await handle?.close()
      return undefined
    }
    handle ??= await open(path, 'w+', 0o600)
    state = { sequence: 0, offset: initial }
    await handle.write(Buffer.alloc(2 * SLOT), 0, 2 * SLOT, 0)
    await writeState(handle, state)
  }
  if (handle === undefined) return undefined
  const file = handle
  let current = state
  return {
    get offset() {
      return current.offset
    },
    async commit(offset) {
      const next = { sequence: current.sequence + 1, offset }
      await writeState(file, next)
      current = next
    },
    close: () => file.close(),
  }
}

type State = { sequence: number; offset: number }

async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r+')
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function readState(handle: FileHandle): Promise<State | undefined> {
  const bytes = Buffer.alloc(2 * SLOT)
  await handle.read(bytes, 0, bytes.length, 0)
  const states = [0, SLOT].flatMap(at => slotAt(bytes.subarray(at, at + USED)) ?? [])
  return states.sort((a, b) => b.sequence - a.sequence)[0]
}

function slotAt(slot: Buffer): State | undefined {
  const filled = slot.some(byte => byte !== 0)
  if (!filled || crc32(slot.subarray(4)) !== slot.readUInt32LE(0)) return undefined
  return { sequence: Number(slot.readBigUInt64LE(4)), offset: Number(slot.readBigUInt64LE(12)) }
}

async function writeState(handle: FileHandle, state: State): Promise<void> {
  const slot = Buffer.alloc(USED)
  slot.writeBigUInt64LE(BigInt(state.sequence), 4)
  slot.writeBigUInt64LE(BigInt(state.offset), 12)
  slot.writeUInt32LE(crc32(slot.subarray(4)), 0)
  await handle.write(slot, 0, USED, (state.sequence % 2) * SLOT)
  await handle.datasync()
}
