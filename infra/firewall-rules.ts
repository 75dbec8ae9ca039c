import { ports } from '#shared/agreement.ts'
import type { InfraConfig } from './config.ts'

/** Ports of the parts that are not tiers. */
export const partPorts = {
  ssh: 22,
  http: 80,
  https: 443,
  /** MSK brokers, TLS with IAM. */
  kafkaIam: 9098,
  /** ClickHouse's HTTP interface over TLS. */
  warehouse: 8443,
  postgres: 5432,
} as const

/** A security group. `my_sg` is on every machine; `front` is the load balancer, `connect` the Instance Connect endpoint. */
export type Group =
  | 'my_sg'
  | 'ingestion'
  | 'processing'
  | 'presentation'
  | 'kafka'
  | 'warehouse'
  | 'database'
  | 'endpoints'
  | 'front'
  | 'connect'

/** A place outside the VPC, given by blocks of addresses. */
export type Place = 'admin' | 'viewers' | 'shops' | 'internet' | 'kafka-outside'

export type Peer = { group: Group } | { place: Place }
export type FirewallRule = { from: Peer; to: Peer; port: number; why: string }

const group = (name: Group): Peer => ({ group: name })
const place = (name: Place): Peer => ({ place: name })
const tiers = ['ingestion', 'processing', 'presentation'] as const

/**
 * Who may speak to whom: everything that is not a row here is closed. The same rows make the security groups, the packet filter of the
 * machine test and the page in `docs/infra/firewall.md`.
 */
export function firewallRules(config: InfraConfig): FirewallRule[] {
  return [...operating(config), ...dashboard(config), ...dataPath(config), ...outward(config)]
}

/** The blocks of addresses a place stands for. */
export function addressesOf(place: Place, config: InfraConfig): readonly string[] {
  switch (place) {
    case 'admin':
      return [config.adminCidr]
    case 'viewers':
      return config.dashboardCidrs
    case 'shops':
      return config.shopCidrs
    case 'internet':
      return ['0.0.0.0/0']
    case 'kafka-outside':
      return config.kafkaExternalCidrs
  }
}

/** The groups that exist in this configuration, in a fixed order. */
export function groupsOf(config: InfraConfig): Group[] {
  return [
    'my_sg',
    ...tiers,
    ...(config.kafka === 'external' ? [] : ['kafka' as const]),
    ...(config.warehouse === 'instance' ? ['warehouse' as const] : []),
    ...(config.database === 'rds' ? ['database' as const] : []),
    ...(config.placement === 'private' ? ['endpoints' as const, 'connect' as const] : []),
    ...(config.domainName === undefined ? [] : ['front' as const]),
  ]
}

function operating(config: InfraConfig): FirewallRule[] {
  const rules: FirewallRule[] = []
  if (config.sshPublicKey !== undefined) {
    rules.push({
      from: place('admin'),
      to: group('my_sg'),
      port: partPorts.ssh,
      why: 'An administrator signs in by SSH',
    })
  }
  if (config.placement === 'private') {
    rules.push({
      from: group('connect'),
      to: group('my_sg'),
      port: partPorts.ssh,
      why: 'EC2 Instance Connect Endpoint reaches machines without a public address',
    })
  }
  return rules
}

function dashboard(config: InfraConfig): FirewallRule[] {
  const shops: FirewallRule[] = config.shopCidrs.length === 0 ? [] : [shopRule]
  if (config.domainName === undefined) {
    return [
      { from: place('viewers'), to: group('presentation'), port: partPorts.http, why: 'People open the dashboard' },
      ...shops,
    ]
  }
  return [
    { from: place('viewers'), to: group('front'), port: partPorts.https, why: 'People open the dashboard' },
    { from: place('viewers'), to: group('front'), port: partPorts.http, why: 'Sends people on to HTTPS' },
    {
      from: group('front'),
      to: group('presentation'),
      port: partPorts.http,
      why: 'The load balancer passes requests on to the dashboard',
    },
    ...shops,
  ]
}

const shopRule: FirewallRule = {
  from: place('shops'),
  to: group('ingestion'),
  port: ports.ingestion,
  why: 'Shop systems send sales in real time',
}

function dataPath(config: InfraConfig): FirewallRule[] {
  const rules: FirewallRule[] = []
  if (config.kafka !== 'external') {
    const why = {
      ingestion: 'Publishes sales, dimensions and rejected records',
      processing: 'Consumes sales, publishes changes and alerts',
      presentation: 'Hears of changes and alerts',
    }
    rules.push(
      ...tiers.map(tier => ({ from: group(tier), to: group('kafka'), port: partPorts.kafkaIam, why: why[tier] })),
    )
  }
  if (config.warehouse === 'instance') {
    const why = {
      ingestion: 'Checks that the warehouse is there before it takes sales in',
      processing: 'Loads and analyses',
      presentation: 'Reads what the dashboard shows',
    }
    rules.push(
      ...tiers.map(tier => ({ from: group(tier), to: group('warehouse'), port: partPorts.warehouse, why: why[tier] })),
    )
  }
  if (config.database === 'rds') {
    const why = {
      ingestion: 'Keeps the ledger of files and the rejected records',
      processing: 'Reads plans, rules and targets',
      presentation: 'People, sessions, reports and settings',
    }
    rules.push(
      ...tiers.map(tier => ({ from: group(tier), to: group('database'), port: partPorts.postgres, why: why[tier] })),
    )
  }
  return rules
}

function outward(config: InfraConfig): FirewallRule[] {
  const rules: FirewallRule[] = tiers.map(tier => ({
    from: group(tier),
    to: place('internet'),
    port: partPorts.https,
    why: 'AWS interfaces (S3, SQS, KMS, Secrets Manager, Systems Manager, CloudWatch) and packages at first boot',
  }))
  if (config.placement === 'private') {
    rules.push(
      ...tiers.map(tier => ({
        from: group(tier),
        to: group('endpoints'),
        port: partPorts.https,
        why: 'AWS interfaces without leaving the network',
      })),
    )
  }
  if (config.kafka === 'external') {
    const outside = [...new Set(config.kafkaExternalBrokers.map(broker => Number(broker.split(':')[1])))].sort()
    rules.push(
      ...tiers.flatMap(tier =>
        outside.map(port => ({
          from: group(tier),
          to: place('kafka-outside'),
          port,
          why: 'The brokers outside this network',
        })),
      ),
    )
  }
  const warehousePort = config.warehouseUrl === undefined ? partPorts.https : portOf(config.warehouseUrl)
  if (config.warehouse === 'external' && warehousePort !== partPorts.https) {
    rules.push(...outside(warehousePort, 'The warehouse outside this network'))
  }
  if (config.database === 'external')
    rules.push(...outside(config.databasePort, 'The settings database outside this network'))
  if (config.smtpSecretArn !== undefined) {
    rules.push({ from: group('processing'), to: place('internet'), port: config.smtpPort, why: 'Sends alerts by mail' })
    rules.push({
      from: group('presentation'),
      to: place('internet'),
      port: config.smtpPort,
      why: 'Sends reports by mail',
    })
  }
  return rules
}

function outside(port: number, why: string): FirewallRule[] {
  return tiers.map(tier => ({ from: group(tier), to: place('internet'), port, why }))
}

function portOf(url: string): number {
  const { port } = new URL(url)
  return port === '' ? partPorts.https : Number(port)
}
