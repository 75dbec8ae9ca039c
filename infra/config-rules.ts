import { contains, overlaps, parseCidr, size } from './cidr.ts'
import type { InfraConfig, InfraKey } from './config-schema.ts'
import { atLeast, brokerTypes, databaseClasses, subnetBits } from './limits.ts'
import type { Problem } from './refusal.ts'

type Rule = { key: InfraKey; why: (config: InfraConfig) => string | undefined }

/** What one key says about another. A rule gives the reason for a refusal, or nothing. */
const configRules: readonly Rule[] = [
  { key: 'adminCidr', why: config => tooWide(config.adminCidr, 'the machines are administered from') },
  {
    key: 'shopCidrs',
    why: config =>
      config.shopCidrs.map(cidr => tooWide(cidr, 'shop systems send sales from')).find(why => why !== undefined),
  },
  {
    key: 'zones',
    why: ({ zones, region }) => {
      if (zones === undefined) return undefined
      if (zones.length !== 2 || new Set(zones).size !== 2)
        return 'two different zones are needed, one per pair of subnets'
      const foreign = zones.find(zone => !zone.startsWith(region))
      return foreign === undefined ? undefined : `${foreign} is not in ${region}`
    },
  },
  { key: 'vpcCidr', why: ({ vpcCidr }) => bitsOf(vpcCidr, 'a VPC') },
  { key: 'publicCidrs', why: config => wrongSubnets(config, config.publicCidrs) },
  { key: 'privateCidrs', why: config => wrongSubnets(config, config.privateCidrs) },
  {
    key: 'privateCidrs',
    why: ({ publicCidrs, privateCidrs }) => {
      const all = [...publicCidrs, ...privateCidrs]
      const pairs = all.flatMap((one, index) => all.slice(index + 1).map(other => [one, other] as const))
      const pair = pairs.find(([one, other]) => overlapping(one, other))
      return pair === undefined ? undefined : `${pair[0]} and ${pair[1]} overlap`
    },
  },
  {
    key: 'sshPublicKey',
    why: ({ sshPublicKey, sessionManager }) =>
      sshPublicKey === undefined && !sessionManager
        ? 'nobody could reach a machine: give an SSH key or leave sessionManager on'
        : undefined,
  },
  {
    key: 'hostedZoneId',
    why: ({ domainName, hostedZoneId }) =>
      (domainName === undefined) === (hostedZoneId === undefined)
        ? undefined
        : 'domainName and hostedZoneId are given together or not at all (the certificate is proved through the zone)',
  },
  {
    key: 'kafkaBrokers',
    why: ({ kafka, kafkaBrokers }) =>
      kafka === 'msk' && kafkaBrokers % 2 !== 0
        ? `${kafkaBrokers} brokers can't be spread evenly over two zones: MSK takes a multiple of 2`
        : undefined,
  },
  {
    key: 'kafkaBrokerType',
    why: ({ kafka, kafkaBrokerType, kafkaVersion }) => {
      const minimum = brokerTypes[kafkaBrokerType]?.minimumVersion ?? '0'
      return kafka === 'msk' && !atLeast(kafkaVersion, minimum)
        ? `${kafkaBrokerType} needs Kafka ${minimum} or later, not ${kafkaVersion}`
        : undefined
    },
  },
  {
    key: 'kafkaStorageMaxGb',
    why: ({ kafkaStorageGb, kafkaStorageMaxGb }) =>
      kafkaStorageMaxGb < kafkaStorageGb ? `is below kafkaStorageGb (${kafkaStorageGb})` : undefined,
  },
  {
    key: 'kafkaExternalBrokers',
    why: ({ kafka, kafkaExternalBrokers }) => {
      if (kafka !== 'external') return undefined
      if (kafkaExternalBrokers.length === 0) return 'kafka is "external": give the brokers as host:port,host:port'
      const wrong = kafkaExternalBrokers.find(broker => !/^[A-Za-z0-9.-]+:\d{1,5}$/.test(broker))
      return wrong === undefined ? undefined : `"${wrong}" is not host:port`
    },
  },
  {
    key: 'kafkaExternalCidrs',
    why: ({ kafka, kafkaExternalCidrs }) =>
      kafka === 'external' && kafkaExternalCidrs.length === 0
        ? 'kafka is "external": give the blocks of addresses its brokers have, so that only those are opened'
        : undefined,
  },
  {
    key: 'kafkaSecretArn',
    why: ({ kafka, kafkaExternalSasl, kafkaSecretArn }) =>
      kafka === 'external' && kafkaExternalSasl !== 'none' && kafkaSecretArn === undefined
        ? `kafkaExternalSasl is ${kafkaExternalSasl}: give the secret that has username and password`
        : undefined,
  },
  {
    key: 'warehouseUrl',
    why: ({ warehouse, warehouseUrl, warehouseSecretArn }) => {
      if (warehouse === 'instance') return undefined
      if (warehouseUrl === undefined || warehouseSecretArn === undefined) {
        return 'warehouse is "external": give warehouseUrl and warehouseSecretArn (username and password)'
      }
      return warehouseUrl.startsWith('https://') ? undefined : 'sales would travel unencrypted: use https'
    },
  },
  {
    key: 'databaseSecretArn',
    why: ({ database, databaseSecretArn }) =>
      database === 'external' && databaseSecretArn === undefined
        ? 'database is "external": give the secret whose "url" is the connection string'
        : undefined,
  },
  {
    key: 'databaseClass',
    why: ({ database, databaseClass, databaseMajor }) => {
      const minimum = databaseClasses[databaseClass]?.minimumMajor ?? 0
      return database === 'rds' && databaseMajor < minimum
        ? `${databaseClass} needs PostgreSQL ${minimum} or later, not ${databaseMajor}`
        : undefined
    },
  },
  {
    key: 'chainTimeZone',
    why: ({ chainTimeZone }) =>
      Intl.supportedValuesOf('timeZone').includes(chainTimeZone) || chainTimeZone === 'UTC'
        ? undefined
        : `"${chainTimeZone}" is not an IANA time zone such as America/Sao_Paulo`,
  },
]

