import type { Releases } from '../releases.ts'

const artifact = (name: string, digit: string) => ({ file: `${name}.tar.gz`, sha256: digit.repeat(64) })

/** Two releases as `npm run package` would list them. */
export const exampleReleases: Releases = {
  machine: artifact('machine-aaaaaaaaaaaa', 'a'),
  releases: ['1.1.0', '1.0.0'].map((version, index) => ({
    version,
    artifacts: {
      ingestion: artifact(`ingestion-${version}`, String(index + 1)),
      processing: artifact(`processing-${version}`, String(index + 3)),
      presentation: artifact(`presentation-${version}`, String(index + 5)),
    },
  })),
}
