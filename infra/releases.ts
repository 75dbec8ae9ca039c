import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import type { InfraConfig } from './config.ts'
import { Refusal } from './refusal.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const artifact = z.object({ file: z.string().min(1), sha256 })
const release = z.object({
  version: z.string().min(1),
  artifacts: z.object({ ingestion: artifact, processing: artifact, presentation: artifact }),
})
const schema = z.object({ machine: artifact, releases: z.array(release).min(1) })

/** One packed file: its name beside the list and the SHA-256 of its bytes. */
export type Artifact = z.output<typeof artifact>
/** What `npm run package` has made: the machine's install scripts and the releases, newest first. */
export type Releases = z.output<typeof schema>
export type Release = Releases['releases'][number]

/** Reads the list that `npm run package` writes. */
export function readReleases({ releasesFile }: InfraConfig): Releases {
  if (!existsSync(releasesFile)) {
    throw new Refusal([{ key: 'releasesFile', why: `there is no ${releasesFile}: run "npm run package" first` }])
  }
  const parsed = schema.safeParse(JSON.parse(readFileSync(releasesFile, 'utf8')))
  if (!parsed.success) {
    throw new Refusal([
      { key: 'releasesFile', why: `${releasesFile} is not a list of releases: ${parsed.error.message}` },
    ])
  }
  return parsed.data
}

/** The release that is to run: the one asked for, or the newest. */
export function wanted(config: InfraConfig, { releases }: Releases): Release {
  const found = releases.find(one => config.release === undefined || one.version === config.release)
  if (found === undefined) {
    const known = releases.map(({ version }) => version).join(', ')
    throw new Refusal([{ key: 'release', why: `"${config.release}" is not packaged here; there are ${known}` }])
  }
  return found
}
