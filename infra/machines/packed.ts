import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type Tier, tiers } from '#shared/agreement.ts'
import { contentOf, packMachine, packTier, sha256, versionOf } from '../../ami/package/artifact.ts'
import { artifactKey } from '../artifacts.ts'
import type { Release, Releases } from '../releases.ts'

/** Two releases of the checkout: the same tiers under two versions, the newer first, as `npm run package` lists them. */
export type Packed = Releases & { newer: Release; older: Release }

export async function packTwice(checkout: string, folder: string): Promise<Packed> {
  mkdirSync(folder, { recursive: true })
  const contents = await Promise.all(tiers.map(tier => contentOf(checkout, tier)))
  const version = versionOf(checkout, contents)
  const write = (file: string, content: Buffer) => {
    writeFileSync(join(folder, file), content)
    return { file, sha256: sha256(content) }
  }
  const release = (name: string): Release => {
    const [ingestion, processing, presentation] = tiers.map((tier, index) => {
      const content = contents[index]
      if (content === undefined) throw new Error(`nothing packed for ${tier}`)
      return write(`${tier}-${name}.tar.gz`, packTier(tier, name, content))
    })
    if (ingestion === undefined || processing === undefined || presentation === undefined)
      throw new Error('a tier is missing')
    return { version: name, artifacts: { ingestion, processing, presentation } }
  }
  const [newer, older] = [release(`${version}-next`), release(version)]
  return { machine: write('machine.tar.gz', packMachine(checkout)), releases: [newer, older], newer, older }
}

/** A machine's settings with another release, as a deploy writes them. */
export function withRelease(settings: string, tier: Tier, { version, artifacts }: Release): string {
  const artifact = artifacts[tier]
  return JSON.stringify({
    ...z.looseObject({}).parse(JSON.parse(settings)),
    release: { version, key: artifactKey(tier, artifact), sha256: artifact.sha256 },
  })
}
