import { type FSWatcher, watch } from 'node:fs'
import { mkdir, open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DataAppError, systemCodeOf } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import { isPassing } from '#shared/passing.ts'
import { filesIn, isDraft, ownerInInbox } from './files.ts'
import { besidePath } from './joins.ts'
import type { CurrentSources } from './source/current.ts'
import { familyOf } from './source/load.ts'
import type { Source } from './source/schema.ts'

/** Network shares tell nothing, so folders are looked through again and again; where events work they are only faster. */
const rescanMs = 2_000
/** A file that has kept its size and time for this long is taken for whole; one that ends in the middle of a line, as one does whose copying stalls, only after the longer time. */
const restMs = 300
const openEndRestMs = 1_500
/** A file that failed is tried again when it changes, or after this time: what was missing may have come. */
const retryMs = 15_000

export type Arrival = { path: string; source: Source }
type Seen = {
  /** Size and time of the file, and of those that its rows are looked up in. */
  own: string
  beside: string
  sinceMs: number
  /** How long it has to rest. */
  restMs: number
  state: 'resting' | 'done' | 'failed' | 'wrong'
  atMs: number
  source: Source
}

/**
 * Watches `inbox/<source>/` of every source. Each file at rest is given to `take`, one at a time for each folder, dimensions of a family before its sales. Nothing is
 * moved or deleted: whether a file's content was taken in is the ledger's business.
 */
export function watchInbox(
  folder: string,
  current: CurrentSources,
  log: Log,
  take: (arrival: Arrival) => Promise<void>,
): { stop: () => Promise<void>; failed: Promise<never> } {
  const seen = new Map<string, Seen>()
  const stopped = new AbortController()
  const busy = new Map<string, Promise<void>>()
  let wake: () => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  failed.catch(() => {})
  const watchers = new Map<string, FSWatcher>()

  const pass = async () => {
    await mkdir(folder, { recursive: true })
    listen(folder)
    const sources = await current()
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      // The folder of a source may lie elsewhere.
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await isDirectory(path)))
      if (!isFolder) {
        if (!isDraft(entry.name))
          warnOnce(path, { file: path }, 'this file lies in no folder of a source: it is not read')
        continue
      }
      const source = sources.find(candidate => candidate.name === entry.name)
      if (source === undefined) {
        warnOnce(path, { folder: path }, 'no source has the name of this inbox folder')
        continue
      }
      listen(path)
      // A folder with a large file keeps no other waiting.
      if (!busy.has(entry.name)) busy.set(entry.name, through(entry.name, source, sources))
    }
  }

  const through = async (name: string, source: Source, sources: readonly Source[]) => {
    let news = false
    try {
      for (const arrival of await arrivals(join(folder, name), source, sources)) {
        if (stopped.signal.aborted) return
        news = (await one(arrival)) || news
      }
    } catch (error) {
      fail(error)
    } finally {
      busy.delete(name)
      // What came meanwhile has not been looked at.
      if (news) wake()
    }
  }

  const warned = new Set<string>()
  const warnOnce = (about: string, details: Record<string, string>, message: string) => {
    if (warned.has(about)) return
    warned.add(about)
    log.warn(details, message)
  }
  const leftOut = ({ code, hint, message }: DataAppError) => warnOnce(message, { code, hint }, message)

  const arrivals = async (path: string, source: Source, sources: readonly Source[]): Promise<Arrival[]> => {
    const family = familyOf(source, sources)
    const found = (await filesIn(path, leftOut)).flatMap(file => {
      const owner = ownerInInbox(basename(file), source, family)
      return owner === undefined ? [] : [{ path: file, source: owner }]
    })
    return found.sort((a, b) => Number(a.source.sale !== undefined) - Number(b.source.sale !== undefined))
  }

  /** Whether the file was read, well or not. */
  const one = async (arrival: Arrival): Promise<boolean> => {
    const own = await stampOf(arrival.path)
    if (own === '' || own.startsWith('0 ')) return false
    const beside = await besideOf(arrival)
    const now = Date.now()
    const known = seen.get(arrival.path)
    const isChanged = known?.own !== own || (known.state !== 'done' && known.beside !== beside)
    if (known === undefined || isChanged) {
      const rest = (await endsLine(arrival.path)) ? restMs : openEndRestMs
      seen.set(arrival.path, {
        ...{ own, beside, sinceMs: now, restMs: rest },
        ...{ state: 'resting', atMs: now, source: arrival.source },
      })
      setTimeout(() => wake(), rest + 10).unref()
      return false
    }
    const due =
      known.state === 'resting'
        ? now - known.sinceMs >= known.restMs
        : known.state === 'wrong'
          ? known.source !== arrival.source
          : known.state === 'failed' && now - known.atMs >= retryMs
    if (!due) return false
    try {
      await take(arrival)
      seen.set(arrival.path, { ...known, state: 'done', atMs: Date.now() })
    } catch (error) {
      if (!(error instanceof DataAppError)) throw error
      if (error.code === 'INGEST_INTERRUPTED') return false
      const again = known.state === 'failed'
      log[again ? 'debug' : 'error']({ code: error.code, file: arrival.path, hint: error.hint }, error.message)
      // A missing neighbour may come, rights may be given, and a server that is away comes back; anything else stays wrong until the file, those beside it or its source change.
      const mayPass = error.code === 'JOIN_FILE_MISSING' || error.code === 'FILE_UNREADABLE' || isPassing(error)
      const state = mayPass || error.code.startsWith('BUS_') ? 'failed' : 'wrong'
      seen.set(arrival.path, { ...known, state, atMs: Date.now(), source: arrival.source })
    }
    return true
  }

  const listen = (path: string) => {
    if (watchers.has(path)) return
    try {
      const watcher = watch(path, () => wake())
      watcher.on('error', () => watchers.delete(path))
      watchers.set(path, watcher)
    } catch (error) {
      log.debug({ path, code: systemCodeOf(error) }, 'no events for this folder: it is looked through instead')
    }
  }

  const loop = async () => {
    while (!stopped.signal.aborted) {
      const woken = new Promise<void>(done => {
        wake = done
        setTimeout(done, rescanMs).unref()
      })
      await pass()
      await woken
    }
  }
  const looping = loop()
  looping.catch(fail)
  return {
    failed,
    async stop() {
      stopped.abort()
      wake()
      for (const watcher of watchers.values()) watcher.close()
      await looping.catch(() => {})
      await Promise.all(busy.values())
    },
  }
}

/** Size and time of what is at a path; '' when nothing can be seen there. */
async function stampOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  return found === undefined ? '' : `${found.size} ${found.mtimeMs}`
}

/** A file that rows are looked up in may still be on its way when the file itself rests. */
async function besideOf({ path, source }: Arrival): Promise<string> {
  const stamps = await Promise.all(source.joins.map(other => stampOf(besidePath(path, other.file))))
  return stamps.join()
}

async function isDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() === true
}

/** Whether a file ends with the end of a line. What can't be read is found out when it is taken in. */
async function endsLine(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return true
  try {
    const { size } = await file.stat()
    const last = Buffer.alloc(1)
    const { bytesRead } = await file.read(last, 0, 1, Math.max(0, size - 1))
    return bytesRead === 1 && last[0] === 0x0a
  } catch {
    return true
  } finally {
    await file.close()
  }
}
