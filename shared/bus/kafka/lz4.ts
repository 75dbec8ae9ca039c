/*
 * LZ4 as Kafka has it: the frame format with independent blocks of 64 KiB and no checksums, after
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md.
 */
const MAGIC = 0x184d2204
const BLOCK = 64 * 1024
const STORED = 0x80000000
const MIN_MATCH = 4
/** The last match begins at least this far from the end, and the last bytes are always literals. */
const MATCH_LIMIT = 12
const LAST_LITERALS = 5
const MAX_DISTANCE = 0xffff
const HASH_BITS = 14

export function compressFrame(input: Buffer): Buffer {
  const blocks = Math.ceil(input.length / BLOCK)
  const out = Buffer.allocUnsafe(11 + input.length + blocks * (BLOCK / 255 + 20))
  out.writeUInt32LE(MAGIC, 0)
  out[4] = 0x60
  out[5] = 0x40
  out[6] = headerChecksum(out.subarray(4, 6))
  const table = new Int32Array(1 << HASH_BITS)
  let at = 7
  for (let start = 0; start < input.length; start += BLOCK) {
    const block = input.subarray(start, start + BLOCK)
    table.fill(0)
    const size = compressBlock(block, table, out, at + 4)
    if (size < block.length) {
      out.writeUInt32LE(size, at)
      at += 4 + size
    } else {
      out.writeUInt32LE((block.length | STORED) >>> 0, at)
      block.copy(out, at + 4)
      at += 4 + block.length
    }
  }
  out.writeUInt32LE(0, at)
  return out.subarray(0, at + 4)
}

/** Writes one compressed block and returns its size. `table` holds, by hash, a position plus one; all zero at the start. */
function compressBlock(src: Buffer, table: Int32Array, out: Buffer, begin: number): number {
  const limit = src.length - MATCH_LIMIT
  const matchEnd = src.length - LAST_LITERALS
  let at = begin
  let anchor = 0
  let position = 0
  let misses = 0
  while (position < limit) {
    const word = src.readInt32LE(position)
    const hash = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS)
    const reference = (table[hash] ?? 0) - 1
    table[hash] = position + 1
    if (reference < 0 || position - reference > MAX_DISTANCE || src.readInt32LE(reference) !== word) {
      // Bytes that don't repeat are passed over faster and faster.
      position += 1 + (misses++ >> 6)
      continue
    }
    misses = 0
    let end = position + MIN_MATCH
    let from = reference + MIN_MATCH
    while (end < matchEnd && src[end] === src[from]) {
      end += 1
      from += 1
    }
    at = writeSequence(src, anchor, position, out, at, end - position - MIN_MATCH)
    out[at++] = (position - reference) & 0xff
    out[at++] = (position - reference) >>> 8
    at = writeLength(out, at, end - position - MIN_MATCH)
    position = end
    anchor = end
  }
  return writeSequence(src, anchor, src.length, out, at, 0) - begin
}

/** Token, literal length and literals. */
function writeSequence(src: Buffer, from: number, to: number, out: Buffer, begin: number, match: number): number {
  const literals = to - from
  out[begin] = (Math.min(literals, 15) << 4) | Math.min(match, 15)
  const at = writeLength(out, begin + 1, literals)
  src.copy(out, at, from, to)
  return at + literals
}

/** The bytes of a length beyond the 15 that the token holds. */
function writeLength(out: Buffer, begin: number, length: number): number {
  if (length < 15) return begin
  let at = begin
  let rest = length - 15
  for (; rest >= 255; rest -= 255) out[at++] = 255
  out[at++] = rest
  return at
}

/** Reads any LZ4 frame, also with linked blocks and checksums (which are passed over: Kafka has its own). */
export function decompressFrame(input: Buffer): Buffer {
  if (input.length < 7 || input.readUInt32LE(0) !== MAGIC) throw new Error('not an LZ4 frame')
  const flags = input.readUInt8(4)
  const blockChecksum = (flags & 0x10) !== 0
  const maxBlock = 1 << (8 + 2 * ((input.readUInt8(5) >>> 4) & 7))
  let at = 6 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1
  let out = Buffer.allocUnsafe(Math.max(maxBlock, input.length * 4))
  let size = 0
  for (;;) {
    const header = input.readUInt32LE(at)
    at += 4
    if (header === 0) return out.subarray(0, size)
    const length = header & ~STORED
    if (out.length - size < maxBlock)
      out = Buffer.concat([out.subarray(0, size)], Math.max(out.length * 2, size + maxBlock))
    const block = input.subarray(at, at + length)
    size = header >= STORED ? size + block.copy(out, size) : decompressBlock(block, out, size)
    at += length + (blockChecksum ? 4 : 0)
  }
}

/** Writes what a block holds into `out` from `begin` on; returns where it ends. Throws when the block is damaged or `out` too small. */
export function decompressBlock(src: Buffer, out: Buffer, begin: number): number {
  let at = 0
  let size = begin
  while (at < src.length) {
    const token = src.readUInt8(at++)
    let literals = token >>> 4
    if (literals === 15) for (let more = 255; more === 255; literals += more) more = src.readUInt8(at++)
    if (at + literals > src.length || size + literals > out.length) throw new Error('a damaged LZ4 block')
    src.copy(out, size, at, at + literals)
    at += literals
    size += literals
    if (at >= src.length) break
    const distance = src.readUInt16LE(at)
    at += 2
    let match = token & 15
    if (match === 15) for (let more = 255; more === 255; match += more) more = src.readUInt8(at++)
    match += MIN_MATCH
    const from = size - distance
    if (distance === 0 || from < 0 || size + match > out.length) throw new Error('a damaged LZ4 block')
    // A match may overlap what it writes, so byte by byte unless it doesn't.
    if (distance >= match) out.copy(out, size, from, from + match)
    else for (let index = 0; index < match; index++) out[size + index] = out[from + index] ?? 0
    size += match
  }
  return size
}

/** Second byte of xxHash32 (seed 0) of a short descriptor: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md */
function headerChecksum(bytes: Buffer): number {
  let hash = (0x165667b1 + bytes.length) | 0
  for (const byte of bytes) {
    hash = (hash + Math.imul(byte, 0x165667b1)) | 0
    hash = Math.imul((hash << 11) | (hash >>> 21), 0x9e3779b1)
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d)
  hash ^= hash >>> 16
  return (hash >>> 8) & 0xff
}
