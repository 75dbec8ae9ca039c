import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile/index.js'
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import type { TerraformStack } from 'cdktf'
import type { Tier } from '#shared/agreement.ts'
import type { InfraConfig } from './config.ts'
import type { Database } from './database.ts'
import type { Kafka } from './kafka.ts'
import { kafkaRights } from './kafka-rights.ts'
import type { Keys } from './keys.ts'
import type { Names } from './names.ts'
import { assumedBy, policy, type Statement } from './policy.ts'
import type { Storage } from './storage.ts'
import type { WarehouseSecret } from './warehouse-secret.ts'

export type Around = {
  config: InfraConfig
  names: Names
  keys: Keys
  kafka: Kafka
  storage: Storage
  database: Database
  warehouse: WarehouseSecret
}

/** A role and an instance profile with what this tier needs and nothing else. */
export function buildRole(stack: TerraformStack, tier: Tier, around: Around): IamInstanceProfile {
  const { names } = around
  const role = new IamRole(stack, `role-${tier}`, {
    name: names.resource(tier),
    assumeRolePolicy: assumedBy('ec2.amazonaws.com'),
    tags: { Name: names.resource(tier) },
  })
  new IamRolePolicy(stack, `rights-${tier}`, {
    name: tier,
    role: role.id,
    policy: policy([...everyMachine(tier, around), ...ownRights(tier, around), ...kafkaRights(tier, around.kafka)]),
  })
  return new IamInstanceProfile(stack, `profile-${tier}`, { name: names.resource(tier), role: role.name })
}

/**
 * Actions that AWS lets nobody narrow to a resource. Each is here with its reason; the test of the roles takes a `*` for no other.
 */
export const unscoped: Readonly<Record<string, string>> = {
  'cloudwatch:PutMetricData': 'Has no resource; narrowed to our namespaces by condition',
  'ssm:UpdateInstanceInformation': 'The agent registers itself before anything about it has a name',
  'ssmmessages:CreateControlChannel': 'Session Manager and Run Command; no resource type exists',
  'ssmmessages:CreateDataChannel': 'Session Manager and Run Command; no resource type exists',
  'ssmmessages:OpenControlChannel': 'Session Manager and Run Command; no resource type exists',
  'ssmmessages:OpenDataChannel': 'Session Manager and Run Command; no resource type exists',
  'ec2messages:AcknowledgeMessage': 'Run Command on older agents; no resource type exists',
  'ec2messages:DeleteMessage': 'Run Command on older agents; no resource type exists',
  'ec2messages:FailMessage': 'Run Command on older agents; no resource type exists',
  'ec2messages:GetEndpoint': 'Run Command on older agents; no resource type exists',
  'ec2messages:GetMessages': 'Run Command on older agents; no resource type exists',
  'ec2messages:SendReply': 'Run Command on older agents; no resource type exists',
  'ssm:ListInstanceAssociations': 'The agent asks which associations are its own',
  'ssm:UpdateInstanceAssociationStatus': 'The agent reports how a release went',
}

function everyMachine(tier: Tier, { config, names, keys, storage, database, warehouse }: Around): Statement[] {
  const here = `${config.region}:${keys.account}`
  const secrets = [database.secretArn, warehouse.arn, config.kafkaSecretArn ?? '', mail(tier, config)].filter(
    arn => arn !== '',
  )
  return [
    {
      sid: 'OwnSettings',
      actions: ['ssm:GetParameter'],
      resources: [`arn:aws:ssm:${here}:parameter${names.parameters}/machines/${tier}*`],
    },
    {
      sid: 'OwnReleases',
      actions: ['s3:GetObject'],
      resources: [`${storage.artifacts.arn}/machine/*`, `${storage.artifacts.arn}/releases/${tier}/*`],
    },
    { sid: 'Secrets', actions: ['secretsmanager:GetSecretValue'], resources: secrets },
    {
      sid: 'Key',
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'],
      resources: [keys.key.arn],
    },
    {
      sid: 'Logs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
      resources: [`arn:aws:logs:${here}:log-group:${names.logs}/${tier}:*`],
    },
    {
      sid: 'Metrics',
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': ['DataApp', 'DataApp/Machines'] } },
    },
    ...(config.sessionManager ? [managed] : []),
  ]
}

const managed: Statement = {
  sid: 'SystemsManager',
  actions: Object.keys(unscoped).filter(action => !action.startsWith('cloudwatch:')),
  resources: ['*'],
}

function mail(tier: Tier, config: InfraConfig): string {
  return tier === 'ingestion' ? '' : (config.smtpSecretArn ?? '')
}

function ownRights(tier: Tier, { storage, warehouse, config }: Around): Statement[] {
  switch (tier) {
    case 'ingestion':
      return [
        {
          sid: 'ReadLanding',
          actions: ['s3:GetObject', 's3:GetObjectVersion'],
          resources: [`${storage.landing.arn}/*`],
        },
        { sid: 'ListLanding', actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: [storage.landing.arn] },
        { sid: 'ReadSources', actions: ['s3:GetObject'], resources: [`${storage.artifacts.arn}/sources/*`] },
        {
          sid: 'ListSources',
          actions: ['s3:ListBucket'],
          resources: [storage.artifacts.arn],
          conditions: { StringLike: { 's3:prefix': ['sources/*', 'sources'] } },
        },
        {
          sid: 'HearOfArrivals',
          actions: [
            'sqs:ReceiveMessage',
            'sqs:DeleteMessage',
            'sqs:ChangeMessageVisibility',
            'sqs:GetQueueAttributes',
            'sqs:GetQueueUrl',
          ],
          resources: [storage.arrivals.arn],
        },
      ]
    case 'processing':
      return [
        {
          sid: 'WriteLake',
          actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
          resources: [`${storage.lake.arn}/*`],
        },
        { sid: 'ListLake', actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: [storage.lake.arn] },
        ...(config.warehouse === 'instance'
          ? [
              {
                sid: 'MakeWarehousePassword',
                actions: ['secretsmanager:PutSecretValue'],
                resources: [warehouse.arn],
              },
            ]
          : []),
      ]
    case 'presentation':
      return []
  }
}
