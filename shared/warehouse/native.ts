/**
 * Columns in ClickHouse's Native format: what the engine reads with the least work. Strings fit String and LowCardinality(String) columns, because the engine converts between them;
 * codes are LowCardinality(String) as they stand, and amounts of millionths Decimal(18, 6).
 * https://clickhouse.com/docs/interfaces/formats/Native
 */
export type NativeColumn = { name: string; type: string; bytes: () => Buffer }

/** One block as the pieces that follow each other: joined they would be there twice. */
export type NativeBlock = readonly Buffer[]

/** `rows` rows of these columns. */
export function nativeBlock(columns: readonly NativeColumn[], rows: number): NativeBlock {
  const head = Buffer.concat([varint(columns.length), varint(rows)])
  return [head, ...columns.flatMap(column => [text(column.name, column.type), column.bytes()])]
}

/** A growing column of strings: each is its length and its bytes. */
export class Strings implements NativeColumn {
  readonly type = 'String'
  readonly name: string
  #buffer: Buffer
  #end = 0

  /** `bytes` is a guess at what all of them take. */
  constructor(name: string, rows: number, bytes: number = rows * 12) {
    this.name = name
    this.#buffer = Buffer.allocUnsafe(Math.max(64, bytes))
  }

  push(value: string, times = 1): void {
    if (times === 0) return
    const start = this.#end
    this.#write(value)
    const more = (this.#end - start) * (times - 1)
    this.#room(more)
    const buffer = this.#buffer
    const until = this.#end + more
    // Byte by byte from the first on repeats it; a call that copies costs more than the few bytes of a code.
    for (let from = start; this.#end < until; from++) buffer[this.#end++] = buffer[from] ?? 0
  }

  /** Text that is bytes already. */
  pushBytes(value: Buffer): void {
    this.#room(value.length + 5)
    this.#end = writeVarint(this.#buffer, this.#end, value.length)
    value.copy(this.#buffer, this.#end)
    this.#end += value.length
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#end)
  }

  #write(value: string): void {
    this.#room(value.length * 3 + 5)
    const buffer = this.#buffer
    if (value.length < 32) {
      let at = this.#end + 1
      let index = 0
      for (; index < value.length; index++) {
        const code = value.charCodeAt(index)
        if (code > 127) break
        buffer[at++] = code
      }
      if (index === value.length) {
        buffer[this.#end] = value.length
        this.#end = at
        return
      }
    }
    const bytes = Buffer.byteLength(value)
    this.#end = writeVarint(buffer, this.#end, bytes)
    this.#end += buffer.write(value, this.#end)
  }

  #room(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#end + bytes))
    this.#buffer.copy(larger, 0, 0, this.#end)
    this.#buffer = larger
  }
}

/** A growing column of strings of which there are few: each once, and each row its place among them. */
export class Codes implements NativeColumn {
  readonly type = 'LowCardinality(String)'
  readonly name: string
  readonly #places = new Map<string, number>()
  readonly #keys: Strings
  readonly #rows: Uint32Array
  #row = 0

  constructor(name: string, rows: number) {
    this.name = name
    this.#keys = new Strings('', 64)
    this.#rows = new Uint32Array(rows)
  }

  push(value: string, times = 1): void {
    if (times === 0) return
    const place = this.#placeOf(value)
    for (let time = 0; time < times; time++) this.#rows[this.#row++] = place
  }

  bytes(): Buffer {
    const keys = this.#places.size
    const size = keys <= 0x100 ? 0 : keys <= 0x10000 ? 1 : 2
    const rows = this.#rows.subarray(0, this.#row)
    const places = size === 0 ? Uint8Array.from(rows) : size === 1 ? Uint16Array.from(rows) : rows
    return Buffer.concat([
      words(sharedDictionaries, size | ownKeys | newDictionary, keys),
      this.#keys.bytes(),
      words(this.#row),
      Buffer.from(places.buffer, places.byteOffset, places.byteLength),
    ])
  }

  #placeOf(value: string): number {
    const known = this.#places.get(value)
    if (known !== undefined) return known
    const place = this.#places.size
    this.#places.set(value, place)
    this.#keys.push(value)
    return place
  }
}

/** A column of 64-bit integers given as safe integers: `UInt64`, or `Decimal(18, 6)` of millionths. */
export class Integers implements NativeColumn {
  readonly name: string
  readonly type: string
  readonly #words: Int32Array
  #row = 0

  constructor(name: string, type: 'UInt64' | 'Decimal(18, 6)', rows: number) {
    this.name = name
    this.type = type
    this.#words = new Int32Array(rows * 2)
  }

  push(value: number, times = 1): void {
    const high = Math.floor(value / 4294967296)
    const low = value - high * 4294967296
    for (let time = 0; time < times; time++) {
      this.#words[this.#row++] = low
      this.#words[this.#row++] = high
    }
  }

  bytes(): Buffer {
    return Buffer.from(this.#words.buffer, 0, this.#row * 4)
  }
}

/** A column of small integers: `UInt8`, `Date` (days since 1970), `DateTime` and `UInt32`. */
export class Smalls implements NativeColumn {
  readonly name: string
  readonly type: string
  readonly #values: Uint8Array | Uint16Array | Uint32Array
  #row = 0

  constructor(name: string, type: 'UInt8' | 'Date' | 'UInt32' | `DateTime('UTC')`, rows: number) {
    this.name = name
    this.type = type
    this.#values =
      type === 'UInt8' ? new Uint8Array(rows) : type === 'Date' ? new Uint16Array(rows) : new Uint32Array(rows)
  }

  push(value: number, times = 1): void {
    for (let time = 0; time < times; time++) this.#values[this.#row++] = value
  }

  bytes(): Buffer {
    return Buffer.from(this.#values.buffer, 0, this.#row * this.#values.BYTES_PER_ELEMENT)
  }
}

/** `SerializationLowCardinality` of the engine: version of its format, and flags beside the size of a place. */
const sharedDictionaries = 1
const ownKeys = 1 << 9
const newDictionary = 1 << 10

/** Small numbers as 64 bits each. */
function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 8)
  for (const [index, value] of values.entries()) buffer.writeUInt32LE(value, index * 8)
  return buffer
}

function text(...values: readonly string[]): Buffer {
  return Buffer.concat(values.flatMap(value => [varint(Buffer.byteLength(value)), Buffer.from(value)]))
}

function varint(value: number): Buffer {
  const buffer = Buffer.alloc(5)
  return buffer.subarray(0, writeVarint(buffer, 0, value))
}

function writeVarint(buffer: Buffer, start: number, value: number): number {
  let at = start
  let rest = value
  while (rest >= 128) {
    buffer[at++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  buffer[at++] = rest
  return at
}
