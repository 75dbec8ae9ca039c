import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter/index.js'
import type { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile/index.js'
import { KeyPair } from '@cdktf/provider-aws/lib/key-pair/index.js'
import type { ITerraformDependable, TerraformStack } from 'cdktf'
import { type Tier, tiers } from '#shared/agreement.ts'
import { addressAt, parseCidr } from './cidr.ts'
import type { InfraConfig } from './config.ts'
import type { Firewall } from './firewall.ts'
import { partPorts } from './firewall-rules.ts'
import { buildLogGroup, buildMachine, type Machine } from './machine.ts'
import { machineNames } from './names.ts'
import type { Network } from './network.ts'
import { type Releases, wanted } from './releases.ts'
import { buildRole, type Around as RoleAround } from './roles.ts'
import { settingsOf } from './tier-settings.ts'

/** Amazon's own name for the newest Amazon Linux 2023 image. */
const newestImage = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64'

export type Machines = { all: readonly Machine[]; dashboard: Machine; dashboardUrl: string }

export type MachinesAround = RoleAround & {
  network: Network
  firewall: Firewall
  releases: Releases
  needs: ITerraformDependable[]
}

/** The three machines, and further processing instances when asked for. */
export function buildMachines(stack: TerraformStack, around: MachinesAround): Machines {
  const { config, names } = around
  const amiId = config.amiId ?? new DataAwsSsmParameter(stack, 'newest-image', { name: newestImage }).insecureValue
  const keyName =
    config.sshPublicKey === undefined
      ? undefined
      : new KeyPair(stack, 'key-pair', { keyName: names.resource('admin'), publicKey: config.sshPublicKey }).keyName
  const all = tiers.flatMap(tier => {
    const profile = buildRole(stack, tier, around)
    const logs = buildLogGroup(stack, tier, around)
    return placesOf(tier, config).map(place =>
      buildMachine(stack, { ...planOf(tier, place, profile, logs.name, around), amiId, keyName }, around, [
        ...around.needs,
        logs,
      ]),
    )
  })
  const dashboard = all.find(({ plan }) => plan.tier === 'presentation')
  if (dashboard === undefined) throw new Error('there is no presentation machine')
  return { all, dashboard, dashboardUrl: dashboardUrl(config, dashboard) }
}

type Place = { id: string; name: string; first: boolean }

function placesOf(tier: Tier, { processingCount }: InfraConfig): Place[] {
  const more = tier === 'processing' ? processingCount - 1 : 0
  return [
    { id: tier, name: machineNames[tier], first: true },
    ...Array.from({ length: more }, (_, index) => ({
      id: `${tier}${index + 2}`,
      name: `${machineNames[tier]}-${index + 2}`,
      first: false,
    })),
  ]
}

function planOf(tier: Tier, place: Place, profile: IamInstanceProfile, logGroup: string, around: MachinesAround) {
  const { config, releases } = around
  const keepsData = tier === 'processing' && place.first && config.warehouse === 'instance'
  const types = {
    ingestion: config.ingestionType,
    processing: config.processingType,
    presentation: config.presentationType,
  }
  const settings = settingsOf(tier, logGroup, {
    ...around,
    warehouseUrl: warehouseUrl(config),
    publicUrl: config.domainName === undefined ? '' : `https://${config.domainName}`,
    release: wanted(config, releases),
  })
  return {
    tier,
    id: place.id,
    name: place.name,
    type: types[tier] ?? config.instanceType,
    isPublic: standsOutside(tier, config),
    keepsData,
    privateAddress: keepsData ? warehouseAddress(config) : undefined,
    profile,
    settings,
    releases,
  }
}

/** Placement "private" moves the tiers inside; the dashboard follows once a load balancer stands in front of it. */
function standsOutside(tier: Tier, { placement, domainName }: InfraConfig): boolean {
  if (placement === 'public') return true
  return tier === 'presentation' && domainName === undefined
}

/** ClickHouse has a fixed private address, so that a replaced machine is found where the old one was. */
function warehouseAddress(config: InfraConfig): string {
  const blocks = standsOutside('processing', config) ? config.publicCidrs : config.privateCidrs
  const block = parseCidr(blocks[0] ?? '')
  return block === undefined ? '' : addressAt(block, 10)
}

function warehouseUrl(config: InfraConfig): string {
  return config.warehouse === 'external'
    ? (config.warehouseUrl ?? '')
    : `https://${warehouseAddress(config)}:${partPorts.warehouse}`
}

function dashboardUrl({ domainName }: InfraConfig, { address, instance }: Machine): string {
  if (domainName !== undefined) return `https://${domainName}`
  return `http://${address?.publicIp ?? instance.publicIp}`
}
