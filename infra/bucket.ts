import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js'
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
} from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js'
import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging/index.js'
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js'
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js'
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js'
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js'
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning/index.js'
import type { TerraformStack } from 'cdktf'
import { accept } from './accept.ts'
import { policy, type Statement } from './policy.ts'

export type BucketPlan = {
  /** What it is for: the middle of its name. */
  purpose: string
  name: string
  /** The key's ARN, or undefined where a service can only write with the bucket's own encryption. */
  keyArn: string | undefined
  /** Where accesses are logged, or undefined for the bucket that holds those logs. */
  accessLogs: S3Bucket | undefined
  rules: readonly S3BucketLifecycleConfigurationRule[]
  /** What the bucket's policy allows beyond refusing unencrypted transport. */
  statements: readonly Statement[]
  keepOnDestroy: boolean
}

/** A bucket as all of ours are: versioned, encrypted, reached by TLS only, closed to the public, with an end to what it keeps. */
export function buildBucket(stack: TerraformStack, plan: BucketPlan): S3Bucket {
  const id = `bucket-${plan.purpose}`
  const bucket = new S3Bucket(stack, id, {
    bucket: plan.name,
    forceDestroy: !plan.keepOnDestroy,
    tags: { Name: plan.name },
  })
  accept(bucket, 'CKV_AWS_144', 'One region by design; what can be lost with a region is restored from the sources.')
  new S3BucketVersioningA(stack, `${id}-versions`, {
    bucket: bucket.id,
    versioningConfiguration: { status: 'Enabled' },
  })
  new S3BucketServerSideEncryptionConfigurationA(stack, `${id}-encryption`, {
    bucket: bucket.id,
    rule: [
      plan.keyArn === undefined
        ? { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }
        : {
            applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: plan.keyArn },
            bucketKeyEnabled: true,
          },
    ],
  })
  const closed = new S3BucketPublicAccessBlock(stack, `${id}-closed`, {
    bucket: bucket.id,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  })
  new S3BucketOwnershipControls(stack, `${id}-owner`, {
    bucket: bucket.id,
    rule: { objectOwnership: 'BucketOwnerEnforced' },
  })
  new S3BucketPolicy(stack, `${id}-policy`, {
    bucket: bucket.id,
    policy: policy([
      {
        sid: 'TlsOnly',
        effect: 'Deny',
        principals: '*',
        actions: ['s3:*'],
        resources: [bucket.arn, `${bucket.arn}/*`],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      ...plan.statements,
    ]),
    dependsOn: [closed],
  })
  new S3BucketLifecycleConfiguration(stack, `${id}-lifecycle`, {
    bucket: bucket.id,
    rule: [
      ...plan.rules,
      {
        id: 'unfinished-uploads',
        status: 'Enabled',
        filter: [{ prefix: '' }],
        abortIncompleteMultipartUpload: [{ daysAfterInitiation: 2 }],
      },
    ],
  })
  if (plan.accessLogs !== undefined) {
    new S3BucketLoggingA(stack, `${id}-logging`, {
      bucket: bucket.id,
      targetBucket: plan.accessLogs.id,
      targetPrefix: `${plan.purpose}/`,
    })
  }
  return bucket
}
