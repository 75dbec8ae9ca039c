import { topics } from '#shared/agreement.ts'
import type { InfraConfig } from './config.ts'
import type { Database } from './database.ts'
import type { Front } from './front.ts'
import type { Machine } from './machine.ts'
import type { Names } from './names.ts'
import type { Storage } from './storage.ts'

export type AlarmPlan = {
  id: string
  /** The section of docs/operations/alarms.md. */
  page: string
  meaning: string
  namespace: string
  metric: string
  dimensions: Readonly<Record<string, string>>
  statistic: 'Average' | 'Maximum' | 'Minimum' | 'Sum'
  above: boolean
  threshold: number
  /** Seconds. */
  period: number
  periods: number
  missing: 'breaching' | 'notBreaching' | 'missing'
  actions: readonly string[]
}

export type Watched = {
  config: InfraConfig
  names: Names
  machines: readonly Machine[]
  storage: Storage
  database: Database
  front: Front | undefined
}

/** The consumer group of the processing tier; a test holds it against the tier's own name for it. */
export const processingGroup = `processing.${topics.sales}`

const minute = 60
const day = 86_400

/** The tiers' own figures that alarms look at. A test holds them against the names the tiers register. */
export const tierMetrics = { rows: 'dataapp_ingested_rows_total' } as const

/** Every alarm of a deployment: what it looks at, from where on, and what it means. */
export function alarmPlans(watched: Watched): AlarmPlan[] {
  const { machines, front } = watched
  return [
    ...machines.flatMap(machine => machineAlarms(machine, watched)),
    ...dataAlarms(watched),
    ...kafkaAlarms(watched),
    ...databaseAlarms(watched),
    ...(front === undefined ? [] : frontAlarms(front)),
  ]
}

function machineAlarms({ plan, instance }: Machine, { config }: Watched): AlarmPlan[] {
  const ec2 = { namespace: 'AWS/EC2', dimensions: { InstanceId: instance.id } }
  const agent = { namespace: 'DataApp/Machines', dimensions: { Machine: plan.id } }
  const own = { ...calm, statistic: 'Maximum' as const, above: true }
  const full = (id: string, what: string, path: string): AlarmPlan => ({
    ...own,
    ...agent,
    id: `${id}-${plan.id}`,
    page: 'disk',
    meaning: `${what} of ${plan.name} is more than 80 % full.`,
    metric: 'disk_used_percent',
    dimensions: { ...agent.dimensions, path },
    threshold: 80,
    period: 5 * minute,
    periods: 2,
    missing: 'missing',
  })
  return [
    {
      ...own,
      ...ec2,
      id: `system-${plan.id}`,
      page: 'instance',
      meaning: `AWS sees a fault under ${plan.name} and moves it to other hardware.`,
      metric: 'StatusCheckFailed_System',
      threshold: 0,
      period: minute,
      periods: 2,
      actions: [`arn:aws:automate:${config.region}:ec2:recover`],
    },
    {
      ...own,
      ...ec2,
      id: `instance-${plan.id}`,
      page: 'instance',
      meaning: `${plan.name} does not answer AWS's check and is rebooted.`,
      metric: 'StatusCheckFailed_Instance',
      threshold: 0,
      period: minute,
      periods: 3,
      actions: [`arn:aws:automate:${config.region}:ec2:reboot`],
    },
    {
      ...own,
      ...ec2,
      id: `cpu-${plan.id}`,
      page: 'cpu',
      meaning: `${plan.name} has used more than 90 % of its processors for half an hour.`,
      metric: 'CPUUtilization',
      statistic: 'Average',
      threshold: 90,
      period: 5 * minute,
      periods: 6,
    },
    {
      ...own,
      ...agent,
      id: `memory-${plan.id}`,
      page: 'memory',
      meaning: `${plan.name} has used more than 90 % of its memory for a quarter of an hour.`,
      metric: 'mem_used_percent',
      threshold: 90,
      period: 5 * minute,
      periods: 3,
    },
    full('disk', 'The system disk', '/'),
    ...(plan.keepsData ? [full('data', "The warehouse's disk", '/var/lib/dataapp/warehouse')] : []),
    {
      ...own,
      namespace: 'DataApp/Machines',
      dimensions: { Machine: plan.id },
      id: `down-${plan.id}`,
      page: 'down',
      meaning:
        plan.tier === 'presentation'
          ? 'The dashboard does not answer on its own machine.'
          : `The ${plan.tier} tier does not answer on ${plan.name}.`,
      metric: 'tier_ready',
      statistic: 'Minimum',
      above: false,
      threshold: 1,
      period: minute,
      periods: 3,
      missing: 'breaching',
    },
  ]
}

