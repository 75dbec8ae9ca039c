import type { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js'
import type { S3BucketLifecycleConfigurationRule } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js'
import { S3BucketNotification } from '@cdktf/provider-aws/lib/s3-bucket-notification/index.js'
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js'
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy/index.js'
import { SqsQueueRedriveAllowPolicy } from '@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy/index.js'
import type { TerraformStack } from 'cdktf'
import { accept } from './accept.ts'
import { buildBucket } from './bucket.ts'
import type { InfraConfig } from './config.ts'
import type { Keys } from './keys.ts'
import type { Names } from './names.ts'
import { policy, type Statement } from './policy.ts'

export type Storage = {
  /** Where chains put their exports. */
  landing: S3Bucket
  /** Raw and cleaned history as Parquet. */
  lake: S3Bucket
  /** Releases of the tiers, the install scripts, the sources. */
  artifacts: S3Bucket
  accessLogs: S3Bucket
  /** Tells ingestion of new objects. */
  arrivals: SqsQueue
  undelivered: SqsQueue
}

const quarter = 90
/** What is told comes again every five seconds while Kafka is away or a file that it is joined with has not arrived: some ten minutes. */
const tries = 100

/** The buckets, and the queue that says what has landed. */
export function buildStorage(stack: TerraformStack, config: InfraConfig, names: Names, keys: Keys): Storage {
  const nameOf = (purpose: string) => names.bucket(purpose, keys.account, config.region)
  const accessLogs = buildBucket(stack, {
    purpose: 'access-logs',
    name: nameOf('access-logs'),
    keyArn: undefined,
    accessLogs: undefined,
    rules: [expire('access-logs', config.logRetentionDays)],
    statements: accessLogWriters(nameOf('access-logs'), keys.account, config),
    keepOnDestroy: config.deletionProtection,
  })
  accept(
    accessLogs,
    'CKV_AWS_145',
    'S3 and the load balancer can deliver access logs only to a bucket encrypted with S3 keys.',
  )
  accept(accessLogs, 'CKV2_AWS_62', 'Nothing has to react to an access log.')

  const bucket = (purpose: string, rules: S3BucketLifecycleConfigurationRule[]) =>
    buildBucket(stack, {
      purpose,
      name: nameOf(purpose),
      keyArn: keys.key.arn,
      accessLogs,
      rules,
      statements: [],
      keepOnDestroy: config.deletionProtection,
    })
  const landing = bucket('landing', [archive('landing', quarter, config.rawRetentionDays)])
  const lake = bucket('lake', [archive('lake', quarter, undefined)])
  const artifacts = bucket('artifacts', [forget('old-versions', quarter)])
  accept(lake, 'CKV2_AWS_62', 'Only processing writes here and it knows what it wrote.')
  accept(artifacts, 'CKV2_AWS_62', 'Machines are told of a release by Systems Manager.')

  const undelivered = new SqsQueue(stack, 'arrivals-undelivered', {
    name: names.resource('arrivals-undelivered'),
    messageRetentionSeconds: 14 * 86_400,
    kmsMasterKeyId: keys.key.arn,
    kmsDataKeyReusePeriodSeconds: 3600,
  })
  const arrivals = new SqsQueue(stack, 'arrivals', {
    name: names.resource('arrivals'),
    messageRetentionSeconds: 14 * 86_400,
    // Longer than the largest file takes, so that a file in hand is not handed out again.
    visibilityTimeoutSeconds: 900,
    receiveWaitTimeSeconds: 20,
    kmsMasterKeyId: keys.key.arn,
    kmsDataKeyReusePeriodSeconds: 3600,
    redrivePolicy: JSON.stringify({ deadLetterTargetArn: undelivered.arn, maxReceiveCount: tries }),
  })
  new SqsQueueRedriveAllowPolicy(stack, 'arrivals-undelivered-from', {
    queueUrl: undelivered.url,
    redriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [arrivals.arn] }),
  })
  const mayTell = new SqsQueuePolicy(stack, 'arrivals-policy', {
    queueUrl: arrivals.url,
    policy: policy([
      {
        sid: 'LandingBucketTells',
        principals: { Service: 's3.amazonaws.com' },
        actions: ['sqs:SendMessage'],
        resources: [arrivals.arn],
        conditions: {
          ArnEquals: { 'aws:SourceArn': landing.arn },
          StringEquals: { 'aws:SourceAccount': keys.account },
        },
      },
    ]),
  })
  new S3BucketNotification(stack, 'landing-arrivals', {
    bucket: landing.id,
    queue: [{ id: 'arrivals', queueArn: arrivals.arn, events: ['s3:ObjectCreated:*'] }],
    dependsOn: [mayTell],
  })
  return { landing, lake, artifacts, accessLogs, arrivals, undelivered }
}

function accessLogWriters(name: string, account: string, { region }: InfraConfig): Statement[] {
  const own = { 'aws:SourceAccount': account }
  return [
    {
      sid: 'S3WritesAccessLogs',
      principals: { Service: 'logging.s3.amazonaws.com' },
      actions: ['s3:PutObject'],
      resources: [`arn:aws:s3:::${name}/*`],
      conditions: { StringEquals: own },
    },
    {
      sid: 'LoadBalancerWritesAccessLogs',
      principals: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
      actions: ['s3:PutObject'],
      resources: [`arn:aws:s3:::${name}/front/*`],
      conditions: { ArnLike: { 'aws:SourceArn': `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/*` } },
    },
  ]
}

function expire(id: string, days: number): S3BucketLifecycleConfigurationRule {
  return {
    id,
    status: 'Enabled',
    filter: [{ prefix: '' }],
    expiration: [{ days }],
    noncurrentVersionExpiration: [{ noncurrentDays: 30 }],
  }
}

function archive(id: string, after: number, end: number | undefined): S3BucketLifecycleConfigurationRule {
  return {
    id,
    status: 'Enabled',
    filter: [{ prefix: '' }],
    ...(end === undefined || end > after ? { transition: [{ days: after, storageClass: 'STANDARD_IA' }] } : {}),
    ...(end === undefined ? {} : { expiration: [{ days: end }] }),
    noncurrentVersionExpiration: [{ noncurrentDays: 30 }],
  }
}

function forget(id: string, days: number): S3BucketLifecycleConfigurationRule {
  return { id, status: 'Enabled', filter: [{ prefix: '' }], noncurrentVersionExpiration: [{ noncurrentDays: days }] }
}
