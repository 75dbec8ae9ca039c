import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'
import { type ConfigKey, configKeys, ports } from './agreement.ts'
import { DataAppError } from './error.ts'
import { nearest } from './nearest.ts'

const onOff = z.enum(['on', 'off']).transform(value => value === 'on')
const port = z.coerce.number().int().min(0).max(65535)
const list = z.string().transform(value =>
  value
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== ''),
)
const count = z.coerce.number().int().positive()
const days = z.coerce.number().int().positive()
const optional = z.string().min(1).optional()

/** One parser per environment variable. Each has its default here and its meaning in `docs/configuration.md`. */
const environment = {
  PORT: port.default(ports.presentation),
  HOST: z.string().default('127.0.0.1'),
  DATAAPP_HOME: z.string().min(1).default('./var'),
  DATAAPP_SAMPLE: z.enum(['shifted', 'raw', 'none']).default('shifted'),
  DATAAPP_CHAIN_NAME: z.string().default('Grupo X'),
  DATAAPP_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, 'is not a three-letter currency code such as BRL')
    .default('BRL'),
  DATAAPP_LOCALE: z.enum(['pt-BR', 'en']).default('pt-BR'),
  DATAAPP_TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'is not an IANA time zone such as America/Sao_Paulo')
    .default('America/Sao_Paulo'),
  DATAAPP_COUNTRY: z
    .string()
    .regex(/^[A-Z]{2}$/, 'is not a two-letter country code such as BR')
    .default('BR'),
  DATAAPP_SOURCES: optional,
  DATAAPP_INGESTION_PORT: port.optional(),
  DATAAPP_INGESTION_FILES: count.default(2),
  DATAAPP_PROCESSING_PORT: port.optional(),
  DATAAPP_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  DATAAPP_BUS_BROKERS: list.optional(),
  DATAAPP_BUS_TLS: onOff.default(false),
  DATAAPP_BUS_TLS_CA: optional,
  DATAAPP_BUS_SASL: z.enum(['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'iam']).default('none'),
  DATAAPP_BUS_USERNAME: optional,
  DATAAPP_BUS_PASSWORD: optional,
  DATAAPP_BUS_REGION: z.string().default('us-east-1'),
  DATAAPP_BUS_COMPRESSION: z.enum(['none', 'gzip', 'lz4']).default('none'),
  DATAAPP_BUS_PARTITIONS: count.default(12),
  DATAAPP_BUS_REPLICATION: count.default(2),
  DATAAPP_BUS_CREATE_TOPICS: onOff.default(true),
  DATAAPP_BUS_RETENTION_HOURS: count.default(168),
  DATAAPP_BUS_RETENTION_BYTES: count.default(4 * 1024 ** 3),
  DATAAPP_WAREHOUSE_URL: z.url().optional(),
  DATAAPP_WAREHOUSE_DATABASE: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a database name')
    .default('dataapp'),
  DATAAPP_WAREHOUSE_USERNAME: z.string().default('default'),
  DATAAPP_WAREHOUSE_PASSWORD: z.string().default(''),
  DATAAPP_WAREHOUSE_CLUSTER: optional,
  DATAAPP_WAREHOUSE_MEMORY_BYTES: count.default(1_000_000_000),
  DATAAPP_SETTINGS_URL: optional,
  DATAAPP_LAKE_URL: optional,
  DATAAPP_S3_ENDPOINT: z.url().optional(),
  DATAAPP_S3_REGION: z.string().default('us-east-1'),
  DATAAPP_KEYS_KMS_KEY_ID: optional,
  DATAAPP_REJECTED_SHARE_LIMIT: z.coerce.number().min(0).max(1).default(0.2),
  DATAAPP_HTTP_KEYS: optional,
  DATAAPP_LAG_LIMIT: count.default(1_000_000),
  DATAAPP_RETENTION_LINES_DAYS: days.default(1826),
  DATAAPP_RETENTION_RAW_DAYS: days.default(730),
  DATAAPP_RETENTION_REJECTED_DAYS: days.default(90),
  DATAAPP_RETENTION_AUDIT_DAYS: days.default(1826),
  DATAAPP_RETENTION_LOGS_DAYS: days.default(30),
  DATAAPP_PUBLIC_URL: z.url().optional(),
  DATAAPP_OIDC_ISSUER: z.url().optional(),
  DATAAPP_OIDC_CLIENT_ID: optional,
  DATAAPP_OIDC_CLIENT_SECRET: optional,
  DATAAPP_OIDC_NAME: optional,
  DATAAPP_OIDC_SCOPES: z.string().default('openid profile email'),
  DATAAPP_OIDC_ROLES_CLAIM: z.string().min(1).default('roles'),
  DATAAPP_OIDC_ROLES: list
    .refine(
      pairs => pairs.every(pair => /^.+=(admin|manager|seller)$/.test(pair)),
      'is not a list such as chain-admins=admin,store-managers=manager',
    )
    .default(['admin=admin', 'manager=manager', 'seller=seller']),
  DATAAPP_OIDC_STORES_CLAIM: z.string().min(1).default('stores'),
  DATAAPP_OIDC_SELLER_CLAIM: z.string().min(1).default('seller'),
  DATAAPP_SECOND_FACTOR: z.enum(['optional', 'admins']).default('optional'),
  DATAAPP_TRUSTED_PROXIES: list.default(['loopback']),
  DATAAPP_SMTP_URL: optional,
  DATAAPP_MAIL_FROM: optional,
} satisfies Record<ConfigKey, z.ZodType>

const schema = z.object(environment)

/** Every setting of the process, typed, under the names of the environment. */
export type Config = z.output<typeof schema>

/** Settings whose values are never shown. */
const secretKeys: readonly ConfigKey[] = [
  'DATAAPP_BUS_PASSWORD',
  'DATAAPP_WAREHOUSE_PASSWORD',
  'DATAAPP_SETTINGS_URL',
  'DATAAPP_OIDC_CLIENT_SECRET',
  'DATAAPP_SMTP_URL',
  'DATAAPP_HTTP_KEYS',
]

/** Parses the environment once per process. An unknown `DATAAPP_*` name or a wrong value is refused with its name (`CONFIG_UNKNOWN_KEY`, `CONFIG_WRONG_VALUE`). */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const known = new Set<string>(configKeys)
  for (const key of Object.keys(env)) {
    if (!key.startsWith('DATAAPP_') || known.has(key)) continue
    const suggestion = nearest(key, configKeys)
    throw new DataAppError('CONFIG_UNKNOWN_KEY', `${key} is not a setting.`, {
      hint: `${suggestion === undefined ? '' : `Did you mean ${suggestion}? `}All settings: docs/configuration.md`,
    })
  }
  const given = Object.fromEntries(configKeys.map(key => [key, env[key] === '' ? undefined : env[key]]))
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(issue => {
      const key = String(issue.path[0])
      return `${key}: ${secretKeys.some(secret => secret === key) ? 'has a value that' : `"${env[key] ?? ''}"`} ${issue.message}`
    })
    throw new DataAppError(
      'CONFIG_WRONG_VALUE',
      `${problems.length === 1 ? 'A setting has' : 'Some settings have'} a wrong value. ${problems.join('; ')}`,
      {
        hint: 'What each setting takes: docs/configuration.md',
      },
    )
  }
  const home = parsed.data.DATAAPP_HOME
  return { ...parsed.data, DATAAPP_HOME: isAbsolute(home) ? home : resolve(home) }
}

/** The settings as a person may see them: secrets replaced by whether they are set. */
export function showConfig(config: Config): Record<string, unknown> {
  const shown = configKeys.map(key => {
    const value = config[key]
    const hidden = secretKeys.includes(key) && value !== undefined && value !== ''
    return [key, hidden ? '(set, not shown)' : (value ?? null)]
  })
  return Object.fromEntries(shown)
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