function dataAlarms({ storage }: Watched): AlarmPlan[] {
  return [
    {
      ...calm,
      id: 'failed-records',
      page: 'rejected',
      meaning: 'More than 1,000 records were rejected within an hour.',
      namespace: 'DataApp',
      metric: tierMetrics.rows,
      dimensions: { Tier: 'ingestion', outcome: 'rejected' },
      statistic: 'Sum',
      above: true,
      threshold: 1000,
      period: 3600,
      periods: 1,
    },
    {
      ...calm,
      id: 'no-data',
      page: 'no-data',
      meaning: 'Not one sale line was accepted for a whole day.',
      namespace: 'DataApp',
      metric: tierMetrics.rows,
      dimensions: { Tier: 'ingestion', outcome: 'accepted' },
      statistic: 'Sum',
      above: false,
      threshold: 1,
      period: day,
      periods: 1,
      missing: 'breaching',
    },
    {
      ...calm,
      id: 'queue-age',
      page: 'queue',
      meaning: 'A file has waited in the landing bucket for more than 15 minutes.',
      namespace: 'AWS/SQS',
      metric: 'ApproximateAgeOfOldestMessage',
      dimensions: { QueueName: storage.arrivals.name },
      statistic: 'Maximum',
      above: true,
      threshold: 15 * minute,
      period: 5 * minute,
      periods: 1,
    },
    {
      ...calm,
      id: 'undelivered',
      page: 'queue',
      meaning: 'A file was tried five times and is now in the queue of undelivered ones.',
      namespace: 'AWS/SQS',
      metric: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: storage.undelivered.name },
      statistic: 'Maximum',
      above: true,
      threshold: 0,
      period: 5 * minute,
      periods: 1,
    },
  ]
}

function kafkaAlarms(watched: Watched): AlarmPlan[] {
  const { config, names } = watched
  if (config.kafka === 'external') return []
  const dimensions = { 'Cluster Name': names.kafka }
  const lag: AlarmPlan = {
    ...calm,
    id: 'consumer-lag',
    page: 'lag',
    meaning: 'Processing is more than 100,000 messages behind and does not catch up.',
    namespace: 'AWS/Kafka',
    metric: 'SumOffsetLag',
    dimensions: { ...dimensions, 'Consumer Group': processingGroup, Topic: topics.sales },
    statistic: 'Minimum',
    above: true,
    threshold: 100_000,
    period: 5 * minute,
    periods: 3,
  }
  if (config.kafka === 'serverless') return [lag]
  const disks = Array.from({ length: config.kafkaBrokers }, (_, index) => String(index + 1))
  return [
    lag,
    ...disks.map(
      (broker): AlarmPlan => ({
        ...calm,
        id: `kafka-disk-${broker}`,
        page: 'kafka-disk',
        meaning: `Broker ${broker} has used more than 85 % of its disk.`,
        namespace: 'AWS/Kafka',
        metric: 'KafkaDataLogsDiskUsed',
        dimensions: { ...dimensions, 'Broker ID': broker },
        statistic: 'Maximum',
        above: true,
        threshold: 85,
        period: 5 * minute,
        periods: 2,
      }),
    ),
    {
      ...calm,
      id: 'kafka-offline',
      page: 'kafka-offline',
      meaning: 'Kafka has partitions that nobody leads: sales wait.',
      namespace: 'AWS/Kafka',
      metric: 'OfflinePartitionsCount',
      dimensions,
      statistic: 'Maximum',
      above: true,
      threshold: 0,
      period: minute,
      periods: 3,
    },
  ]
}

function databaseAlarms({ database, names }: Watched): AlarmPlan[] {
  if (database.instance === undefined) return []
  const common = { ...calm, namespace: 'AWS/RDS', dimensions: { DBInstanceIdentifier: names.database } }
  return [
    {
      ...common,
      id: 'database-disk',
      page: 'database',
      meaning: 'The settings database has less than 2 GiB free.',
      metric: 'FreeStorageSpace',
      statistic: 'Minimum',
      above: false,
      threshold: 2 * 1024 ** 3,
      period: 5 * minute,
      periods: 2,
    },
    {
      ...common,
      id: 'database-cpu',
      page: 'database',
      meaning: 'The settings database has used more than 90 % of its processor for half an hour.',
      metric: 'CPUUtilization',
      statistic: 'Average',
      above: true,
      threshold: 90,
      period: 5 * minute,
      periods: 6,
    },
  ]
}

function frontAlarms({ balancer, targets, certificate }: Front): AlarmPlan[] {
  return [
    {
      ...calm,
      id: 'dashboard-down',
      page: 'down',
      meaning: 'The load balancer finds no dashboard that is ready.',
      namespace: 'AWS/ApplicationELB',
      metric: 'HealthyHostCount',
      dimensions: { LoadBalancer: balancer.arnSuffix, TargetGroup: targets.arnSuffix },
      statistic: 'Minimum',
      above: false,
      threshold: 1,
      period: minute,
      periods: 3,
      missing: 'breaching',
    },
    {
      ...calm,
      id: 'certificate',
      page: 'certificate',
      meaning: "The dashboard's certificate ends within 30 days and was not renewed.",
      namespace: 'AWS/CertificateManager',
      metric: 'DaysToExpiry',
      dimensions: { CertificateArn: certificate.arn },
      statistic: 'Minimum',
      above: false,
      threshold: 30,
      period: day,
      periods: 1,
    },
  ]
}

const calm = { missing: 'notBreaching', actions: [] } satisfies Partial<AlarmPlan>
