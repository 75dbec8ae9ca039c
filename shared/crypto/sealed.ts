import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/**
 * One encrypted value as text: `enc:1:<field>:<key id>:<nonce, tag and ciphertext in base64url>`. AES-256-GCM with a nonce of its own; field and key id are
 * authenticated, so that a value moved to another field or person does not open.
 */
export type SealedParts = { field: string; keyId: string; payload: Buffer; header: string }

const prefix = 'enc:1:'
/** A nonce and a tag, even of nothing, are 38 signs. */
const form = /^enc:1:([a-z]+\.[a-z]+):([\w-]+):([\w-]{38,})$/

/** Whether it has the whole form: a name that only begins like it is sealed like any other. */
export const isSealed = (text: string): boolean => text.startsWith(prefix) && form.test(text)

export function seal(key: Buffer, keyId: string, field: string, text: string): string {
  const header = `${prefix}${field}:${keyId}`
  return `${header}:${encrypt(key, Buffer.from(text, 'utf8'), header).toString('base64url')}`
}

/** The parts of a sealed text; undefined when it is none. */
export function readSealed(text: string): SealedParts | undefined {
  const match = form.exec(text)
  if (match === null) return undefined
  const [, field = '', keyId = '', payload = ''] = match
  return { field, keyId, payload: Buffer.from(payload, 'base64url'), header: `${prefix}${field}:${keyId}` }
}

/** The text that was sealed; undefined when the key is another one or the text was tampered with. */
export function open(key: Buffer, { payload, header }: SealedParts): string | undefined {
  return decrypt(key, payload, header)?.toString('utf8')
}

export function encrypt(key: Buffer, plain: Buffer, authenticated: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(authenticated))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

export function decrypt(key: Buffer, payload: Buffer, authenticated: string): Buffer | undefined {
  if (payload.length < 28) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, payload.subarray(0, 12))
  decipher.setAAD(Buffer.from(authenticated))
  decipher.setAuthTag(payload.subarray(12, 28))
  try {
    return Buffer.concat([decipher.update(payload.subarray(28)), decipher.final()])
  } catch {
    return undefined
  }
}
