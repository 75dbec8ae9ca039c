import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js'
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js'
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js'
import type { TerraformStack } from 'cdktf'
import { accept } from './accept.ts'
import type { InfraConfig } from './config.ts'
import {
  addressesOf,
  type FirewallRule,
  firewallRules,
  type Group,
  groupsOf,
  type Peer,
  partPorts,
} from './firewall-rules.ts'
import type { Names } from './names.ts'
import type { Network } from './network.ts'

export type Firewall = { groups: Readonly<Partial<Record<Group, SecurityGroup>>>; idOf: (group: Group) => string }

const descriptions: Readonly<Record<Group, string>> = {
  my_sg: 'Every machine: how administrators reach it',
  ingestion: 'Ingestion-Instance',
  processing: 'Processing-Instance',
  presentation: 'Presentation-Instance',
  kafka: 'Kafka brokers',
  warehouse: 'ClickHouse',
  database: 'Settings database',
  endpoints: 'AWS interfaces inside the network',
  front: 'Load balancer of the dashboard',
  connect: 'EC2 Instance Connect Endpoint',
}

/** One security group per noun and one rule resource per row of `firewall-rules.ts`, on both ends of the way. */
export function buildFirewall(stack: TerraformStack, config: InfraConfig, names: Names, network: Network): Firewall {
  const groups: Partial<Record<Group, SecurityGroup>> = {}
  for (const group of groupsOf(config)) {
    groups[group] = new SecurityGroup(stack, `group-${group}`, {
      name: names.group(group),
      description: descriptions[group],
      vpcId: network.vpc.id,
      tags: { Name: names.group(group) },
    })
  }
  const idOf = (group: Group): string => {
    const found = groups[group]
    if (found === undefined) throw new Error(`no security group ${group} in this configuration`)
    return found.id
  }
  for (const rule of firewallRules(config)) {
    open(stack, config, rule, idOf)
  }
  return { groups, idOf }
}

function open(stack: TerraformStack, config: InfraConfig, rule: FirewallRule, idOf: (group: Group) => string): void {
  const id = `${nameOf(rule.from)}-to-${nameOf(rule.to)}-${rule.port}`
  const way = { ipProtocol: 'tcp', fromPort: rule.port, toPort: rule.port, description: rule.why.replaceAll("'", '') }
  if ('group' in rule.to) {
    const securityGroupId = idOf(rule.to.group)
    sides(rule.from, config, idOf).forEach(({ suffix, side }) => {
      const ingress = new VpcSecurityGroupIngressRule(stack, `in-${id}${suffix}`, { securityGroupId, ...way, ...side })
      explain(ingress, rule)
    })
  }
  if ('group' in rule.from) {
    const securityGroupId = idOf(rule.from.group)
    sides(rule.to, config, idOf).forEach(({ suffix, side }) => {
      new VpcSecurityGroupEgressRule(stack, `out-${id}${suffix}`, { securityGroupId, ...way, ...side })
    })
  }
}

/** The scanner takes a rule without a block of addresses for one that is open to the world, and can't know who the viewers are. */
function explain(ingress: VpcSecurityGroupIngressRule, { from, port }: FirewallRule): void {
  if ('group' in from && port === partPorts.ssh)
    accept(ingress, 'CKV_AWS_24', 'Open to one security group, not to the world.')
  if ('group' in from && port === partPorts.http)
    accept(ingress, 'CKV_AWS_260', 'Open to one security group, not to the world.')
  if ('place' in from && port === partPorts.http) {
    accept(ingress, 'CKV_AWS_260', 'The dashboard is for people anywhere; the key dashboardCidrs narrows who they are.')
  }
}

type Side = { suffix: string; side: { referencedSecurityGroupId: string } | { cidrIpv4: string } }

function sides(peer: Peer, config: InfraConfig, idOf: (group: Group) => string): Side[] {
  if ('group' in peer) return [{ suffix: '', side: { referencedSecurityGroupId: idOf(peer.group) } }]
  const blocks = addressesOf(peer.place, config)
  return blocks.map(cidrIpv4 => ({
    suffix: blocks.length === 1 ? '' : `-${cidrIpv4.replaceAll(/[./]/g, '-')}`,
    side: { cidrIpv4 },
  }))
}

function nameOf(peer: Peer): string {
  return 'group' in peer ? peer.group : peer.place
}
