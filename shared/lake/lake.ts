import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import type { Config } from '#shared/config.ts'

export type LakeFile = { path: string; bytes: number }

/** Where Parquet files lie: a directory or an S3 prefix. Paths are relative, with `/`. A file appears whole or not at all. */
export interface Lake {
  /** The address, for people. */
  readonly url: string
  put(path: string, body: Buffer): Promise<void>
  get(path: string): Promise<Buffer>
  list(prefix: string): Promise<LakeFile[]>
  remove(path: string): Promise<void>
}

/** The lake of this configuration: `DATAAPP_LAKE_URL` (`s3://bucket/prefix` or a directory), else `lake/` in the data directory. */
export function openLake(config: Config): Lake {
  const url = config.DATAAPP_LAKE_URL ?? join(config.DATAAPP_HOME, 'lake')
  const s3 = /^s3:\/\/([^/]+)\/?(.*)$/.exec(url)
  if (s3 === null) return directoryLake(url.replace(/^file:\/\//, ''))
  const [, bucket = '', prefix = ''] = s3
  return s3Lake(config, bucket, prefix.replace(/\/?$/, prefix === '' ? '' : '/'), url)
}

function directoryLake(root: string): Lake {
  return {
    url: root,
    put: async (path, body) => {
      const target = join(root, path)
      const draft = `${target}.${process.pid}.new`
      await mkdir(dirname(target), { recursive: true })
      await writeFile(draft, body, { mode: 0o600 })
      await rename(draft, target)
    },
    get: path => readFile(join(root, path)),
    list: async prefix => {
      const start = join(root, dirname(`${prefix}-`))
      if (!existsSync(start)) return []
      const entries = await readdir(start, { recursive: true, withFileTypes: true })
      const files = entries.filter(entry => entry.isFile() && entry.name.endsWith('.parquet'))
      const all = await Promise.all(
        files.map(async entry => {
          const full = join(entry.parentPath, entry.name)
          return { path: relative(root, full).split(sep).join('/'), bytes: (await stat(full)).size }
        }),
      )
      return all.filter(file => file.path.startsWith(prefix)).sort((a, b) => (a.path < b.path ? -1 : 1))
    },
    remove: path => rm(join(root, path), { force: true }),
  }
}

function s3Lake(config: Config, bucket: string, prefix: string, url: string): Lake {
  const endpoint = config.DATAAPP_S3_ENDPOINT
  const client = new S3Client({
    region: config.DATAAPP_S3_REGION,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  })
  const at = (path: string) => ({ Bucket: bucket, Key: `${prefix}${path}` })
  return {
    url,
    put: async (path, body) => {
      await client.send(
        new PutObjectCommand({ ...at(path), Body: body, ContentType: 'application/vnd.apache.parquet' }),
      )
    },
    get: async path => {
      const answer = await client.send(new GetObjectCommand(at(path)))
      return Buffer.from((await answer.Body?.transformToByteArray()) ?? [])
    },
    list: async path => {
      const files: LakeFile[] = []
      for (let token: string | undefined; ; ) {
        const page = await client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: `${prefix}${path}`,
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        )
        for (const { Key, Size } of page.Contents ?? [])
          if (Key?.endsWith('.parquet')) files.push({ path: Key.slice(prefix.length), bytes: Size ?? 0 })
        token = page.NextContinuationToken
        if (token === undefined) return files
      }
    },
    remove: async path => {
      await client.send(new DeleteObjectCommand(at(path)))
    },
  }
}
