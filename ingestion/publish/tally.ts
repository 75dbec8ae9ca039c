const fewestSlots = 4096

/**
 * Counts per key in a few bytes each, for files of any size: keys are 64-bit hashes in typed arrays. Two generations bound the memory: when the young
 * one is full it becomes the old one, and a key that is met again moves over with its count. So at least the last `capacity` different keys are known.
 */
export class Tally {
  readonly #capacity: number
  #young: Generation
  #old: Generation | undefined

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#young = new Generation(fewestSlots)
  }

  /** The count of a key before this call, which counts it once more. */
  next(key: Hash): number {
    const before = this.peek(key)
    this.set(key, before + 1)
    return before
  }

  set(key: Hash, count: number): void {
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young
      this.#young = new Generation(fewestSlots)
    }
    this.#young.set(key.high, key.low, count)
  }

  peek(key: Hash): number {
    const count = this.#young.get(key.high, key.low)
    return count === 0 && this.#old !== undefined ? this.#old.get(key.high, key.low) : count
  }
}

/** A 64-bit hash as two unsigned halves. One object is used again and again, so that hashing makes no garbage. */
export type Hash = { high: number; low: number }

/** Hashes texts one after the other into `hash`; texts are kept apart, so that `ab, c` differs from `a, bc`. */
export function hashTexts(hash: Hash, ...texts: readonly string[]): Hash {
  let high = 0x9e3779b9
  let low = 0x85ebca6b
  for (const text of texts) {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      high = Math.imul(high ^ code, 0x01000193)
      low = Math.imul((low << 5) ^ (low >>> 27) ^ code, 0xcc9e2d51)
    }
    high = Math.imul(high ^ 0xffff1, 0x01000193)
    low = Math.imul(low ^ (low >>> 15) ^ 0xffff1, 0x1b873593)
  }
  return finished(hash, high, low)
}

/** Finishes a hash that was made in passing, sign by sign. */
export function finished(hash: Hash, high: number, low: number): Hash {
  hash.high = mix(high ^ (low >>> 7))
  hash.low = mix(low ^ Math.imul(high, 0x85ebca6b))
  return hash
}

function mix(value: number): number {
  let v = value ^ (value >>> 16)
  v = Math.imul(v, 0x85ebca6b)
  v ^= v >>> 13
  v = Math.imul(v, 0xc2b2ae35)
  return (v ^ (v >>> 16)) >>> 0
}

/** An open-addressing table: three words a slot (hash, hash, count). A count of 0 marks a free slot. */
class Generation {
  size = 0
  #slots: Uint32Array
  #mask: number

  constructor(slots: number) {
    this.#slots = new Uint32Array(slots * 3)
    this.#mask = slots - 1
  }

  get(high: number, low: number): number {
    return this.#slots[this.#find(high, low) + 2] ?? 0
  }

  set(high: number, low: number, count: number): void {
    const at = this.#find(high, low)
    const slots = this.#slots
    if (slots[at + 2] === 0) {
      this.size++
      slots[at] = high
      slots[at + 1] = low
    }
    slots[at + 2] = count
    if (this.size * 10 > (this.#mask + 1) * 7) this.#grow()
  }

  #find(high: number, low: number): number {
    const slots = this.#slots
    const mask = this.#mask
    let slot = low & mask
    for (;;) {
      const at = slot * 3
      if (slots[at + 2] === 0 || (slots[at] === high && slots[at + 1] === low)) return at
      slot = (slot + 1) & mask
    }
  }

  #grow(): void {
    const before = this.#slots
    const count = (this.#mask + 1) * 2
    this.#slots = new Uint32Array(count * 3)
    this.#mask = count - 1
    for (let at = 0; at < before.length; at += 3) {
      const high = before[at] ?? 0
      const low = before[at + 1] ?? 0
      const kept = before[at + 2] ?? 0
      if (kept === 0) continue
      const to = this.#find(high, low)
      this.#slots[to] = high
      this.#slots[to + 1] = low
      this.#slots[to + 2] = kept
    }
  }
}
