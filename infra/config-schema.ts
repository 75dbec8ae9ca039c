import { z } from 'zod'
import { parseCidr } from './cidr.ts'
import {
  brokerStorage,
  brokerTypes,
  databaseClasses,
  databaseMajors,
  databaseStorage,
  instanceTypes,
  kafkaVersions,
  logRetentions,
  volumeSize,
} from './limits.ts'

/** What a reader of the configuration page is told about a key. `cost` and `consequence` say what changing it means. */
export type Meaning = { description: string; cost: string; consequence: string }

const block = z.string().refine(text => parseCidr(text) !== undefined, 'is not an IPv4 block such as 203.0.113.7/32')
const blocks = z.union([z.array(block), z.string().transform(listed).pipe(z.array(block))])
const strings = z.union([z.array(z.string()), z.string().transform(listed)])
const knob = z.union([
  z.boolean(),
  z.enum(['on', 'off', 'true', 'false']).transform(text => text === 'on' || text === 'true'),
])
const secret = z
  .string()
  .regex(/^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+$/, 'is not the ARN of a secret in Secrets Manager')

function whole(range: { minimum: number; maximum: number }) {
  return z.coerce.number().int().min(range.minimum).max(range.maximum)
}

function oneOf(table: Readonly<Record<string, unknown>>) {
  const known = Object.keys(table)
  return z.string().refine(name => name in table, `is not one of ${known.join(', ')}`)
}

/** Every key of a deployment: what it takes and what it is when nothing is said. Meanings are in `config-meanings.ts`. */
export const configSchema = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not a region such as us-east-1')
    .default('us-east-1'),
  zones: strings.optional(),
  prefix: z
    .string()
    .regex(/^[a-z][a-z0-9]{1,11}$/, 'must be 2 to 12 small letters and digits, beginning with a letter')
    .default('grupox'),
  vpcCidr: block.default('10.0.0.0/16'),
  publicCidrs: blocks.default(['10.0.0.0/20', '10.0.16.0/20']),
  privateCidrs: blocks.default(['10.0.128.0/20', '10.0.144.0/20']),
  adminCidr: block,
  dashboardCidrs: blocks.default(['0.0.0.0/0']),
  shopCidrs: blocks.default([]),
  sshPublicKey: z
    .string()
    .regex(/^(ssh-ed25519|ssh-rsa) [A-Za-z0-9+/=]+( .*)?$/, 'is not an ed25519 or RSA public key')
    .optional(),
  sessionManager: knob.default(true),
  placement: z.enum(['public', 'private']).default('public'),
  domainName: z
    .string()
    .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, 'is not a domain name')
    .optional(),
  hostedZoneId: z
    .string()
    .regex(/^Z[A-Z0-9]+$/, 'is not the id of a hosted zone')
    .optional(),
  kafka: z.enum(['msk', 'serverless', 'external']).default('msk'),
  kafkaVersion: z.enum(kafkaVersions).default('3.9.x'),
  kafkaBrokerType: oneOf(brokerTypes).default('kafka.t3.small'),
  kafkaBrokers: z.coerce.number().int().min(2).max(30).default(2),
  kafkaStorageGb: whole(brokerStorage).default(100),
  kafkaStorageMaxGb: whole(brokerStorage).default(500),
  kafkaExternalBrokers: strings.default([]),
  kafkaExternalCidrs: blocks.default([]),
  kafkaExternalSasl: z.enum(['none', 'plain', 'scram-sha-256', 'scram-sha-512']).default('scram-sha-512'),
  kafkaSecretArn: secret.optional(),
  instanceType: oneOf(instanceTypes).default('t3.xlarge'),
  ingestionType: oneOf(instanceTypes).optional(),
  processingType: oneOf(instanceTypes).optional(),
  presentationType: oneOf(instanceTypes).optional(),
  processingCount: z.coerce.number().int().min(1).max(9).default(1),
  amiId: z
    .string()
    .regex(/^ami-[0-9a-f]{8,17}$/, 'is not the id of an image')
    .optional(),
  rootVolumeGb: z.coerce.number().int().min(20).max(volumeSize.maximum).default(30),
  warehouse: z.enum(['instance', 'external']).default('instance'),
  warehouseVolumeGb: whole(volumeSize).default(200),
  warehouseUrl: z.url().optional(),
  warehouseSecretArn: secret.optional(),
  database: z.enum(['rds', 'external']).default('rds'),
  databaseClass: oneOf(databaseClasses).default('db.t4g.small'),
  databaseMajor: z.coerce
    .number()
    .refine(
      value => databaseMajors.some(major => major === value),
      `is not a PostgreSQL version of ${databaseMajors.join(', ')}`,
    )
    .default(16),
  databaseStorageGb: whole(databaseStorage).default(20),
  databaseMultiAz: knob.default(false),
  databaseSecretArn: secret.optional(),
  databasePort: z.coerce.number().int().min(1).max(65_535).default(5432),
  smtpSecretArn: secret.optional(),
  smtpPort: z.coerce.number().int().min(1).max(65_535).default(587),
  snapshotDays: z.coerce.number().int().min(1).max(365).default(14),
  deletionProtection: knob.default(true),
  logRetentionDays: z.coerce
    .number()
    .refine(
      value => logRetentions.some(days => days === value),
      `is not one of the days that CloudWatch Logs takes: ${logRetentions.join(', ')}`,
    )
    .default(365),
  rawRetentionDays: z.coerce.number().int().min(1).max(3650).default(730),
  alarmEmail: z.email().optional(),
  monthlyBudgetUsd: z.coerce.number().int().min(1).default(700),
  release: z.string().min(1).optional(),
  releasesFile: z.string().min(1).default('dist/releases/releases.json'),
  chainName: z.string().min(1).default('Grupo X'),
  chainTimeZone: z.string().min(1).default('America/Sao_Paulo'),
  chainCurrency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('BRL'),
  chainSample: z.enum(['shifted', 'raw', 'none']).default('none'),
  stateBucket: z.string().min(3).max(63).optional(),
  costCenter: z.string().min(1).default('dataapp'),
})

export type InfraConfig = z.output<typeof configSchema>
export type InfraKey = keyof InfraConfig

function listed(text: string): string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
}
