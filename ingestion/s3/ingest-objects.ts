import { basename, posix } from 'node:path'
import type { S3Client } from '@aws-sdk/client-s3'
import { DataAppError } from '#shared/error.ts'
import { ownerOf } from '../files.ts'
import { type Intaking, ingestBytes, type Job, type Work } from '../ingest.ts'
import type { Neighbour } from '../joins.ts'
import type { Source } from '../source/schema.ts'
import type { Totals } from '../totals.ts'
import { fingerprintOf, headObject, listObjects, openS3, parseS3Url, type S3Object, s3Bytes } from './objects.ts'

/** The objects at `s3://bucket/key-or-prefix` that a source of the family claims, dimensions first. */
export async function s3Jobs(parts: Intaking, url: string, source: Source, family: readonly Source[]): Promise<Job[]> {
  const place = parseS3Url(url)
  if (place === undefined)
    throw new DataAppError('S3_WRONG_URL', `"${url}" is not s3://bucket/prefix.`, {
      hint: 'Bucket names are small letters, digits, points and dashes.',
    })
  const client = openS3(parts.config)
  const found: { object: S3Object; owner: Source }[] = []
  for await (const object of listObjects(client, place.bucket, place.prefix)) {
    const owner = ownerOf(basename(object.key), source, family)
    if (owner !== undefined) found.push({ object, owner })
    else if (object.key === place.prefix) found.push({ object, owner: source })
  }
  if (found.length === 0)
    throw new DataAppError('NO_FILES', `${url} holds no object for the source "${source.name}".`, {
      hint: 'Are bucket and prefix right?',
    })
  // `s3://bucket/a.csv` is meant to be that object, though the names of others begin with its own.
  const named = found.filter(({ object }) => object.key === place.prefix)
  return (named.length > 0 ? named : found)
    .sort((a, b) => Number(a.owner.sale !== undefined) - Number(b.owner.sale !== undefined))
    .map(
      ({ object, owner }) =>
        work =>
          ingestObject(parts, client, owner, object, work),
    )
}

/** Takes in one object of S3. What it is joined with lies under the same prefix. */
export function ingestObject(
  parts: Intaking,
  client: S3Client,
  source: Source,
  object: S3Object,
  work: Work,
): Promise<Totals> {
  const neighbour: Neighbour = async name => {
    const other = await headObject(client, object.bucket, posix.join(posix.dirname(object.key), name))
    return other === undefined ? undefined : s3Bytes(client, other)
  }
  return ingestBytes(parts, source, s3Bytes(client, object), fingerprintOf(object), neighbour, work)
}
