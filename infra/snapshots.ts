import { DlmLifecyclePolicy } from '@cdktf/provider-aws/lib/dlm-lifecycle-policy/index.js'
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import type { TerraformStack } from 'cdktf'
import type { InfraConfig } from './config.ts'
import type { Keys } from './keys.ts'
import type { Names } from './names.ts'
import { assumedBy, policy } from './policy.ts'

/** A snapshot of the warehouse's volume every night at 05:00 UTC (02:00 in São Paulo), kept for `snapshotDays`. */
export function buildSnapshots(stack: TerraformStack, config: InfraConfig, names: Names, keys: Keys): void {
  if (config.warehouse === 'external') return
  const name = names.resource('warehouse')
  const role = new IamRole(stack, 'snapshots-role', {
    name: names.resource('snapshots'),
    assumeRolePolicy: assumedBy('dlm.amazonaws.com'),
  })
  const here = `${config.region}:${keys.account}`
  new IamRolePolicy(stack, 'snapshots-rights', {
    name: 'snapshots',
    role: role.id,
    policy: policy([
      {
        sid: 'Make',
        actions: ['ec2:CreateSnapshot', 'ec2:CreateSnapshots'],
        resources: [`arn:aws:ec2:${here}:volume/*`],
        conditions: { StringEquals: { 'aws:ResourceTag/Snapshots': name } },
      },
      {
        sid: 'MakeNew',
        actions: ['ec2:CreateSnapshot', 'ec2:CreateSnapshots', 'ec2:CreateTags'],
        resources: [`arn:aws:ec2:${config.region}::snapshot/*`],
      },
      {
        sid: 'Forget',
        actions: ['ec2:DeleteSnapshot'],
        resources: [`arn:aws:ec2:${config.region}::snapshot/*`],
        conditions: { StringEquals: { 'aws:ResourceTag/Snapshots': name } },
      },
      { sid: 'Look', actions: [...looks], resources: ['*'] },
    ]),
  })
  new DlmLifecyclePolicy(stack, 'snapshots', {
    description: 'Warehouse volume every night',
    executionRoleArn: role.arn,
    state: 'ENABLED',
    policyDetails: {
      resourceTypes: ['VOLUME'],
      targetTags: { Snapshots: name },
      schedule: [
        {
          name: 'nightly',
          createRule: { interval: 24, intervalUnit: 'HOURS', times: ['05:00'] },
          retainRule: { count: config.snapshotDays },
          copyTags: true,
          tagsToAdd: { Snapshots: name },
        },
      ],
    },
    tags: { Name: name },
  })
}

/** Describe actions have no resource to be narrowed to. */
export const looks = ['ec2:DescribeInstances', 'ec2:DescribeVolumes', 'ec2:DescribeSnapshots'] as const
