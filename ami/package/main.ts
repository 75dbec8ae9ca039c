import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tiers } from '#shared/agreement.ts'
import { contentOf, packMachine, packTier, sha256, versionOf } from './artifact.ts'

/** How many releases stay packed side by side: the newest and those one may go back to. */
const kept = 3

type Artifact = { file: string; sha256: string }
type Release = { version: string; artifacts: Record<string, Artifact> }
type List = { machine: Artifact; releases: Release[] }

/** Packs the three tiers and the machine's scripts into `folder` and puts the release first in its list. */
async function packageRelease(root: string, folder: string): Promise<List> {
  mkdirSync(folder, { recursive: true })
  const contents = await Promise.all(tiers.map(async tier => ({ tier, content: await contentOf(root, tier) })))
  const version = versionOf(
    root,
    contents.map(({ content }) => content),
  )
  const write = (name: string, packed: Buffer): Artifact => {
    const file = `${name}.tar.gz`
    writeFileSync(join(folder, file), packed)
    return { file, sha256: sha256(packed) }
  }
  const artifacts: Record<string, Artifact> = {}
  for (const { tier, content } of contents) {
    artifacts[tier] = write(`${tier}-${version}`, packTier(tier, version, content))
  }
  const machine = packMachine(root)
  const list: List = {
    machine: write(`machine-${sha256(machine).slice(0, 12)}`, machine),
    releases: [{ version, artifacts }, ...before(folder).filter(release => release.version !== version)].slice(0, kept),
  }
  writeFileSync(join(folder, 'releases.json'), `${JSON.stringify(list, null, 2)}\n`)
  return list
}

function before(folder: string): Release[] {
  const path = join(folder, 'releases.json')
  if (!existsSync(path)) return []
  const { releases }: List = JSON.parse(readFileSync(path, 'utf8'))
  return releases.filter(({ artifacts }) =>
    Object.values(artifacts).every(({ file }) => existsSync(join(folder, file))),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
  const folder = process.argv[2] ?? join(root, 'dist', 'releases')
  const { machine, releases } = await packageRelease(root, folder)
  const [release] = releases
  console.log(`${release?.version} in ${folder}`)
  for (const { file, sha256: digest } of [...Object.values(release?.artifacts ?? {}), machine])
    console.log(`  ${digest}  ${file}`)
}
