import { stat } from 'node:fs/promises'
import type { Config } from '#shared/config.ts'
import { DataAppError } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import { readShelf, readSource, type Shelf, type SourceReader } from './load.ts'
import type { Source } from './schema.ts'

/** The sources as their files are at the moment. A file that has not changed gives the same object again. */
export type CurrentSources = () => Promise<readonly Source[]>

/** Follows the source files while the platform runs: each call looks whether one is new or has changed. A broken one is said loudly, once for each change. */
export function currentSources(config: Config, log: Log): CurrentSources {
  const reader = rememberingReader()
  const said = new WeakSet<DataAppError>()
  let last: Shelf | undefined

  const say = (error: DataAppError, details: Record<string, string>) => {
    if (said.has(error)) return
    said.add(error)
    log.error({ ...details, code: error.code, hint: error.hint }, error.message)
  }

  return async () => {
    const shelf = await readShelf(config, reader).catch((error: unknown) => {
      if (!(error instanceof DataAppError) || last === undefined) throw error
      log.error({ code: error.code, hint: error.hint }, error.message)
      return last
    })
    for (const { name, path, error } of shelf.broken) say(error, { source: name, path })
    if (last !== undefined) {
      const before = new Set(last.sources)
      for (const source of shelf.sources)
        if (!before.has(source)) log.info({ source: source.name, path: source.path }, 'a source is new or has changed')
    }
    last = shelf
    return shelf.sources
  }
}

/** Reads a file again only when its size, time or place on the disk changed. */
function rememberingReader(): SourceReader {
  const known = new Map<string, { stamp: string; read: Promise<Source> }>()
  return async path => {
    const found = await stat(path).catch(() => undefined)
    const stamp = found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeMs}`
    const before = known.get(path)
    if (before?.stamp === stamp) return before.read
    const read = readSource(path)
    known.set(path, { stamp, read })
    return read
  }
}
