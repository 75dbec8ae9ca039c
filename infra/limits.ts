/**
 * What AWS would refuse only at apply time, written down so that a wrong configuration is refused at synth time.
 * Sources: the service's own quota and compatibility pages (EC2 instance types, MSK broker types and versions, RDS for PostgreSQL classes).
 */

/** vCPU and GiB of the machine types a tier may run on. DataApp's embedded engine and the image need x86_64. */
export const instanceTypes: Readonly<Record<string, { cpus: number; gib: number; usdPerHour: number }>> = {
  't3.large': { cpus: 2, gib: 8, usdPerHour: 0.0832 },
  't3.xlarge': { cpus: 4, gib: 16, usdPerHour: 0.1664 },
  't3.2xlarge': { cpus: 8, gib: 32, usdPerHour: 0.3328 },
  'm7i.large': { cpus: 2, gib: 8, usdPerHour: 0.1008 },
  'm7i.xlarge': { cpus: 4, gib: 16, usdPerHour: 0.2016 },
  'm7i.2xlarge': { cpus: 8, gib: 32, usdPerHour: 0.4032 },
  'm7i.4xlarge': { cpus: 16, gib: 64, usdPerHour: 0.8064 },
  'r7i.xlarge': { cpus: 4, gib: 32, usdPerHour: 0.2646 },
  'r7i.2xlarge': { cpus: 8, gib: 64, usdPerHour: 0.5292 },
  'r7i.4xlarge': { cpus: 16, gib: 128, usdPerHour: 1.0584 },
}

/** Standard brokers. `minimumVersion` is the first Kafka version AWS starts that type with. */
export const brokerTypes: Readonly<Record<string, { usdPerHour: number; minimumVersion: string }>> = {
  'kafka.t3.small': { usdPerHour: 0.0456, minimumVersion: '2.2' },
  'kafka.m5.large': { usdPerHour: 0.21, minimumVersion: '2.2' },
  'kafka.m5.xlarge': { usdPerHour: 0.42, minimumVersion: '2.2' },
  'kafka.m7g.large': { usdPerHour: 0.204, minimumVersion: '3.3' },
  'kafka.m7g.xlarge': { usdPerHour: 0.408, minimumVersion: '3.3' },
  'kafka.m7g.2xlarge': { usdPerHour: 0.816, minimumVersion: '3.3' },
}

/** Kafka versions of MSK that DataApp is tested with (3.9 to 4.x). */
export const kafkaVersions = ['3.9.x', '3.9.x.kraft', '4.0.x.kraft', '4.1.x.kraft'] as const

/** GiB of storage per MSK broker. */
export const brokerStorage = { minimum: 1, maximum: 16_384 } as const

/** Database classes, with the architecture-independent first PostgreSQL major version RDS starts them with. */
export const databaseClasses: Readonly<Record<string, { usdPerHour: number; minimumMajor: number }>> = {
  'db.t3.small': { usdPerHour: 0.036, minimumMajor: 11 },
  'db.t4g.micro': { usdPerHour: 0.016, minimumMajor: 12 },
  'db.t4g.small': { usdPerHour: 0.032, minimumMajor: 12 },
  'db.t4g.medium': { usdPerHour: 0.065, minimumMajor: 12 },
  'db.m7g.large': { usdPerHour: 0.168, minimumMajor: 13 },
  'db.m7g.xlarge': { usdPerHour: 0.337, minimumMajor: 13 },
}

/** PostgreSQL majors that RDS offers and DataApp's SQL is tested with. */
export const databaseMajors = [15, 16, 17] as const

/** GiB of a gp3 volume for RDS for PostgreSQL. */
export const databaseStorage = { minimum: 20, maximum: 65_536 } as const

/** GiB of a gp3 EBS volume. */
export const volumeSize = { minimum: 1, maximum: 16_384 } as const

/** The days CloudWatch Logs takes as a retention. */
export const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const

/** Subnets of a VPC: AWS takes prefixes of 16 to 28 bits. */
export const subnetBits = { minimum: 16, maximum: 28 } as const

