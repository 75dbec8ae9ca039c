import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DataAppError } from '#shared/error.ts'
import { unreadable } from './decode/bytes.ts'
import { listOf } from './map/reader.ts'
import type { Source } from './source/schema.ts'

/** A file and the source that reads it. */
export type Assigned = { path: string; source: Source }

/** Files under a path with the source of the family that claims each: dimensions first, so that sales find what they refer to. */
export async function filesAt(path: string, source: Source, family: readonly Source[]): Promise<Assigned[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  const paths = found.isDirectory() ? await filesIn(path, orFail) : [path]
  const all = [...family].sort((a, b) => Number(a.sale !== undefined) - Number(b.sale !== undefined))
  const assigned = paths.flatMap(file => {
    const owner = ownerOf(basename(file), source, all)
    if (owner !== undefined) return [{ path: file, source: owner }]
    return found.isDirectory() ? [] : [{ path: file, source }]
  })
  if (assigned.length === 0) {
    throw new DataAppError('NO_FILES', `${path} holds no file for the source "${source.name}".`, {
      hint:
        source.files === undefined
          ? 'The directory is empty.'
          : `It reads files called ${listOf(source.files).join(', ')}.`,
    })
  }
  const order = [...all.filter(s => s.sale === undefined), source, ...all.filter(s => s.sale !== undefined)]
  return assigned.sort((a, b) => order.indexOf(a.source) - order.indexOf(b.source) || a.path.localeCompare(b.path))
}

/** Links are left alone, as everything that is no file; a folder that can't be read fails the whole. */
function orFail(why: DataAppError): void {
  if (why.code === 'FILE_UNREADABLE') throw why
}

/** The source that a file of this name is for: the one whose `files` name it, else the one that names none. */
export function ownerOf(name: string, source: Source, family: readonly Source[]): Source | undefined {
  const everyone = [...family, source]
  const claiming = everyone.find(candidate => claims(candidate, name))
  if (claiming !== undefined) return claiming
  if (isJoined(name, everyone)) return undefined
  return source.files === undefined ? source : undefined
}

/** Whose a file in the inbox of `source` is: whoever knows its name, else the source whose folder somebody put it into. */
export function ownerInInbox(name: string, source: Source, family: readonly Source[]): Source | undefined {
  return ownerOf(name, source, family) ?? (isJoined(name, [...family, source]) ? undefined : source)
}

/** Files that others look things up in are not taken in by themselves. */
function isJoined(name: string, sources: readonly Source[]): boolean {
  return sources.some(source => source.joins.some(other => basename(other.file) === name))
}

function claims(source: Source, name: string): boolean {
  return listOf(source.files).some(pattern => matchesName(name, pattern))
}

/** File names with `*` and `?`, letter case aside; `.gz` and `.zip` at the end of the name are optional. */
function matchesName(name: string, pattern: string): boolean {
  const shape = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
  return new RegExp(`^${shape}(?:\\.gz|\\.zip)?$`, 'iu').test(name)
}

/**
 * Files of a directory and those below it; hidden ones and drafts of other programs are left alone. `leftOut` hears of folders that can't be read, and of links:
 * whoever may put files there must not have others of this machine read.
 */
export async function filesIn(folder: string, leftOut: (why: DataAppError) => void): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    leftOut(unreadable(folder, error))
    return []
  })
  const found = await Promise.all(
    entries
      .filter(entry => !isDraft(entry.name))
      .map(async entry => {
        const path = join(folder, entry.name)
        if (entry.isDirectory()) return filesIn(path, leftOut)
        if (entry.isSymbolicLink()) leftOut(linked(path))
        return entry.isFile() ? [path] : []
      }),
  )
  return found.flat().sort()
}

function linked(path: string): DataAppError {
  return new DataAppError('FILE_LINK', `${path} is a link: it is not followed.`, {
    hint: 'Put the file itself there. The folder of a source in the inbox may be a link.',
  })
}

/** Names that programs give to files they are still writing. */
export function isDraft(name: string): boolean {
  return name.startsWith('.') || name.startsWith('~') || /\.(tmp|part|partial|filepart|crdownload|swp)$|~$/i.test(name)
}
