import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group/index.js'
import { Eip } from '@cdktf/provider-aws/lib/eip/index.js'
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log/index.js'
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway/index.js'
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway/index.js'
import { Route } from '@cdktf/provider-aws/lib/route/index.js'
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js'
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js'
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js'
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js'
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js'
import type { TerraformStack } from 'cdktf'
import { type InfraConfig, zonesOf } from './config.ts'
import type { Keys } from './keys.ts'
import type { Names } from './names.ts'
import { assumedBy, policy } from './policy.ts'

export type Network = {
  vpc: Vpc
  /** Keyed by zone name, so that a zone added or removed never moves another zone's subnet. */
  publicSubnets: Readonly<Record<string, Subnet>>
  privateSubnets: Readonly<Record<string, Subnet>>
  privateRoutes: Readonly<Record<string, RouteTable>>
  zones: readonly [string, string]
  /** What must exist before a machine in a private subnet can reach the outside. */
  ways: readonly (Route | VpcEndpoint)[]
}

/** The VPC with its four subnets, their routes and the door to S3 that does not pass the internet. */
export function buildNetwork(stack: TerraformStack, config: InfraConfig, names: Names, keys: Keys): Network {
  const zones = zonesOf(config)
  const vpc = new Vpc(stack, 'vpc', {
    cidrBlock: config.vpcCidr,
    enableDnsSupport: true,
    enableDnsHostnames: true,
    tags: { Name: names.vpc },
  })
  new DefaultSecurityGroup(stack, 'default-security-group', {
    vpcId: vpc.id,
    ingress: [],
    egress: [],
    tags: { Name: names.resource('closed') },
  })
  logFlows(stack, config, names, keys, vpc)

  const gateway = new InternetGateway(stack, 'internet-gateway', {
    vpcId: vpc.id,
    tags: { Name: names.internetGateway },
  })
  const publicRoutes = new RouteTable(stack, 'routes-public', { vpcId: vpc.id, tags: { Name: names.publicRoutes } })
  const outward = new Route(stack, 'route-public-internet', {
    routeTableId: publicRoutes.id,
    destinationCidrBlock: '0.0.0.0/0',
    gatewayId: gateway.id,
  })

  const publicSubnets: Record<string, Subnet> = {}
  const privateSubnets: Record<string, Subnet> = {}
  const privateRoutes: Record<string, RouteTable> = {}
  zones.forEach((zone, index) => {
    const subnet = (kind: 'public' | 'private', cidrs: readonly string[]) =>
      new Subnet(stack, `subnet-${kind}-${zone}`, {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock: cidrs[index] ?? '',
        mapPublicIpOnLaunch: false,
        tags: { Name: names.subnet(kind, index + 1, zone) },
      })
    const open = subnet('public', config.publicCidrs)
    const closed = subnet('private', config.privateCidrs)
    const routes = new RouteTable(stack, `routes-private-${zone}`, {
      vpcId: vpc.id,
      tags: { Name: names.privateRoutes(index + 1, zone) },
    })
    new RouteTableAssociation(stack, `routes-of-public-${zone}`, { subnetId: open.id, routeTableId: publicRoutes.id })
    new RouteTableAssociation(stack, `routes-of-private-${zone}`, { subnetId: closed.id, routeTableId: routes.id })
    publicSubnets[zone] = open
    privateSubnets[zone] = closed
    privateRoutes[zone] = routes
  })

  const s3 = new VpcEndpoint(stack, 'endpoint-s3', {
    vpcId: vpc.id,
    serviceName: `com.amazonaws.${config.region}.s3`,
    vpcEndpointType: 'Gateway',
    routeTableIds: [publicRoutes.id, ...zones.flatMap(zone => idOf(privateRoutes[zone]))],
    tags: { Name: names.resource('endpoint-s3') },
  })
  const nat =
    config.placement === 'private' ? translate(stack, names, zones, publicSubnets, privateRoutes, outward) : []
  return { vpc, publicSubnets, privateSubnets, privateRoutes, zones, ways: [outward, s3, ...nat] }
}

/** One NAT gateway per zone, so that the loss of a zone never cuts off the other. */
function translate(
  stack: TerraformStack,
  names: Names,
  zones: readonly string[],
  publicSubnets: Network['publicSubnets'],
  privateRoutes: Network['privateRoutes'],
  outward: Route,
): Route[] {
  return zones.flatMap(zone => {
    const [subnet, routes] = [publicSubnets[zone], privateRoutes[zone]]
    if (subnet === undefined || routes === undefined) return []
    const address = new Eip(stack, `nat-address-${zone}`, {
      domain: 'vpc',
      tags: { Name: names.resource(`nat-${zone}`) },
    })
    const gateway = new NatGateway(stack, `nat-${zone}`, {
      subnetId: subnet.id,
      allocationId: address.id,
      tags: { Name: names.resource(`nat-${zone}`) },
      dependsOn: [outward],
    })
    return [
      new Route(stack, `route-private-${zone}-nat`, {
        routeTableId: routes.id,
        destinationCidrBlock: '0.0.0.0/0',
        natGatewayId: gateway.id,
      }),
    ]
  })
}

function logFlows(stack: TerraformStack, config: InfraConfig, names: Names, keys: Keys, vpc: Vpc): void {
  const group = new CloudwatchLogGroup(stack, 'flow-logs-group', {
    name: `${names.logs}/flows`,
    retentionInDays: config.logRetentionDays,
    kmsKeyId: keys.key.arn,
  })
  const role = new IamRole(stack, 'flow-logs-role', {
    name: names.resource('flow-logs'),
    assumeRolePolicy: assumedBy('vpc-flow-logs.amazonaws.com'),
  })
  new IamRolePolicy(stack, 'flow-logs-rights', {
    name: 'write-flow-logs',
    role: role.id,
    policy: policy([
      {
        sid: 'WriteFlows',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        resources: [`${group.arn}:*`],
      },
    ]),
  })
  new FlowLog(stack, 'flow-logs', {
    vpcId: vpc.id,
    trafficType: 'ALL',
    logDestination: group.arn,
    iamRoleArn: role.arn,
    tags: { Name: names.resource('flows') },
  })
}

function idOf(resource: RouteTable | undefined): string[] {
  return resource === undefined ? [] : [resource.id]
}
