import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Config } from '#shared/config.ts'
import { DataAppError, messageOf } from '#shared/error.ts'
import { keptPrivate, writePrivate } from '#shared/home.ts'
import { decrypt, encrypt } from './sealed.ts'

/** What wraps data keys: AWS KMS, or the key ring file of one machine. Plain data keys are never written anywhere. */
export interface Master {
  /** Names what wraps now; kept beside each wrapped key. */
  readonly id: string
  wrap(key: Buffer): Promise<string>
  /** Rejects with `KEYS_UNREADABLE` when what wrapped it is gone or refuses. */
  unwrap(wrapped: string, wrappedBy: string): Promise<Buffer>
  /** Makes a new master key where that is ours to do (the file); KMS rotates its own. */
  renew(): Promise<void>
  /** Forgets the master keys that nothing is wrapped by any more. */
  keepOnly(ids: readonly string[]): Promise<void>
}

const ringSchema = z.strictObject({
  v: z.literal(1),
  current: z.string(),
  keys: z.array(z.strictObject({ id: z.string(), key: z.base64(), createdAt: z.string() })),
})
type Ring = z.infer<typeof ringSchema>

export async function openMaster(config: Config): Promise<Master> {
  const kmsKey = config.DATAAPP_KEYS_KMS_KEY_ID
  return kmsKey === undefined ? fileMaster(join(config.DATAAPP_HOME, 'keys.json')) : kmsMaster(kmsKey, config)
}

function fileMaster(path: string): Master {
  let ring = readRing(path)
  const save = (next: Ring) => {
    writePrivate(path, JSON.stringify(next))
    ring = next
  }
  const find = (id: string) => {
    const known = () => ring.keys.find(key => key.id === id)
    // Another process may have renewed the ring since.
    if (known() === undefined) ring = readRing(path)
    const entry = known()
    if (entry === undefined)
      throw new DataAppError('KEYS_UNREADABLE', `The key ring ${path} has no key "${id}".`, {
        hint: 'Restore keys.json from the backup that belongs to this data.',
      })
    return Buffer.from(entry.key, 'base64')
  }
  return {
    get id() {
      return ring.current
    },
    wrap: async key => encrypt(find(ring.current), key, ring.current).toString('base64url'),
    unwrap: async (wrapped, wrappedBy) => {
      const key = decrypt(find(wrappedBy), Buffer.from(wrapped, 'base64url'), wrappedBy)
      if (key === undefined)
        throw new DataAppError('KEYS_UNREADABLE', `A data key does not open with the key ring ${path}.`, {
          hint: 'This keys.json belongs to other data. Restore the one from the same backup.',
        })
      return key
    },
    renew: async () => {
      const entry = newEntry()
      // As it stands now: another process may have renewed it since, and what is not in the ring any more opens never again.
      save({ v: 1, current: entry.id, keys: [...readRing(path).keys, entry] })
    },
    keepOnly: async ids => {
      save({ ...ring, keys: ring.keys.filter(key => key.id === ring.current || ids.includes(key.id)) })
    },
  }
}

function readRing(path: string): Ring {
  const text = keptPrivate(path, firstRing)
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    throw new DataAppError('KEYS_EXPOSED', `The key ring ${path} can be read by others.`, {
      hint: `Only its owner may read it: chmod 600 ${path}. If others may have read it, run \`dataapp key rotate\` then.`,
    })
  try {
    return ringSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new DataAppError('KEYS_UNREADABLE', `The key ring ${path} is damaged (${messageOf(error).slice(0, 200)}).`, {
      hint: 'Restore keys.json from the backup that belongs to this data.',
      cause: error,
    })
  }
}

function firstRing(): string {
  const entry = newEntry()
  const ring: Ring = { v: 1, current: entry.id, keys: [entry] }
  return JSON.stringify(ring)
}

function newEntry(): Ring['keys'][number] {
  return {
    id: `m${randomBytes(6).toString('hex')}`,
    key: randomBytes(32).toString('base64'),
    createdAt: new Date().toISOString(),
  }
}

async function kmsMaster(keyId: string, config: Config): Promise<Master> {
  // Loaded by those who use it: it takes 22 MB.
  const { DecryptCommand, EncryptCommand, KMSClient } = await import('@aws-sdk/client-kms')
  const endpoint = process.env.AWS_ENDPOINT_URL_KMS
  const client = new KMSClient({
    region: config.DATAAPP_S3_REGION,
    ...(endpoint === undefined ? {} : { endpoint }),
  })
  const context = { application: 'dataapp' }
  const failed = (error: unknown) =>
    new DataAppError('KEYS_UNREADABLE', `AWS KMS refused to work with ${keyId}: ${messageOf(error)}.`, {
      hint: 'Check DATAAPP_KEYS_KMS_KEY_ID and that this role may use kms:Encrypt and kms:Decrypt on it.',
      cause: error,
    })
  return {
    id: keyId,
    wrap: async key => {
      try {
        const answer = await client.send(
          new EncryptCommand({ KeyId: keyId, Plaintext: key, EncryptionContext: context }),
        )
        return Buffer.from(answer.CiphertextBlob ?? []).toString('base64url')
      } catch (error) {
        throw failed(error)
      }
    },
    unwrap: async (wrapped, wrappedBy) => {
      try {
        const answer = await client.send(
          new DecryptCommand({
            KeyId: wrappedBy,
            CiphertextBlob: Buffer.from(wrapped, 'base64url'),
            EncryptionContext: context,
          }),
        )
        return Buffer.from(answer.Plaintext ?? [])
      } catch (error) {
        throw failed(error)
      }
    },
    renew: async () => {},
    keepOnly: async () => {},
  }
}
