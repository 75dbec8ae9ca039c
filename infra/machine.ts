import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { EbsVolume } from '@cdktf/provider-aws/lib/ebs-volume/index.js'
import { Eip } from '@cdktf/provider-aws/lib/eip/index.js'
import { EipAssociation } from '@cdktf/provider-aws/lib/eip-association/index.js'
import type { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile/index.js'
import { Instance } from '@cdktf/provider-aws/lib/instance/index.js'
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter/index.js'
import { VolumeAttachment } from '@cdktf/provider-aws/lib/volume-attachment/index.js'
import type { ITerraformDependable, TerraformStack } from 'cdktf'
import type { Tier } from '#shared/agreement.ts'
import { userData } from '../ami/user-data.ts'
import { accept } from './accept.ts'
import { machineKey } from './artifacts.ts'
import type { InfraConfig } from './config.ts'
import type { Firewall } from './firewall.ts'
import type { Group } from './firewall-rules.ts'
import type { Keys } from './keys.ts'
import type { Names } from './names.ts'
import type { Network } from './network.ts'
import type { Releases } from './releases.ts'
import type { MachineSettings } from './tier-settings.ts'

export type MachinePlan = {
  tier: Tier
  /** The name people know it by: Processing-Instance. */
  name: string
  /** Short and unique: processing, processing2. */
  id: string
  type: string
  amiId: string
  isPublic: boolean
  /** Has the warehouse's volume. */
  keepsData: boolean
  /** A private address that stays when the machine is replaced; any when undefined. */
  privateAddress: string | undefined
  keyName: string | undefined
  profile: IamInstanceProfile
  settings: MachineSettings
  releases: Releases
}

export type Machine = { plan: MachinePlan; instance: Instance; address: Eip | undefined; parameter: SsmParameter }
export type MachineAround = { config: InfraConfig; names: Names; keys: Keys; network: Network; firewall: Firewall }

/** One log group per tier, shared by its machines. */
export function buildLogGroup(
  stack: TerraformStack,
  tier: Tier,
  { config, names, keys }: MachineAround,
): CloudwatchLogGroup {
  return new CloudwatchLogGroup(stack, `logs-${tier}`, {
    name: `${names.logs}/${tier}`,
    retentionInDays: config.logRetentionDays,
    kmsKeyId: keys.key.arn,
  })
}

/** A machine of a tier: what it is told, what it may do, where it stands. */
export function buildMachine(
  stack: TerraformStack,
  plan: MachinePlan,
  around: MachineAround,
  needs: ITerraformDependable[],
): Machine {
  const { config, names, keys, network, firewall } = around
  const [zone] = network.zones
  const volume = plan.keepsData ? buildVolume(stack, plan, around, zone) : undefined
  const [bundle, parameter] = tell(stack, plan, around, volume)
  const groups: Group[] = ['my_sg', plan.tier, ...(plan.keepsData ? ['warehouse' as const] : [])]
  const subnets = plan.isPublic ? network.publicSubnets : network.privateSubnets
  const instance = new Instance(stack, `machine-${plan.id}`, {
    ami: plan.amiId,
    instanceType: plan.type,
    subnetId: subnets[zone]?.id ?? '',
    associatePublicIpAddress: plan.isPublic,
    ...(plan.privateAddress === undefined ? {} : { privateIp: plan.privateAddress }),
    vpcSecurityGroupIds: groups.map(firewall.idOf),
    iamInstanceProfile: plan.profile.name,
    ...(plan.keyName === undefined ? {} : { keyName: plan.keyName }),
    userData: userData({ region: config.region, parameters: parametersOf(names, plan.id) }),
    userDataReplaceOnChange: false,
    monitoring: true,
    ebsOptimized: true,
    disableApiTermination: config.deletionProtection,
    maintenanceOptions: { autoRecovery: 'default' },
    metadataOptions: {
      httpEndpoint: 'enabled',
      httpTokens: 'required',
      httpPutResponseHopLimit: 1,
      instanceMetadataTags: 'disabled',
    },
    rootBlockDevice: {
      volumeType: 'gp3',
      volumeSize: config.rootVolumeGb,
      encrypted: true,
      kmsKeyId: keys.key.arn,
      deleteOnTermination: true,
      tags: { Name: plan.name },
    },
    // Without a chosen image the newest one of the first deploy stays: a new image of Amazon's must not replace a machine by surprise.
    lifecycle: { ignoreChanges: config.amiId === undefined ? ['ami'] : [] },
    tags: { Name: plan.name, Tier: plan.tier },
    dependsOn: [bundle, parameter, ...needs],
  })
  if (plan.isPublic) {
    accept(
      instance,
      'CKV_AWS_88',
      'Placement "public" as the operators drew it: what can be reached is decided by the security groups; the key placement moves it inside.',
    )
  }
  if (volume !== undefined) {
    new VolumeAttachment(stack, `data-of-${plan.id}`, {
      deviceName: '/dev/sdf',
      instanceId: instance.id,
      volumeId: volume.id,
      stopInstanceBeforeDetaching: true,
    })
  }
  return { plan, instance, address: fixedAddress(stack, plan, instance, network), parameter }
}

/** The parameters a machine reads: which install scripts, and what to run with which settings. */
function parametersOf(names: Names, id: string): string {
  return `${names.parameters}/machines/${id}`
}

function tell(
  stack: TerraformStack,
  plan: MachinePlan,
  { names, keys }: MachineAround,
  volume: EbsVolume | undefined,
): [SsmParameter, SsmParameter] {
  const settings: MachineSettings = volume === undefined ? plan.settings : { ...plan.settings, dataVolume: volume.id }
  const parameter = (what: string, value: string) =>
    new SsmParameter(stack, `${what}-of-${plan.id}`, {
      name: `${parametersOf(names, plan.id)}/${what}`,
      type: 'SecureString',
      keyId: keys.key.arn,
      value,
    })
  const { machine } = plan.releases
  return [
    parameter('bundle', `${plan.settings.bucket} ${machineKey(machine)} ${machine.sha256}`),
    parameter('settings', JSON.stringify(settings)),
  ]
}

function buildVolume(
  stack: TerraformStack,
  plan: MachinePlan,
  { config, names, keys }: MachineAround,
  zone: string,
): EbsVolume {
  return new EbsVolume(stack, `volume-${plan.id}`, {
    availabilityZone: zone,
    size: config.warehouseVolumeGb,
    type: 'gp3',
    encrypted: true,
    kmsKeyId: keys.key.arn,
    finalSnapshot: config.deletionProtection,
    tags: { Name: names.resource('warehouse'), Snapshots: names.resource('warehouse') },
  })
}

/** The dashboard's address stays when its machine is replaced. */
function fixedAddress(stack: TerraformStack, plan: MachinePlan, instance: Instance, network: Network): Eip | undefined {
  if (plan.tier !== 'presentation' || !plan.isPublic) return undefined
  const address = new Eip(stack, 'dashboard-address', {
    domain: 'vpc',
    tags: { Name: plan.name },
    dependsOn: [...network.ways],
  })
  new EipAssociation(stack, 'dashboard-address-of', { allocationId: address.id, instanceId: instance.id })
  return address
}
