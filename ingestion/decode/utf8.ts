import { isAscii } from 'node:buffer'

/** What each byte from 0x80 on is in Windows-1252. */
const windowsSigns = new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 128 }, (_, i) => 128 + i))
/** From so many bytes on that are no UTF-8, ten for each that is, nobody doubts any more. */
const settled = 1_000

/** Signs of several bytes among UTF-8, and the places of bytes that belong to none. */
export type Signs = { whole: number; broken: readonly number[] }

export function signsOf(bytes: Uint8Array): Signs {
  const broken: number[] = []
  let whole = 0
  let at = 0
  while (at < bytes.length) {
    if ((bytes[at] ?? 0) < 0x80) at++
    else {
      const length = signLength(bytes, at)
      if (length === 0) broken.push(at)
      else whole++
      at += length === 0 ? 1 : length
    }
  }
  return { whole, broken }
}

/** Bytes at the end that begin a sign whose rest is still to come. */
export function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return lengthBy(byte) > back ? back : 0
  }
  return 0
}

/**
 * Text that is UTF-8, or most of whose accents are: bytes that are no part of it, from rows that another program wrote, are read as Windows-1252. Where nobody has said that
 * it is UTF-8 and most accents are none, all of it is Windows-1252.
 */
export class Utf8Text {
  readonly #stated: boolean
  #pending: Buffer | undefined
  #whole = 0
  #broken = 0
  #strict = strict()
  readonly #windows = new TextDecoder('windows-1252')

  constructor(stated: boolean) {
    this.#stated = stated
  }

  push(chunk: Buffer): string {
    if (this.#pending === undefined && isAscii(chunk)) return chunk.toString('latin1')
    const bytes = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk])
    const rest = unfinished(bytes)
    this.#pending = rest === 0 ? undefined : Buffer.from(bytes.subarray(bytes.length - rest))
    return this.#text(bytes.subarray(0, bytes.length - rest))
  }

  /** A sign that is never finished is none, in either encoding. */
  end(): string {
    return this.#pending === undefined ? '' : mended(this.#pending, signsOf(this.#pending).broken)
  }

  get #isWindows(): boolean {
    return !this.#stated && this.#broken > this.#whole
  }

  #text(bytes: Buffer): string {
    if (this.#isWindows && this.#broken > settled && this.#broken > this.#whole * 10) return this.#windowsText(bytes)
    const whole = this.#wholeText(bytes)
    const signs = whole === undefined ? signsOf(bytes) : { whole: bytes.length - whole.length, broken: [] }
    this.#whole += signs.whole
    this.#broken += signs.broken.length
    if (this.#isWindows) return this.#windowsText(bytes)
    return whole ?? mended(bytes, signs.broken)
  }

  // Decoders that are told that more may come take a third of the time; no piece ends within a sign, so nothing stays in them.
  #wholeText(bytes: Buffer): string | undefined {
    try {
      return this.#strict.decode(bytes, { stream: true })
    } catch {
      this.#strict = strict()
      return undefined
    }
  }

  #windowsText(bytes: Buffer): string {
    return this.#windows.decode(bytes, { stream: true })
  }
}

/** Byte order marks are taken off by who opens the file: inside it they are signs like others. */
function strict(): TextDecoder {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
}

function mended(bytes: Buffer, broken: readonly number[]): string {
  let text = ''
  let from = 0
  for (const at of broken) {
    text += bytes.toString('utf8', from, at) + (windowsSigns[(bytes[at] ?? 0) - 128] ?? '')
    from = at + 1
  }
  return text + bytes.toString('utf8', from)
}

function lengthBy(lead: number): number {
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
}

/** How many bytes the sign has that begins there; 0 when none does. */
function signLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0
  const next = bytes[at + 1] ?? 0
  if (lead < 0xc2 || lead > 0xf4) return 0
  // Overlong signs, halves of pairs and what lies beyond Unicode are none.
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (next < lowest || next > highest) return 0
  const length = lengthBy(lead)
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0
  return length
}
