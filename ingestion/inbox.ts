import { type FSWatcher, watch } from 'node:fs'
import { mkdir, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DataAppError, systemCodeOf } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import { filesIn, ownerInInbox } from './files.ts'
import type { CurrentSources } from './source/current.ts'
import { familyOf } from './source/load.ts'
import type { Source } from './source/schema.ts'

/** Network shares tell nothing, so folders are looked through again and again; where events work they are only faster. */
const rescanMs = 2_000
/** A file that has kept its size and time for this long is taken for whole. */
const restMs = 300
/** A file that failed is tried again when it changes, or after this time: what was missing may have come. */
const retryMs = 15_000

export type Arrival = { path: string; source: Source }
type Seen = {
  size: number
  changedMs: number
  sinceMs: number
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
      if (!entry.isDirectory()) continue
      const source = sources.find(candidate => candidate.name === entry.name)
      if (source === undefined) {
        warnOnce(entry.name)
        continue
      }
      listen(join(folder, entry.name))
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
  const warnOnce = (name: string) => {
    if (warned.has(name)) return
    warned.add(name)
    log.warn({ folder: join(folder, name) }, 'no source has the name of this inbox folder')
  }

  const arrivals = async (path: string, source: Source, sources: readonly Source[]): Promise<Arrival[]> => {
    const family = familyOf(source, sources)
    const found = (await filesIn(path)).flatMap(file => {
      const owner = ownerInInbox(basename(file), source, family)
      return owner === undefined ? [] : [{ path: file, source: owner }]
    })
    return found.sort((a, b) => Number(a.source.sale !== undefined) - Number(b.source.sale !== undefined))
  }

  /** Whether the file was read, well or not. */
  const one = async (arrival: Arrival): Promise<boolean> => {
    const file = await stat(arrival.path).catch(() => undefined)
    if (file === undefined) return false
    const now = Date.now()
    const known = seen.get(arrival.path)
    if (known === undefined || known.size !== file.size || known.changedMs !== file.mtimeMs) {
      seen.set(arrival.path, {
        size: file.size,
        changedMs: file.mtimeMs,
        sinceMs: now,
        state: 'resting',
        atMs: now,
        source: arrival.source,
      })
      setTimeout(() => wake(), restMs + 10).unref()
      return false
    }
    const due =
      known.state === 'resting'
        ? now - known.sinceMs >= restMs
        : known.state === 'wrong'
          ? known.source !== arrival.source
          : known.state === 'failed' && now - known.atMs >= retryMs
    if (!due || file.size === 0) return false
    try {
      await take(arrival)
      seen.set(arrival.path, { ...known, state: 'done', atMs: Date.now() })
    } catch (error) {
      if (!(error instanceof DataAppError)) throw error
      if (error.code === 'INGEST_INTERRUPTED') return false
      const again = known.state === 'failed'
      log[again ? 'debug' : 'error']({ code: error.code, file: arrival.path, hint: error.hint }, error.message)
      // A missing neighbour may come; anything else stays wrong until the file or its source changes.
      const state = error.code === 'JOIN_FILE_MISSING' || error.code.startsWith('BUS_') ? 'failed' : 'wrong'
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
