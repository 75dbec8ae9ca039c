/**
 * What the tiers, the machine image and the cloud must agree on: ports, topic names and the names of settings.
 * Plain data without imports, so that `infra/` may read it without pulling in the runtime.
 */
export const topics = {
  sales: 'sales',
  dimensions: 'dimensions',
  rejected: 'sales.rejected',
  changed: 'sales.changed',
  alerts: 'alerts',
} as const

/** The names under which processing reads the bus; ingestion asks by them how far it is behind. */
export const consumerGroups = {
  sales: 'processing',
  dimensions: 'processing-dimensions',
  rejected: 'processing-rejected',
  insights: 'insights',
  alerts: 'alerts',
} as const

export const ports = { presentation: 8080, ingestion: 8081, processing: 8082 } as const

export const tiers = ['ingestion', 'processing', 'presentation'] as const

/** Every environment variable that DataApp reads. `config.ts` has a parser for each of them and refuses any other `DATAAPP_*`. */
export const configKeys = [
  'PORT',
  'HOST',
  'DATAAPP_HOME',
  'DATAAPP_SAMPLE',
  'DATAAPP_CHAIN_NAME',
  'DATAAPP_CURRENCY',
  'DATAAPP_LOCALE',
  'DATAAPP_TIME_ZONE',
  'DATAAPP_COUNTRY',
  'DATAAPP_SOURCES',
  'DATAAPP_INGESTION_PORT',
  'DATAAPP_INGESTION_FILES',
  'DATAAPP_PROCESSING_PORT',
  'DATAAPP_LOG_LEVEL',
  'DATAAPP_BUS_BROKERS',
  'DATAAPP_BUS_TLS',
  'DATAAPP_BUS_TLS_CA',
  'DATAAPP_BUS_SASL',
  'DATAAPP_BUS_USERNAME',
  'DATAAPP_BUS_PASSWORD',
  'DATAAPP_BUS_REGION',
  'DATAAPP_BUS_COMPRESSION',
  'DATAAPP_BUS_PARTITIONS',
  'DATAAPP_BUS_REPLICATION',
  'DATAAPP_BUS_CREATE_TOPICS',
  'DATAAPP_BUS_RETENTION_HOURS',
  'DATAAPP_BUS_RETENTION_BYTES',
  'DATAAPP_WAREHOUSE_URL',
  'DATAAPP_WAREHOUSE_DATABASE',
  'DATAAPP_WAREHOUSE_USERNAME',
  'DATAAPP_WAREHOUSE_PASSWORD',
  'DATAAPP_WAREHOUSE_CLUSTER',
  'DATAAPP_WAREHOUSE_MEMORY_BYTES',
  'DATAAPP_SETTINGS_URL',
  'DATAAPP_LAKE_URL',
  'DATAAPP_S3_ENDPOINT',
  'DATAAPP_S3_REGION',
  'DATAAPP_KEYS_KMS_KEY_ID',
  'DATAAPP_REJECTED_SHARE_LIMIT',
  'DATAAPP_HTTP_KEYS',
  'DATAAPP_LAG_LIMIT',
  'DATAAPP_RETENTION_LINES_DAYS',
  'DATAAPP_RETENTION_RAW_DAYS',
  'DATAAPP_RETENTION_REJECTED_DAYS',
  'DATAAPP_RETENTION_AUDIT_DAYS',
  'DATAAPP_RETENTION_LOGS_DAYS',
  'DATAAPP_PUBLIC_URL',
  'DATAAPP_OIDC_ISSUER',
  'DATAAPP_OIDC_CLIENT_ID',
  'DATAAPP_OIDC_CLIENT_SECRET',
  'DATAAPP_OIDC_NAME',
  'DATAAPP_OIDC_SCOPES',
  'DATAAPP_OIDC_ROLES_CLAIM',
  'DATAAPP_OIDC_ROLES',
  'DATAAPP_OIDC_STORES_CLAIM',
  'DATAAPP_OIDC_SELLER_CLAIM',
  'DATAAPP_SECOND_FACTOR',
  'DATAAPP_TRUSTED_PROXIES',
  'DATAAPP_SMTP_URL',
  'DATAAPP_MAIL_FROM',
] as const

export type ConfigKey = (typeof configKeys)[number]
export type Tier = (typeof tiers)[number]
export type Topic = (typeof topics)[keyof typeof topics]
