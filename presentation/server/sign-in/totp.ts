import { createHmac, randomBytes } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const period = 30

/** Codes of the periods just before and after pass too: clocks differ. */
const tolerance = 1

/** A secret for an authenticator app: 160 bits in base32, as RFC 4226 advises. */
export function newTotpSecret(): string {
  return base32(randomBytes(20))
}

/** The number of the half minute that a time is in. */
export function counterAt(time: Date): number {
  return Math.floor(time.getTime() / 1000 / period)
}

/** The code of one half minute: HOTP (RFC 4226) over the counter, six digits. */
export function totpCode(secret: string, counter: number): string {
  const message = Buffer.alloc(8)
  message.writeBigUInt64BE(BigInt(counter))
  const mac = createHmac('sha1', fromBase32(secret)).update(message).digest()
  const offset = mac.readUInt8(mac.length - 1) & 0x0f
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** The counter whose code this is, near `now` and after the last one used; undefined when the code is wrong, late or used already. */
export function acceptedCounter(secret: string, code: string, now: Date, lastUsed: number): number | undefined {
  const current = counterAt(now)
  for (let counter = current - tolerance; counter <= current + tolerance; counter++)
    if (counter > lastUsed && totpCode(secret, counter) === code) return counter
  return undefined
}

/** The link that authenticator apps read, also from a QR code. */
export function otpauthLink(secret: string, chain: string, email: string): string {
  const label = `${encodeURIComponent(chain)}:${encodeURIComponent(email)}`
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(chain)}&algorithm=SHA1&digits=6&period=${period}`
}

export function base32(bytes: Buffer): string {
  const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map(five => alphabet.charAt(Number.parseInt(five.padEnd(5, '0'), 2))).join('')
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map(letter => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map(eight => Number.parseInt(eight, 2)))
}