/** Every rule that refuses this configuration. */
export function refusedBy(config: InfraConfig): Problem[] {
  return configRules.flatMap(({ key, why }) => {
    const reason = why(config)
    return reason === undefined ? [] : [{ key, why: reason }]
  })
}

function tooWide(text: string, purpose: string): string | undefined {
  const block = parseCidr(text)
  if (block === undefined || block.bits >= 16) return undefined
  return block.bits === 0
    ? `${text} is the whole world. Give the address ${purpose}, such as 203.0.113.7/32`
    : `${text} is ${size(block).toLocaleString('en')} addresses. Give the block ${purpose}, of 16 bits or more`
}

function bitsOf(text: string, what: string): string | undefined {
  const bits = parseCidr(text)?.bits ?? 0
  return bits >= subnetBits.minimum && bits <= subnetBits.maximum
    ? undefined
    : `${what} takes a prefix of ${subnetBits.minimum} to ${subnetBits.maximum} bits, not ${bits}`
}

function wrongSubnets({ vpcCidr }: InfraConfig, subnets: readonly string[]): string | undefined {
  if (subnets.length !== 2) return `two blocks are needed, one per zone, not ${subnets.length}`
  const vpc = parseCidr(vpcCidr)
  const outside = subnets.find(text => {
    const block = parseCidr(text)
    return vpc !== undefined && block !== undefined && !contains(vpc, block)
  })
  if (outside !== undefined) return `${outside} is not inside ${vpcCidr}`
  return subnets.map(text => bitsOf(text, 'a subnet')).find(why => why !== undefined)
}

function overlapping(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)]
  return a !== undefined && b !== undefined && overlaps(a, b)
}
