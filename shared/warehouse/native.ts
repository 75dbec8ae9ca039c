/**
 * Columns in ClickHouse's Native format: what the engine reads with the least work. Strings fit String and LowCardinality(String) columns, because the engine
 * converts between them; amounts of millionths are Decimal(18, 6) as they stand. https://clickhouse.com/docs/interfaces/formats/Native
 */
export type NativeColumn = { name: string; type: string; bytes: () => Buffer }

/** One block: `rows` rows of these columns. */
export function nativeBlock(columns: readonly NativeColumn[], rows: number): Buffer {
  const parts: Buffer[] = [varint(columns.length), varint(rows)]
  for (const column of columns) parts.push(text(column.name), text(column.type), column.bytes())
  return Buffer.concat(parts)
}

/** A growing column of strings: each is its length and its bytes. */
export class Strings implements NativeColumn {
  readonly type = 'String'
  readonly name: string
  #buffer: Buffer
  #end = 0
  #last = ''
  #lastStart = 0
  #lastEnd = 0

  /** `bytes` is a guess at what all of them take. */
  constructor(name: string, rows: number, bytes: number = rows * 12) {
    this.name = name
    this.#buffer = Buffer.allocUnsafe(Math.max(64, bytes))
  }

  /** The same string as before is copied as bytes: columns of a sale repeat from line to line. */
  push(value: string): void {
    const length = this.#lastEnd - this.#lastStart
    if (value === this.#last && length > 0) {
      this.#room(length)
      this.#buffer.copyWithin(this.#end, this.#lastStart, this.#lastEnd)
      this.#lastStart = this.#end
      this.#end += length
      this.#lastEnd = this.#end
      return
    }
    this.#lastStart = this.#end
    this.#write(value)
    this.#last = value
    this.#lastEnd = this.#end
  }

  /** Text that is bytes already. */
  pushBytes(value: Buffer): void {
    this.#room(value.length + 5)
    this.#end = writeVarint(this.#buffer, this.#end, value.length)
    this.#lastStart = this.#end
    this.#lastEnd = this.#end
    this.#last = ''
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

  push(value: number): void {
    const high = Math.floor(value / 4294967296)
    this.#words[this.#row++] = value - high * 4294967296
    this.#words[this.#row++] = high
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

  push(value: number): void {
    this.#values[this.#row++] = value
  }

  bytes(): Buffer {
    return Buffer.from(this.#values.buffer, 0, this.#row * this.#values.BYTES_PER_ELEMENT)
  }
}

function text(value: string): Buffer {
  return Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)])
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
