import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js'
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js'
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js'
import type { TerraformStack } from 'cdktf'
import type { InfraConfig } from './config.ts'
import type { Names } from './names.ts'
import { policy } from './policy.ts'

export type Keys = { key: KmsKey; account: string }

/** Our own key, rotated every year: volumes, buckets, topics, queues, logs, secrets and personal data are encrypted with it. */
export function buildKeys(stack: TerraformStack, config: InfraConfig, names: Names): Keys {
  const account = new DataAwsCallerIdentity(stack, 'account', {}).accountId
  const usage = [
    'kms:Encrypt',
    'kms:Decrypt',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
    'kms:GenerateDataKey',
    'kms:DescribeKey',
  ]
  const key = new KmsKey(stack, 'key', {
    description: 'DataApp: everything at rest',
    enableKeyRotation: true,
    deletionWindowInDays: 30,
    policy: policy([
      {
        sid: 'AccountAdministersThroughIam',
        actions: administration,
        resources: [`arn:aws:kms:${config.region}:${account}:key/*`],
        principals: { AWS: `arn:aws:iam::${account}:root` },
      },
      {
        sid: 'LogsOfThisDeployment',
        actions: usage,
        resources: [`arn:aws:kms:${config.region}:${account}:key/*`],
        principals: { Service: `logs.${config.region}.amazonaws.com` },
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': [names.logs, 'aws-waf-logs-'].map(
              group => `arn:aws:logs:${config.region}:${account}:log-group:${group}*`,
            ),
          },
        },
      },
      {
        sid: 'BucketNotificationsAndAlarmsOfThisAccount',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [`arn:aws:kms:${config.region}:${account}:key/*`],
        principals: {
          Service: ['s3.amazonaws.com', 'sns.amazonaws.com', 'cloudwatch.amazonaws.com', 'budgets.amazonaws.com'],
        },
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      },
    ]),
    tags: { Name: names.resource('dataapp') },
  })
  new KmsAlias(stack, 'key-alias', { name: `alias/${names.resource('dataapp')}`, targetKeyId: key.keyId })
  return { key, account }
}

/** The account's own rights over the key, which its IAM policies then hand out. Written out instead of `kms:*`. */
const administration = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:CreateGrant',
  'kms:Decrypt',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListAliases',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListResourceTags',
  'kms:ListKeyRotations',
  'kms:PutKeyPolicy',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:RetireGrant',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
]
