import { createHash } from 'node:crypto'
import { extname, join } from 'node:path'
import type { Config } from './config.ts'

/** What the people of a chain write themselves beside the settings database: where each lies. */
export const sourcesFolder = (config: Config): string => config.DATAAPP_SOURCES ?? join(config.DATAAPP_HOME, 'sources')
/** Whether this is the name of a source file. */
export const isSourceFile = (path: string): boolean => ['.yaml', '.yml'].includes(extname(path))
export const qualityFile = (config: Config): string => join(config.DATAAPP_HOME, 'quality.yaml')
/** The keys of tills, a line each: `sender key`, or `sender sha256:…`, which lets the same key in and tells it to nobody. */
export const httpKeysFile = (config: Config): string =>
  config.DATAAPP_HTTP_KEYS ?? join(config.DATAAPP_HOME, 'http-keys')

export const httpKeyDigest = (key: string): string => createHash('sha256').update(key).digest('hex')

/** The digest of the key that a line of the file names. Not for what a till sends: who has read a digest would be let in with it. */
export const heldKeyDigest = (held: string): string =>
  held.startsWith('sha256:') ? held.slice(7).toLowerCase() : httpKeyDigest(held)

/** The text of a file of keys with none of them in plain: tills go on with the keys that they have. */
export function withDigests(text: string): string {
  return text.replace(
    /^([ \t]*[^\s#]\S*[ \t]+)(\S+)/gm,
    (_, sender: string, key: string) => `${sender}sha256:${heldKeyDigest(key)}`,
  )
}
