import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import type { Config } from '#shared/config.ts'
import { DataAppError, messageOf } from '#shared/error.ts'
import type { Bytes } from '../decode/bytes.ts'

/** One object: its place and what tells this content from any other. */
export type S3Object = { bucket: string; key: string; size: number; etag: string; version?: string | undefined }

const retries = 6
const firstWaitMs = 200

export function openS3(config: Config): S3Client {
  return new S3Client({
    region: config.DATAAPP_S3_REGION,
    maxAttempts: retries,
    ...(config.DATAAPP_S3_ENDPOINT === undefined ? {} : { endpoint: config.DATAAPP_S3_ENDPOINT, forcePathStyle: true }),
  })
}

/** `s3://bucket/prefix` in its two parts; undefined when it is none. */
export function parseS3Url(url: string): { bucket: string; prefix: string } | undefined {
  const match = /^s3:\/\/([a-z0-9.-]+)(?:\/(.*))?$/.exec(url)
  return match?.[1] === undefined ? undefined : { bucket: match[1], prefix: match[2] ?? '' }
}

export function urlOf({ bucket, key }: { bucket: string; key: string }): string {
  return `s3://${bucket}/${key}`
}

/** Key and version (or ETag) stand for the content: an object is never read only to find out whether it is known. */
export function fingerprintOf({ bucket, key, size, etag, version }: S3Object): string {
  return createHash('sha256')
    .update([bucket, key, size, version ?? etag].join('\n'))
    .digest('hex')
    .slice(0, 32)
}

/** All objects below a prefix, in order of their keys. */
export async function* listObjects(client: S3Client, bucket: string, prefix: string): AsyncGenerator<S3Object> {
  let token: string | undefined
  do {
    const page = await client
      .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }))
      .catch((error: unknown) => {
        throw s3Error(`s3://${bucket}/${prefix}`, error)
      })
    for (const { Key, Size, ETag } of page.Contents ?? [])
      if (Key !== undefined && !Key.endsWith('/')) yield { bucket, key: Key, size: Size ?? 0, etag: ETag ?? '' }
    token = page.NextContinuationToken
  } while (token !== undefined)
}

/** What is at a key now; undefined when there is nothing. */
export async function headObject(client: S3Client, bucket: string, key: string): Promise<S3Object | undefined> {
  try {
    const { ContentLength, ETag } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    return { bucket, key, size: ContentLength ?? 0, etag: ETag ?? '' }
  } catch (error) {
    if (nameOf(error) === 'NotFound' || nameOf(error) === 'NoSuchKey') return undefined
    throw s3Error(urlOf({ bucket, key }), error)
  }
}

/** The object's bytes as a stream. A connection that breaks goes on by range where it was, on the same content. */
export function s3Bytes(client: S3Client, object: S3Object): Bytes {
  return { name: urlOf(object), size: object.size, open: from => ranges(client, object, from ?? 0) }
}

async function* ranges(client: S3Client, object: S3Object, from: number): AsyncGenerator<Buffer> {
  let at = from
  let failures = 0
  while (at < object.size) {
    try {
      const { Body } = await client.send(
        new GetObjectCommand({
          Bucket: object.bucket,
          Key: object.key,
          IfMatch: object.etag === '' ? undefined : object.etag,
          Range: at === 0 ? undefined : `bytes=${at}-`,
        }),
      )
      if (!(Body instanceof Readable)) throw new Error('the answer has no body')
      for await (const chunk of Body) {
        const piece: Buffer = chunk
        at += piece.length
        failures = 0
        yield piece
      }
    } catch (error) {
      failures++
      if (isFinal(error) || failures >= retries) throw s3Error(urlOf(object), error)
      await sleep(firstWaitMs * 2 ** failures)
    }
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}

function isFinal(error: unknown): boolean {
  return [
    'NoSuchKey',
    'NotFound',
    'NoSuchBucket',
    'AccessDenied',
    'PreconditionFailed',
    'InvalidAccessKeyId',
    'SignatureDoesNotMatch',
    'CredentialsProviderError',
  ].includes(nameOf(error))
}

function s3Error(place: string, error: unknown): DataAppError {
  const name = nameOf(error)
  const [code, what, hint]: [Uppercase<string>, string, string] =
    name === 'NoSuchBucket' || name === 'NoSuchKey' || name === 'NotFound'
      ? ['S3_NOT_FOUND', 'is not there', 'Are bucket and key right?']
      : name === 'AccessDenied' ||
          name === 'Forbidden' ||
          name === 'InvalidAccessKeyId' ||
          name === 'SignatureDoesNotMatch'
        ? ['S3_FORBIDDEN', `may not be read (${name})`, 'The role or keys need s3:GetObject and s3:ListBucket there.']
        : name === 'CredentialsProviderError'
          ? [
              'S3_NO_CREDENTIALS',
              'needs credentials',
              'Give the instance a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
            ]
          : name === 'PreconditionFailed'
            ? [
                'S3_CHANGED',
                'was replaced while it was read',
                'The new content is taken in by itself; ingest it again otherwise.',
              ]
            : [
                'S3_UNREACHABLE',
                `can't be read: ${messageOf(error)}`,
                'Is the network there? DATAAPP_S3_REGION and DATAAPP_S3_ENDPOINT say where it is looked for.',
              ]
  return new DataAppError(code, `${place} ${what}.`, { hint, cause: error })
}
