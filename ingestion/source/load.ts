import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'
import { isSourceFile, sourcesFolder } from '#shared/chain-files.ts'
import type { Config } from '#shared/config.ts'
import { DataAppError, systemCodeOf } from '#shared/error.ts'
import { nearest } from '#shared/nearest.ts'
import { problemsOf } from './problems.ts'
import { type Source, sourceSchema } from './schema.ts'

const samples = fileURLToPath(new URL('../../samples', import.meta.url))

/** A source file that can't be used, and why. Its name is the one it states, as far as that can be read; else that of the file. */
export type BrokenSource = { name: string; path: string; error: DataAppError }

/** All source files of an installation: those in order, and those that are not. */
export type Shelf = { sources: Source[]; broken: BrokenSource[] }

/** Reads one source file; rejects with its coded error. */
export type SourceReader = (path: string) => Promise<Source>

/**
 * All sources this installation knows: its own (`DATAAPP_SOURCES` or `$DATAAPP_HOME/sources`), then the ones of the samples. An own source replaces a
 * sample's of the same name, also when it is broken: nothing is read by rules that were meant to be replaced.
 */
export async function readShelf(config: Config, reader: SourceReader = readSource): Promise<Shelf> {
  const own = await sourcesIn(sourcesFolder(config), reader)
  const names = new Set([...own.sources, ...own.broken].map(({ name }) => name))
  const built = await builtInSources(reader)
  return { sources: [...own.sources, ...built.filter(source => !names.has(source.name))], broken: own.broken }
}

/** The sources of the samples that come with DataApp. */
export async function builtInSources(reader: SourceReader = readSource): Promise<Source[]> {
  const folders = await readdir(samples, { withFileTypes: true })
  const found: Source[] = []
  for (const folder of folders)
    if (folder.isDirectory()) found.push(...(await sourcesIn(join(samples, folder.name), reader)).sources)
  return found
}

/**
 * The source of that name, or the one in that file when `name` is a path. Unknown names are `SOURCE_UNKNOWN` with the nearest one; a broken source file
 * rejects with what is wrong with it, and does not concern the others.
 */
export async function findSource(config: Config, name: string): Promise<{ source: Source; family: Source[] }> {
  if (isPath(name)) {
    const source = await readSource(resolve(name))
    const beside = await sourcesIn(resolve(name, '..'), readSource)
    return { source, family: familyOf(source, beside.sources) }
  }
  const { sources, broken } = await readShelf(config)
  const source = sources.find(candidate => candidate.name === name)
  if (source !== undefined) return { source, family: familyOf(source, sources) }
  const wrong = broken.find(candidate => candidate.name === name)
  if (wrong !== undefined) throw wrong.error
  const names = sources.map(candidate => candidate.name)
  const suggestion = nearest(name, names)
  throw new DataAppError('SOURCE_UNKNOWN', `There is no source "${name}".`, {
    hint: `${suggestion === undefined ? '' : `Did you mean "${suggestion}"? `}Known: ${names.join(', ')}. A new one is a file in ${sourcesFolder(config)}; \`dataapp source infer FILE\` drafts it.`,
  })
}

/** Sources that bring their files through another one's door, dimensions first so that sales find them. */
export function familyOf(source: Source, all: readonly Source[]): Source[] {
  return all.filter(candidate => candidate.belongsTo === source.name && candidate.path !== source.path)
}

/** Reads and checks one source file. Every problem is named with its key; a misspelt key with the nearest valid one (`SOURCE_WRONG`). */
export async function readSource(path: string): Promise<Source> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DataAppError('SOURCE_UNREADABLE', `The source file ${path} can't be read (${systemCodeOf(error)}).`, {
      hint: 'Is the path right, and may this user read it?',
      cause: error,
    })
  })
  return parseSource(text, path)
}

export function parseSource(text: string, path: string): Source {
  const document = parseDocument(text, { prettyErrors: true })
  const broken = document.errors[0]
  if (broken !== undefined) {
    throw new DataAppError('SOURCE_WRONG', `${path} is not valid YAML: ${broken.message.split('\n')[0] ?? ''}`, {
      hint: 'Values with : or # or a leading " = [ { need quotes around them.',
    })
  }
  const content: unknown = document.toJS()
  const problems = problemsOf(content)
  if (problems.length > 0) {
    throw new DataAppError(
      'SOURCE_WRONG',
      `The source file ${path} has ${problems.length === 1 ? 'a problem' : 'problems'}:\n${problems.map(p => `      - ${p}`).join('\n')}`,
      {
        hint: 'All keys: docs/sources.md. An editor completes them with docs/source.schema.json.',
      },
    )
  }
  return { ...sourceSchema.parse(content), path }
}

async function sourcesIn(folder: string, reader: SourceReader): Promise<Shelf> {
  const isFile = await stat(folder).then(
    found => found.isFile(),
    () => false,
  )
  const paths = isFile ? [folder] : await sourceFiles(folder)
  const read = onceEach(await Promise.all(paths.map(path => sourceOrWhyNot(path, reader))))
  return {
    sources: read.flatMap(one => ('error' in one ? [] : [one])),
    broken: read.flatMap(one => ('error' in one ? [one] : [])),
  }
}

/** Files of one name would share an inbox, a ledger and a place in their tables: the first is used. */
function onceEach(read: readonly (Source | BrokenSource)[]): (Source | BrokenSource)[] {
  const first = new Map<string, string>()
  return read.map(one => {
    if ('error' in one) return one
    const path = first.get(one.name)
    if (path !== undefined) return { name: one.name, path: one.path, error: saidTwice(one, path) }
    first.set(one.name, one.path)
    return one
  })
}

/** The same error for the same file, so that it is said once. */
const twice = new WeakMap<Source, DataAppError>()

function saidTwice(source: Source, path: string): DataAppError {
  const error =
    twice.get(source) ??
    new DataAppError('SOURCE_TWICE', `${source.path} has the name "${source.name}", as ${path} has: it is not used.`, {
      hint: 'Give one of them another name, or take it out of the folder.',
    })
  twice.set(source, error)
  return error
}

async function sourceFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return []
    throw new DataAppError('SOURCES_UNREADABLE', `The folder ${folder} can't be read (${systemCodeOf(error)}).`, {
      hint: 'It holds the source files. May this user read it?',
      cause: error,
    })
  })
  return names
    .filter(name => !name.startsWith('.') && isSourceFile(name))
    .sort()
    .map(name => join(folder, name))
}

async function sourceOrWhyNot(path: string, reader: SourceReader): Promise<Source | BrokenSource> {
  try {
    return await reader(path)
  } catch (error) {
    if (!(error instanceof DataAppError)) throw error
    return { name: await statedName(path), path, error }
  }
}

/** The name that a broken source file would have. */
async function statedName(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return /^name:\s*["']?([a-z0-9][a-z0-9_-]*)/m.exec(text)?.[1] ?? basename(path).replace(/(\.source)?\.ya?ml$/, '')
}

/** A source as another process finds it, wherever that was started: a path in full, a name as it is. */
export function namedForAnother(source: string): string {
  return isPath(source) ? resolve(source) : source
}

function isPath(name: string): boolean {
  return name.includes('/') || name.includes('\\') || /\.ya?ml$/.test(name)
}
