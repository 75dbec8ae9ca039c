import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { build } from 'esbuild'
import { type Tier, tiers } from '#shared/agreement.ts'

/** Our files that a tier needs, as sorted paths from the root, and the packages they import. */
export type Closure = {
  modules: readonly string[]
  resources: readonly string[]
  raw: readonly string[]
  packages: readonly string[]
}

/**
 * Follows imports from the command line's entry. A lazy import of something that needs another tier is not followed: that is what makes an artifact a tier's own.
 * Modules that run in a process or thread of their own, and files read from beside a module, are found by how they are named in the code.
 */
export async function closureOf(root: string, tier: Tier): Promise<Closure> {
  const modules = new Set<string>()
  const resources = new Set<string>()
  const raw = new Set<string>()
  const packages = new Set<string>()
  const waiting = ['cli/main.ts']
  while (waiting.length > 0) {
    const entries = waiting.splice(0).filter(entry => !modules.has(entry))
    if (entries.length === 0) continue
    const graph = await graphOf(root, entries)
    for (const file of reachable(graph, entries, tier)) {
      if (modules.has(file)) continue
      modules.add(file)
      for (const { path, external } of graph[file]?.imports ?? []) if (external === true) packages.add(packageOf(path))
      const { forked, beside, bundled } = namedIn(root, file)
      waiting.push(...forked)
      for (const path of beside) resources.add(path)
      for (const entry of bundled) {
        const web = await graphOf(root, [entry])
        for (const path of Object.keys(web)) raw.add(path)
        for (const path of filesUnder(root, dirname(entry))) raw.add(path)
        for (const { imports } of Object.values(web))
          for (const { path, external } of imports) if (external === true) packages.add(packageOf(path))
      }
    }
  }
  const rooms = new Set([...modules].map(file => file.split('/')[0] ?? ''))
  for (const room of rooms)
    for (const path of filesUnder(root, room)) if (/\.(sql|json|yaml|html|svg)$/.test(path)) resources.add(path)
  const named = [...packages].filter(name => !name.startsWith('node:') && !builtIn.has(name))
  return { modules: sorted(modules), resources: sorted(resources), raw: sorted(raw), packages: sorted(named) }
}

const builtIn = new Set(builtinModules)

type Graph = Record<string, { imports: { path: string; kind: string; external?: boolean }[] }>

async function graphOf(root: string, entries: readonly string[]): Promise<Graph> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...entries],
    outdir: 'out',
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.css': 'empty', '.svg': 'empty', '.woff2': 'empty', '.sql': 'empty' },
  })
  return metafile.inputs
}

function reachable(graph: Graph, entries: readonly string[], tier: Tier): string[] {
  const lazily = (path: string) => !needsOther(graph, path, tier)
  return follow(graph, entries, (path, kind) => kind !== 'dynamic-import' || lazily(path))
}

/** Whether a module, or what it imports outright, is of another tier. */
function needsOther(graph: Graph, entry: string, tier: Tier): boolean {
  return follow(graph, [entry], (_, kind) => kind !== 'dynamic-import').some(path =>
    tiers.some(other => other !== tier && path.startsWith(`${other}/`)),
  )
}

function follow(graph: Graph, entries: readonly string[], goesOn: (path: string, kind: string) => boolean): string[] {
  const seen = new Set<string>()
  const waiting = [...entries]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    for (const { path, kind, external } of graph[file]?.imports ?? [])
      if (external !== true && goesOn(path, kind)) waiting.push(path)
  }
  return [...seen]
}

type Named = { forked: string[]; beside: string[]; bundled: string[] }

/** What a module names relative to itself: `forkModule('./engine', …)`, `new URL('./worker-start.js', …)`, `loadSql('./a.sql', …)`, folders. */
function namedIn(root: string, file: string): Named {
  const text = readFileSync(join(root, file), 'utf8')
  const folder = dirname(file)
  const paths = [...text.matchAll(/['"](\.{1,2}\/[^'"\n]*)['"]/g)].map(([, path = '']) => normalize(join(folder, path)))
  const forked = [...text.matchAll(/forkModule\(\s*['"]([^'"]+)['"]/g)].map(
    ([, path = '']) => `${normalize(join(folder, path))}.ts`,
  )
  const named = paths.filter(path => existsSync(join(root, path)))
  const workers = named.filter(path => path.endsWith('.js'))
  const inWorkers = workers.flatMap(path => importsOfScript(root, path))
  const folders = named.filter(path => path.endsWith('/'))
  const bundled = folders.map(path => join(path, 'main.tsx')).filter(path => existsSync(join(root, path)))
  const beside = [
    ...named.filter(path => /\.(csv|css)$/.test(path)),
    ...folders.filter(path => !bundled.includes(join(path, 'main.tsx'))).flatMap(path => filesUnder(root, path)),
    ...workers,
    ...(file === 'ingestion/source/load.ts' ? samplesOf(root) : []),
  ]
  return { forked: [...forked, ...inWorkers], beside: beside.filter(path => !/\.tsx?$/.test(path)), bundled }
}

/** The sample chains are found by the folder's name alone. */
function samplesOf(root: string): string[] {
  return existsSync(join(root, 'samples')) ? filesUnder(root, 'samples') : []
}

function importsOfScript(root: string, script: string): string[] {
  const text = readFileSync(join(root, script), 'utf8')
  return [...text.matchAll(/import\(\s*['"](\.[^'"]+)['"]\s*\)/g)].map(([, path = '']) =>
    normalize(join(dirname(script), path)),
  )
}

function filesUnder(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function sorted(names: Iterable<string>): string[] {
  return [...new Set(names)].sort()
}
