import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const entry = z.looseObject({
  version: z.string().optional(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  optional: z.boolean().optional(),
  os: z.array(z.string()).optional(),
  cpu: z.array(z.string()).optional(),
  libc: z.array(z.string()).optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
})
const lockSchema = z.object({ packages: z.record(z.string(), entry) })

export type Lock = z.output<typeof lockSchema>
/** A package of the lock file: where it is installed, its name and version. */
export type Dependency = { path: string; name: string; version: string; integrity: string; license: string }

/**
 * Not on a machine in AWS: the embedded engines (543 MB of ClickHouse, Postgres in WebAssembly) and the TypeScript loader.
 * The warehouse and the settings are reached by their addresses there.
 */
export const leftOut: readonly string[] = ['chdb', '@electric-sql/pglite', '@electric-sql/pglite-prepopulatedfs', 'tsx']

export function readLock(root: string): Lock {
  return lockSchema.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))
}

/** The packages that are needed for the named ones, as the lock file resolves them, for Linux on x64. */
export function dependenciesOf(lock: Lock, names: readonly string[]): Dependency[] {
  const found = new Map<string, Dependency>()
  const visit = (name: string, from: string): void => {
    if (leftOut.includes(name)) return
    const path = resolve(lock, name, from)
    if (path === undefined || found.has(path)) return
    const known = lock.packages[path]
    if (known === undefined || !runsThere(known)) return
    found.set(path, {
      path,
      name,
      version: known.version ?? '',
      integrity: known.integrity ?? '',
      license: known.license ?? '',
    })
    for (const next of Object.keys({ ...known.dependencies, ...known.optionalDependencies })) visit(next, path)
  }
  for (const name of names) visit(name, '')
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** The files of an installed package that matter when it runs. */
export function filesOf(root: string, { path }: Dependency): string[] {
  const folder = join(root, path)
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter(
      file =>
        !file.split('/').includes('node_modules') && !/(\.map|\.md|\.markdown|\.d\.[cm]?ts|\.tsbuildinfo)$/.test(file),
    )
    .filter(file => !/^(tests?|__tests__|docs?|examples?|\.github)\//.test(file))
    .filter(file => statSync(join(folder, file)).isFile())
    .map(file => join(path, file))
    .sort()
}

/** Node's way of looking a package up: in the importer's own node_modules, then in each one above. */
function resolve(lock: Lock, name: string, from: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (lock.packages[path] !== undefined) return path
    if (folder === '') return undefined
  }
}

function runsThere({ os, cpu, libc }: z.output<typeof entry>): boolean {
  const fits = (list: readonly string[] | undefined, value: string) => list === undefined || list.includes(value)
  return fits(os, 'linux') && fits(cpu, 'x64') && fits(libc, 'glibc')
}
