import { type ConfigKey, ports, type Tier } from '#shared/agreement.ts'
import { artifactKey } from './artifacts.ts'
import type { InfraConfig } from './config.ts'
import type { Database } from './database.ts'
import { partPorts } from './firewall-rules.ts'
import type { Kafka } from './kafka.ts'
import type { Keys } from './keys.ts'
import type { Release } from './releases.ts'
import type { Storage } from './storage.ts'
import type { WarehouseSecret } from './warehouse-secret.ts'

export type Environment = Partial<Record<ConfigKey, string>>

/** What a machine is told through its parameter. The scripts in `ami/` read it; nothing in it is secret. */
export type MachineSettings = {
  tier: Tier
  release: { version: string; key: string; sha256: string }
  bucket: string
  environment: Environment
  /** ARNs of secrets, by what they are for. Absent means that it is not used. */
  secrets: { settings: string; warehouse: string; kafka?: string; smtp?: string }
  settingsEndpoint: string
  /** The volume with the warehouse's data, on the machine that runs ClickHouse. */
  dataVolume?: string
  logGroup: string
}

export type Surroundings = {
  config: InfraConfig
  keys: Keys
  kafka: Kafka
  storage: Storage
  database: Database
  warehouse: WarehouseSecret
  /** Where ClickHouse answers, as the other machines see it. */
  warehouseUrl: string
  publicUrl: string
  release: Release
}

/** The settings of the process: names from the agreement, so that a name that the tiers do not read does not compile. */
function environmentOf(tier: Tier, around: Surroundings): Environment {
  const { config, kafka, keys, storage } = around
  return {
    HOST: '0.0.0.0',
    PORT: String(tier === 'presentation' ? partPorts.http : ports.presentation),
    DATAAPP_HOME: '/var/lib/dataapp/home',
    DATAAPP_INGESTION_PORT: String(ports.ingestion),
    DATAAPP_PROCESSING_PORT: String(ports.processing),
    DATAAPP_SAMPLE: config.chainSample,
    DATAAPP_CHAIN_NAME: config.chainName,
    DATAAPP_CURRENCY: config.chainCurrency,
    DATAAPP_TIME_ZONE: config.chainTimeZone,
    DATAAPP_BUS_BROKERS: kafka.brokers,
    DATAAPP_BUS_TLS: kafka.sasl === 'none' ? 'off' : 'on',
    DATAAPP_BUS_SASL: kafka.sasl,
    DATAAPP_BUS_REGION: config.region,
    DATAAPP_BUS_REPLICATION: String(kafka.replication),
    DATAAPP_WAREHOUSE_URL: around.warehouseUrl,
    DATAAPP_S3_REGION: config.region,
    DATAAPP_LAKE_URL: `s3://${storage.lake.bucket}`,
    DATAAPP_KEYS_KMS_KEY_ID: keys.key.arn,
    DATAAPP_RETENTION_RAW_DAYS: String(config.rawRetentionDays),
    ...(tier === 'ingestion' ? { DATAAPP_SOURCES: '/var/lib/dataapp/sources' } : {}),
    ...(around.publicUrl === '' ? {} : { DATAAPP_PUBLIC_URL: around.publicUrl }),
  }
}

export function settingsOf(tier: Tier, logGroup: string, around: Surroundings): MachineSettings {
  const { config, database, release, storage, warehouse } = around
  const artifact = release.artifacts[tier]
  return {
    tier,
    release: { version: release.version, key: artifactKey(tier, artifact), sha256: artifact.sha256 },
    bucket: storage.artifacts.bucket,
    environment: environmentOf(tier, around),
    secrets: {
      settings: database.secretArn,
      warehouse: warehouse.arn,
      ...(config.kafkaSecretArn === undefined ? {} : { kafka: config.kafkaSecretArn }),
      ...(config.smtpSecretArn === undefined || tier === 'ingestion' ? {} : { smtp: config.smtpSecretArn }),
    },
    settingsEndpoint: database.endpoint,
    logGroup,
  }
}
