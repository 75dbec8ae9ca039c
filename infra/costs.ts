import type { InfraConfig } from './config.ts'
import { insideServices } from './inside.ts'
import { brokerTypes, databaseClasses, instanceTypes } from './limits.ts'

/** One line of a month's bill: how many, at which price, for how many hours or GiB. */
export type CostLine = { what: string; arithmetic: string; usd: number }

const hours = 730

/** US dollars in us-east-1, on demand, as published in 2026; taxes and data out to the internet (US$ 0.09 per GiB) come on top. */
const prices = {
  gp3: 0.08,
  snapshot: 0.05,
  brokerStorage: 0.1,
  serverlessHour: 0.75,
  serverlessPartition: 0.0015,
  databaseStorage: 0.115,
  publicAddress: 0.005,
  nat: 0.045,
  endpoint: 0.01,
  balancer: 0.0225,
  firewallBase: 5,
  firewallRule: 1,
  key: 1,
  secret: 0.4,
  alarm: 0.1,
  metric: 0.3,
  logs: 0.5,
  s3: 0.023,
} as const

/** What a month costs: every line with its arithmetic. `lakeGb` and `logsGb` are what a chain of some 50 million lines a year has. */
export function monthlyCosts(
  config: InfraConfig,
  alarms: number,
  usage = { lakeGb: 100, logsGb: 5, metrics: 60 },
): CostLine[] {
  return [...machines(config), ...stores(config), ...kafka(config), ...ways(config), ...watching(config, alarms, usage)]
}

export function total(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0)
}

function machines(config: InfraConfig): CostLine[] {
  const types = [
    ['ingestion', config.ingestionType, 1],
    ['processing', config.processingType, config.processingCount],
    ['presentation', config.presentationType, 1],
  ] as const
  const count = config.processingCount + 2
  return [
    ...types.map(([tier, type, number]) => {
      const name = type ?? config.instanceType
      return times(`${tier}: ${name}`, number, hours, instanceTypes[name]?.usdPerHour ?? 0, 'h')
    }),
    times('system disks (gp3)', count, config.rootVolumeGb, prices.gp3, 'GiB'),
  ]
}

function stores(config: InfraConfig): CostLine[] {
  const warehouse =
    config.warehouse === 'instance'
      ? [
          times('warehouse volume (gp3)', 1, config.warehouseVolumeGb, prices.gp3, 'GiB'),
          times('its snapshots, if a tenth differs', 1, config.warehouseVolumeGb / 10 + 20, prices.snapshot, 'GiB'),
        ]
      : []
  const copies = config.databaseMultiAz ? 2 : 1
  const database =
    config.database === 'rds'
      ? [
          times(
            `settings: ${config.databaseClass}`,
            copies,
            hours,
            databaseClasses[config.databaseClass]?.usdPerHour ?? 0,
            'h',
          ),
          times('its storage', copies, config.databaseStorageGb, prices.databaseStorage, 'GiB'),
        ]
      : []
  return [...warehouse, ...database]
}

function kafka(config: InfraConfig): CostLine[] {
  switch (config.kafka) {
    case 'msk':
      return [
        times(
          `brokers: ${config.kafkaBrokerType}`,
          config.kafkaBrokers,
          hours,
          brokerTypes[config.kafkaBrokerType]?.usdPerHour ?? 0,
          'h',
        ),
        times('their storage', config.kafkaBrokers, config.kafkaStorageGb, prices.brokerStorage, 'GiB'),
      ]
    case 'serverless':
      return [
        times('MSK Serverless', 1, hours, prices.serverlessHour, 'h'),
        times('its partitions', 60, hours, prices.serverlessPartition, 'h'),
      ]
    case 'external':
      return []
  }
}

function ways(config: InfraConfig): CostLine[] {
  const outside = config.placement === 'public' ? config.processingCount + 2 : config.domainName === undefined ? 1 : 0
  const lines = [
    times('public addresses', outside + (config.placement === 'private' ? 2 : 0), hours, prices.publicAddress, 'h'),
  ]
  if (config.placement === 'private') {
    lines.push(times('NAT gateways', 2, hours, prices.nat, 'h'))
    lines.push(times('interface endpoints in two zones', insideServices.length * 2, hours, prices.endpoint, 'h'))
  }
  if (config.domainName !== undefined) {
    lines.push(times('load balancer', 1, hours, prices.balancer, 'h'))
    lines.push({
      what: 'web rules',
      arithmetic: `${prices.firewallBase} + 5 rules × ${prices.firewallRule}`,
      usd: prices.firewallBase + 5 * prices.firewallRule,
    })
  }
  return lines
}

function watching(
  config: InfraConfig,
  alarms: number,
  usage: { lakeGb: number; logsGb: number; metrics: number },
): CostLine[] {
  const secrets = (config.warehouse === 'instance' ? 1 : 0) + (config.database === 'rds' ? 1 : 0)
  return [
    times('key', 1, 1, prices.key, 'month'),
    times('secrets', secrets, 1, prices.secret, 'month'),
    times('alarms', alarms, 1, prices.alarm, 'month'),
    times("the tiers' metrics", usage.metrics, 1, prices.metric, 'month'),
    times('logs taken in', 1, usage.logsGb, prices.logs, 'GiB'),
    times('landing and lake', 1, usage.lakeGb, prices.s3, 'GiB'),
  ]
}

function times(what: string, count: number, amount: number, price: number, unit: string): CostLine {
  return { what, arithmetic: `${count} × ${amount} ${unit} × ${price}`, usd: count * amount * price }
}
