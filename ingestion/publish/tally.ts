const fewestSlots = 4096

/**
 * Counts per key in a few bytes each, for files of any size: keys are 64-bit hashes in typed arrays. Two generations bound the memory: when the young
 * one is full it becomes the old one, and a key that is met again moves over with its count. So at least the last `capacity` different keys are known.
 */
export class Tally {
  readonly #capacity: number
  readonly #words: 2 | 3
  #young: Generation
  #old: Generation | undefined

  /** `presence` knows no counts beyond 1 and takes a third less memory. */
  constructor(capacity: number, kept: 'counts' | 'presence' = 'counts') {
    this.#capacity = capacity
    this.#words = kept === 'counts' ? 3 : 2
    this.#young = new Generation(fewestSlots, this.#words)
  }

  /** The count of a key before this call, which counts it once more. */
  next(key: Hash): number {
    const before = this.peek(key)
    this.set(key, before + 1)
    return before
  }

  set(key: Hash, count: number): void {
    if (this.#young.size >= this.#capacity) {
      // The tables of a large file are used again and again: new ones would lie beside what is not yet collected.
      const spare = this.#old
      this.#old = this.#young
      this.#young = spare?.cleared() ?? new Generation(this.#old.slots, this.#words)
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

/** An open-addressing table: two words of hash a slot, and one for the count where counts are kept. Two zeros mark a free slot. */
class Generation {
  size = 0
  readonly #words: 2 | 3
  #slots: Uint32Array
  #mask: number

  constructor(slots: number, words: 2 | 3) {
    this.#words = words
    this.#slots = new Uint32Array(slots * words)
    this.#mask = slots - 1
  }

  get slots(): number {
    return this.#mask + 1
  }

  cleared(): Generation {
    this.#slots.fill(0)
    this.size = 0
    return this
  }

  get(high: number, low: number): number {
    const at = this.#find(taken(high, low), low)
    if (this.#slots[at] === 0 && this.#slots[at + 1] === 0) return 0
    return this.#words === 2 ? 1 : (this.#slots[at + 2] ?? 0)
  }

  set(high: number, low: number, count: number): void {
    const own = taken(high, low)
    const at = this.#find(own, low)
    const slots = this.#slots
    if (slots[at] === 0 && slots[at + 1] === 0) {
      this.size++
      slots[at] = own
      slots[at + 1] = low
    }
    if (this.#words === 3) slots[at + 2] = count
    if (this.size * 10 > (this.#mask + 1) * 7) this.#grow()
  }

  #find(high: number, low: number): number {
    const slots = this.#slots
    const mask = this.#mask
    const words = this.#words
    let slot = low & mask
    for (;;) {
      const at = slot * words
      const first = slots[at]
      const second = slots[at + 1]
      if ((first === high && second === low) || (first === 0 && second === 0)) return at
      slot = (slot + 1) & mask
    }
  }

  #grow(): void {
    const before = this.#slots
    const words = this.#words
    const count = (this.#mask + 1) * 2
    this.#slots = new Uint32Array(count * words)
    this.#mask = count - 1
    for (let at = 0; at < before.length; at += words) {
      const high = before[at] ?? 0
      const low = before[at + 1] ?? 0
      if (high === 0 && low === 0) continue
      const to = this.#find(high, low)
      this.#slots[to] = high
      this.#slots[to + 1] = low
      if (words === 3) this.#slots[to + 2] = before[at + 2] ?? 0
    }
  }
}

/** The upper half as it is stored: the one hash that looks like a free slot becomes its neighbour. */
function taken(high: number, low: number): number {
  return high === 0 && low === 0 ? 1 : high
}
