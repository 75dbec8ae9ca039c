import { dirname, resolve } from 'node:path'
import { S3Object } from '@cdktf/provider-aws/lib/s3-object/index.js'
import type { TerraformStack } from 'cdktf'
import { tiers } from '#shared/agreement.ts'
import type { InfraConfig } from './config.ts'
import type { Keys } from './keys.ts'
import type { Artifact, Releases } from './releases.ts'
import type { Storage } from './storage.ts'

/** Uploads every packaged release, so that going back is a matter of naming it, and the install scripts of the machines. */
export function uploadArtifacts(
  stack: TerraformStack,
  config: InfraConfig,
  keys: Keys,
  storage: Storage,
  releases: Releases,
): S3Object[] {
  const folder = dirname(resolve(config.releasesFile))
  const upload = (id: string, key: string, { file, sha256 }: Artifact) =>
    new S3Object(stack, id, {
      bucket: storage.artifacts.id,
      key,
      source: resolve(folder, file),
      sourceHash: sha256,
      kmsKeyId: keys.key.arn,
      serverSideEncryption: 'aws:kms',
    })
  return [
    upload('artifact-machine', machineKey(releases.machine), releases.machine),
    ...releases.releases.flatMap(({ version, artifacts }) =>
      tiers.map(tier => upload(`artifact-${tier}-${version}`, artifactKey(tier, artifacts[tier]), artifacts[tier])),
    ),
  ]
}

/** Where a tier's artifact is in the bucket. */
export function artifactKey(tier: (typeof tiers)[number], { file }: Artifact): string {
  return `releases/${tier}/${file}`
}

/** Where the machines' install scripts are in the bucket. */
export function machineKey({ file }: Artifact): string {
  return `machine/${file}`
}
