import { contains, parseCidr } from '../cidr.ts'
import { type Block, list, number, referenced, resourcesOf, type Synthesized, text } from './synthesized.ts'

/** Something with an address: a machine, the brokers, the database, the load balancer, the endpoints. */
export type Node = { name: string; groups: readonly string[]; subnets: readonly string[]; hasPublicAddress: boolean }
/** Traffic that gets through, from an outside block or a node to a node or an outside block. */
export type Way = { from: string; to: string; port: number }

type Rule = { group: string; other: string | undefined; cidr: string | undefined; from: number; to: number }

const everywhere = '0.0.0.0/0'

/** The nodes of a synthesized stack, found by the resources that carry security groups. */
export function nodesOf(stack: Synthesized): Node[] {
  return [
    ...nodes(stack, 'aws_instance', machine => ({
      name: nameOf(machine),
      groups: machine.vpc_security_group_ids,
      subnets: [machine.subnet_id],
      hasPublicAddress: machine.associate_public_ip_address === true,
    })),
    ...nodes(stack, 'aws_msk_cluster', cluster => {
      const brokers = objectOf(cluster.broker_node_group_info)
      return {
        name: 'Kafka',
        groups: brokers.security_groups,
        subnets: brokers.client_subnets,
        hasPublicAddress: false,
      }
    }),
    ...nodes(stack, 'aws_msk_serverless_cluster', cluster => {
      const place = objectOf(list(cluster.vpc_config)[0])
      return { name: 'Kafka', groups: place.security_group_ids, subnets: place.subnet_ids, hasPublicAddress: false }
    }),
    ...nodes(stack, 'aws_db_instance', database => ({
      name: 'Settings database',
      groups: database.vpc_security_group_ids,
      subnets: list(resourcesOf(stack, 'aws_db_subnet_group')['database-subnets']?.subnet_ids),
      hasPublicAddress: database.publicly_accessible === true,
    })),
    ...nodes(stack, 'aws_lb', balancer => ({
      name: 'Load balancer',
      groups: balancer.security_groups,
      subnets: balancer.subnets,
      hasPublicAddress: balancer.internal !== true,
    })),
    ...nodes(stack, 'aws_ec2_instance_connect_endpoint', door => ({
      name: 'Instance Connect endpoint',
      groups: door.security_group_ids,
      subnets: [door.subnet_id],
      hasPublicAddress: false,
    })),
    ...nodes(stack, 'aws_vpc_endpoint', endpoint =>
      endpoint.vpc_endpoint_type === 'Interface'
        ? {
            name: 'AWS interfaces inside',
            groups: endpoint.security_group_ids,
            subnets: endpoint.subnet_ids,
            hasPublicAddress: false,
          }
        : undefined,
    ).slice(0, 1),
  ]
}

/** Every way that is open: a rule on both ends, and for the outside also a route and an address. */
export function waysOf(stack: Synthesized): Way[] {
  const all = nodesOf(stack)
  const ingress = rulesOf(stack, 'aws_vpc_security_group_ingress_rule')
  const egress = rulesOf(stack, 'aws_vpc_security_group_egress_rule')
  const inside = all.flatMap(from =>
    all.flatMap(to =>
      from === to
        ? []
        : ingress
            .filter(rule => to.groups.includes(rule.group) && reaches(rule, from, all))
            .filter(rule => egress.some(out => leaves(out, rule, from, to)))
            .map(rule => ({ from: from.name, to: to.name, port: rule.from })),
    ),
  )
  const inward = all.flatMap(to =>
    ingress
      .filter(rule => rule.cidr !== undefined && to.groups.includes(rule.group))
      .filter(() => to.hasPublicAddress && to.subnets.some(subnet => hasInternetRoute(stack, subnet, 'gateway_id')))
      .map(rule => ({ from: rule.cidr ?? '', to: to.name, port: rule.from })),
  )
  const outward = all.flatMap(from =>
    egress
      .filter(rule => rule.cidr !== undefined && from.groups.includes(rule.group))
      .filter(() => canLeave(stack, from))
      .map(rule => ({ from: from.name, to: rule.cidr ?? '', port: rule.from })),
  )
  return unique([...inward, ...inside, ...outward])
}

/** Whether a block of addresses takes in the whole internet. */
function isEverywhere(cidr: string): boolean {
  return cidr === everywhere
}

/** The default route of the table a subnet is associated with, by where it goes. */
export function hasInternetRoute(
  stack: Synthesized,
  subnet: string,
  through: 'gateway_id' | 'nat_gateway_id',
): boolean {
  const association = Object.values(resourcesOf(stack, 'aws_route_table_association')).find(
    one => referenced(one.subnet_id, 'aws_subnet') === subnet,
  )
  const table = referenced(association?.route_table_id, 'aws_route_table')
  return Object.values(resourcesOf(stack, 'aws_route')).some(
    route =>
      referenced(route.route_table_id, 'aws_route_table') === table &&
      route.destination_cidr_block === everywhere &&
      route[through] !== undefined,
  )
}

function canLeave(stack: Synthesized, node: Node): boolean {
  return node.subnets.some(
    subnet =>
      hasInternetRoute(stack, subnet, 'nat_gateway_id') ||
      (node.hasPublicAddress && hasInternetRoute(stack, subnet, 'gateway_id')),
  )
}

function reaches(rule: Rule, from: Node, all: readonly Node[]): boolean {
  if (rule.other !== undefined) return from.groups.includes(rule.other)
  // A block of addresses lets in what is inside the network only if it holds the network's own addresses.
  return rule.cidr !== undefined && all.includes(from) && holds(rule.cidr, '10.0.0.0/8')
}

function leaves(out: Rule, rule: Rule, from: Node, to: Node): boolean {
  if (!from.groups.includes(out.group) || out.from > rule.from || out.to < rule.to) return false
  return out.other === undefined ? out.cidr !== undefined && isEverywhere(out.cidr) : to.groups.includes(out.other)
}

function holds(outer: string, inner: string): boolean {
  const [a, b] = [parseCidr(outer), parseCidr(inner)]
  return a !== undefined && b !== undefined && contains(a, b)
}

function rulesOf(stack: Synthesized, type: string): Rule[] {
  return Object.values(resourcesOf(stack, type)).map(rule => ({
    group: referenced(rule.security_group_id, 'aws_security_group') ?? '',
    other: referenced(rule.referenced_security_group_id, 'aws_security_group'),
    cidr: rule.cidr_ipv4 === undefined ? undefined : text(rule.cidr_ipv4),
    from: number(rule.from_port),
    to: number(rule.to_port),
  }))
}

type Found = { name: string; groups: unknown; subnets: unknown; hasPublicAddress: boolean }

function nodes(stack: Synthesized, type: string, read: (resource: Block) => Found | undefined): Node[] {
  return Object.values(resourcesOf(stack, type)).flatMap(resource => {
    const found = read(resource)
    if (found === undefined) return []
    return [
      {
        name: found.name,
        groups: list(found.groups).flatMap(value => referenced(value, 'aws_security_group') ?? []),
        subnets: list(found.subnets).flatMap(value => referenced(value, 'aws_subnet') ?? []),
        hasPublicAddress: found.hasPublicAddress,
      },
    ]
  })
}

function nameOf(resource: Block): string {
  return text(objectOf(resource.tags).Name)
}

function objectOf(value: unknown): Block {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

function unique(ways: readonly Way[]): Way[] {
  const seen = new Map(ways.map(way => [`${way.from}|${way.to}|${way.port}`, way]))
  return [...seen.values()]
}
