import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Tier } from '#shared/agreement.ts'
import { closureOf } from './closure.ts'
import { compile, withoutLoader } from './compile.ts'
import { type Dependency, dependenciesOf, filesOf, readLock } from './dependencies.ts'
import { billOfMaterials } from './sbom.ts'
import { type Entry, pack } from './tar.ts'

const manifest = z.looseObject({ name: z.string(), version: z.string(), imports: z.record(z.string(), z.string()) })

/** The files of one tier and what they depend on, before they are packed. */
export type Content = { entries: readonly Entry[]; dependencies: readonly Dependency[] }

/** Everything that a tier needs to run on a machine with Node, and nothing of the others. */
export async function contentOf(root: string, tier: Tier): Promise<Content> {
  const { modules, resources, raw, packages } = await closureOf(root, tier)
  const dependencies = dependenciesOf(readLock(root), packages)
  const compiled = await Promise.all(modules.map(file => compile(root, file)))
  const read = (path: string) => readFileSync(join(root, path))
  const plain = (path: string, content: Buffer): Entry => ({ path, content, executable: false })
  const scripts = resources.filter(path => path.endsWith('.js'))
  const entries: Entry[] = [
    ...compiled.map(({ path, content }) => plain(path, content)),
    ...resources.filter(path => !scripts.includes(path)).map(path => plain(path, read(path))),
    ...scripts.map(path => plain(path, Buffer.from(withoutLoader(read(path).toString())))),
    ...raw.map(path => plain(path, read(path))),
    {
      path: 'bin/dataapp.js',
      content: Buffer.from(withoutLoader(read('bin/dataapp.js').toString())),
      executable: true,
    },
    plain('package.json', manifestOf(root)),
    plain('LICENSE', read('LICENSE')),
    ...dependencies.flatMap(dependency =>
      filesOf(root, dependency).map(path => ({
        path,
        content: read(path),
        executable: isExecutable(join(root, path)),
      })),
    ),
  ]
  return { entries: unique(entries), dependencies }
}

/** The artifact of a tier under its version, with its bill of materials inside. Returns the gzipped tar. */
export function packTier(tier: Tier, version: string, { entries, dependencies }: Content): Buffer {
  const folder = `dataapp-${tier}-${version}`
  const bill = billOfMaterials(`dataapp-${tier}`, version, dependencies)
  return pack(
    [...entries, { path: 'sbom.cdx.json', content: Buffer.from(bill), executable: false }].map(entry => ({
      ...entry,
      path: `${folder}/${entry.path}`,
    })),
  )
}

/** What turns a machine into a tier: the install script, programs and units. */
export function packMachine(root: string): Buffer {
  const files = readdirSync(join(root, 'ami'), { recursive: true })
    .map(String)
    .filter(file => !/\.ts$|\.hcl$|^(package|machines)(\/|$)/.test(file) && statSync(join(root, 'ami', file)).isFile())
  return pack(
    files.map(file => ({
      path: `dataapp-machine/${file}`,
      content: readFileSync(join(root, 'ami', file)),
      executable: isExecutable(join(root, 'ami', file)),
    })),
  )
}

/** The version of a release: the package's, and a digest of every file of every tier. */
export function versionOf(root: string, contents: readonly Content[]): string {
  const { version } = manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  const digest = createHash('sha256')
  for (const { entries } of contents)
    for (const { path, content } of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1)))
      digest.update(`${path}\0${content.length}\0`).update(content)
  return `${version}-${digest.digest('hex').slice(0, 12)}`
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

function manifestOf(root: string): Buffer {
  const { name, version, imports } = manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  return Buffer.from(`${JSON.stringify({ name, version, type: 'module', private: true, imports }, null, 2)}\n`)
}

function unique(entries: readonly Entry[]): Entry[] {
  return [...new Map(entries.map(entry => [entry.path, entry])).values()]
}

function isExecutable(path: string): boolean {
  return existsSync(path) && (statSync(path).mode & 0o100) !== 0
}