/** Compares `3.9.x.kraft` with `3.3` by their leading numbers. */
export function atLeast(version: string, minimum: string): boolean {
  const [major = 0, minor = 0] = numbers(version)
  const [leastMajor = 0, leastMinor = 0] = numbers(minimum)
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}

function numbers(version: string): number[] {
  return version
    .split('.')
    .slice(0, 2)
    .map(part => Number.parseInt(part, 10))
}

/** How long names may be and what they may hold, for what is named here. */
export const nameLimits: readonly { type: string; attribute: string; longest: number; pattern: RegExp }[] = [
  { type: 'aws_lb', attribute: 'name', longest: 32, pattern: /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/ },
  { type: 'aws_lb_target_group', attribute: 'name', longest: 32, pattern: /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/ },
  { type: 'aws_s3_bucket', attribute: 'bucket', longest: 63, pattern: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/ },
  { type: 'aws_msk_cluster', attribute: 'cluster_name', longest: 64, pattern: /^[A-Za-z0-9-]+$/ },
  { type: 'aws_msk_serverless_cluster', attribute: 'cluster_name', longest: 64, pattern: /^[A-Za-z0-9-]+$/ },
  { type: 'aws_db_instance', attribute: 'identifier', longest: 63, pattern: /^[a-z](-?[a-z0-9])*$/ },
  { type: 'aws_iam_role', attribute: 'name', longest: 64, pattern: /^[\w+=,.@-]+$/ },
  { type: 'aws_iam_instance_profile', attribute: 'name', longest: 128, pattern: /^[\w+=,.@-]+$/ },
  { type: 'aws_sqs_queue', attribute: 'name', longest: 80, pattern: /^[\w-]+$/ },
  { type: 'aws_sns_topic', attribute: 'name', longest: 256, pattern: /^[\w-]+$/ },
  { type: 'aws_security_group', attribute: 'name', longest: 255, pattern: /^(?!sg-)[\w .:/()#,@[\]+=&;{}!$*-]+$/ },
  { type: 'aws_security_group', attribute: 'description', longest: 255, pattern: /^[\w .:/()#,@[\]+=&;{}!$*-]+$/ },
  {
    type: 'aws_vpc_security_group_ingress_rule',
    attribute: 'description',
    longest: 255,
    pattern: /^[\w .:/()#,@[\]+=&;{}!$*-]+$/,
  },
  {
    type: 'aws_vpc_security_group_egress_rule',
    attribute: 'description',
    longest: 255,
    pattern: /^[\w .:/()#,@[\]+=&;{}!$*-]+$/,
  },
  { type: 'aws_cloudwatch_metric_alarm', attribute: 'alarm_name', longest: 255, pattern: /^.+$/ },
  { type: 'aws_cloudwatch_log_group', attribute: 'name', longest: 512, pattern: /^[\w./#-]+$/ },
  { type: 'aws_kms_alias', attribute: 'name', longest: 256, pattern: /^alias\/[\w/-]+$/ },
  { type: 'aws_ssm_parameter', attribute: 'name', longest: 1011, pattern: /^\/[\w./-]+$/ },
  { type: 'aws_ssm_document', attribute: 'name', longest: 128, pattern: /^[\w.-]{3,}$/ },
  { type: 'aws_ssm_association', attribute: 'association_name', longest: 128, pattern: /^[\w.-]{3,}$/ },
  { type: 'aws_wafv2_web_acl', attribute: 'name', longest: 128, pattern: /^[\w-]+$/ },
  { type: 'aws_dlm_lifecycle_policy', attribute: 'description', longest: 500, pattern: /^[0-9A-Za-z _-]+$/ },
  { type: 'aws_secretsmanager_secret', attribute: 'name', longest: 512, pattern: /^[\w/+=.@-]+$/ },
  { type: 'aws_budgets_budget', attribute: 'name', longest: 100, pattern: /^[^:\\]+$/ },
]
