import { doubled } from './doubled.ts'

/** Names seen as raw bytes, each with a small number: the order in which it first appeared. */
export type ByteNames = {
  /** The number of the name in `bytes[from, to)`, new or known. `line` is kept for names that turn out unreadable. */
  number(bytes: Uint8Array, from: number, to: number, line: number): number
  readonly size: number
  /** The names' bytes, in the order of their numbers. */
  bytes(): Uint8Array[]
  /** The line where the name numbered `id` first stood. */
  firstLine(id: number): number
}

/**
 * An open-addressing table from bytes to small numbers. Two lookups a line are most of the cost of reading a basket
 * file, and doing them on bytes spares making (and collecting) two strings a line.
 */
export function byteNames(): ByteNames {
  let slots = new Int32Array(1 << 12)
  let hashes = new Int32Array(1 << 11)
  let starts = new Int32Array(1 << 11)
  let lines = new Int32Array(1 << 11)
  let store = new Uint8Array(1 << 16)
  let size = 0

  const grow = () => {
    hashes = doubled(hashes)
    starts = doubled(starts)
    lines = doubled(lines)
    slots = new Int32Array(slots.length * 2)
    const mask = slots.length - 1
    for (let id = 0; id < size; id++) {
      let slot = (hashes[id] ?? 0) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = id + 1
    }
  }

  const add = (bytes: Uint8Array, from: number, to: number, hash: number, slot: number, line: number): number => {
    const start = starts[size] ?? 0
    const end = start + to - from
    while (end > store.length) {
      const bigger = new Uint8Array(store.length * 2)
      bigger.set(store)
      store = bigger
    }
    for (let i = from, at = start; i < to; i++, at++) store[at] = bytes[i] ?? 0
    const id = size++
    hashes[id] = hash
    lines[id] = line
    slots[slot] = id + 1
    if (size + 1 >= starts.length) grow()
    starts[size] = end
    return id
  }

  return {
    number(bytes, from, to, line) {
      let hash = -2128831035
      for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 16777619)
      hash ^= hash >>> 15
      const mask = slots.length - 1
      let slot = hash & mask
      for (;;) {
        const id = (slots[slot] ?? 0) - 1
        if (id < 0) return add(bytes, from, to, hash, slot, line)
        if (hashes[id] === hash) {
          const start = starts[id] ?? 0
          if ((starts[id + 1] ?? 0) - start === to - from) {
            let i = 0
            while (i < to - from && store[start + i] === bytes[from + i]) i++
            if (i === to - from) return id
          }
        }
        slot = (slot + 1) & mask
      }
    },
    get size() {
      return size
    },
    bytes: () => Array.from({ length: size }, (_, id) => store.subarray(starts[id], starts[id + 1])),
    firstLine: id => lines[id] ?? 0,
  }
}
