import { Ec2InstanceConnectEndpoint } from '@cdktf/provider-aws/lib/ec2-instance-connect-endpoint/index.js'
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js'
import type { TerraformStack } from 'cdktf'
import type { InfraConfig } from './config.ts'
import type { Firewall } from './firewall.ts'
import type { Names } from './names.ts'
import type { Network } from './network.ts'

/** Each costs by the hour and zone: only what every machine asks for all the time. */
export const insideServices = [
  'ssm',
  'ssmmessages',
  'ec2messages',
  'secretsmanager',
  'kms',
  'sqs',
  'logs',
  'monitoring',
] as const

/** Placement "private": AWS interfaces inside the network, and a way in for administrators without any public address. */
export function buildInside(
  stack: TerraformStack,
  config: InfraConfig,
  names: Names,
  network: Network,
  firewall: Firewall,
): VpcEndpoint[] {
  if (config.placement === 'public') return []
  const subnetIds = network.zones.flatMap(zone => {
    const subnet = network.privateSubnets[zone]
    return subnet === undefined ? [] : [subnet.id]
  })
  const [first] = subnetIds
  new Ec2InstanceConnectEndpoint(stack, 'connect', {
    subnetId: first ?? '',
    securityGroupIds: [firewall.idOf('connect')],
    preserveClientIp: false,
    tags: { Name: names.resource('connect') },
  })
  return insideServices.map(
    service =>
      new VpcEndpoint(stack, `endpoint-${service}`, {
        vpcId: network.vpc.id,
        serviceName: `com.amazonaws.${config.region}.${service}`,
        vpcEndpointType: 'Interface',
        privateDnsEnabled: true,
        subnetIds,
        securityGroupIds: [firewall.idOf('endpoints')],
        tags: { Name: names.resource(`endpoint-${service}`) },
      }),
  )
}
