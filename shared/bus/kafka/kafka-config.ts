import { readFileSync } from 'node:fs'
import { type Topic, topics } from '#shared/agreement.ts'
import type { Config } from '#shared/config.ts'
import { DataAppError } from '#shared/error.ts'

export type KafkaSettings = Pick<
  Config,
  | 'DATAAPP_BUS_TLS'
  | 'DATAAPP_BUS_TLS_CA'
  | 'DATAAPP_BUS_SASL'
  | 'DATAAPP_BUS_USERNAME'
  | 'DATAAPP_BUS_PASSWORD'
  | 'DATAAPP_BUS_REGION'
  | 'DATAAPP_BUS_COMPRESSION'
  | 'DATAAPP_BUS_PARTITIONS'
  | 'DATAAPP_BUS_REPLICATION'
  | 'DATAAPP_BUS_CREATE_TOPICS'
  | 'DATAAPP_BUS_RETENTION_HOURS'
  | 'DATAAPP_BUS_RETENTION_BYTES'
> & { DATAAPP_BUS_BROKERS: readonly string[] }

/** How to prove who one is, without any client's types. */
export type Credentials =
  | { kind: 'none' }
  | { kind: 'password'; mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string }
  | { kind: 'iam'; region: string }

/** `CONFIG_INCOMPLETE` when user name or password is missing. */
export function credentialsOf(settings: KafkaSettings): Credentials {
  const { DATAAPP_BUS_SASL: mechanism, DATAAPP_BUS_USERNAME: username, DATAAPP_BUS_PASSWORD: password } = settings
  if (mechanism === 'none') return { kind: 'none' }
  if (mechanism === 'iam') return { kind: 'iam', region: settings.DATAAPP_BUS_REGION }
  if (username === undefined || password === undefined)
    throw new DataAppError('CONFIG_INCOMPLETE', `DATAAPP_BUS_SASL=${mechanism} needs a user name and a password.`, {
      hint: 'Set DATAAPP_BUS_USERNAME and DATAAPP_BUS_PASSWORD.',
    })
  return { kind: 'password', mechanism, username, password }
}

/** False without TLS, true with the system's authorities, or the given ones. IAM is always over TLS. */
export function tlsOf(settings: KafkaSettings): boolean | { ca: string } {
  if (!settings.DATAAPP_BUS_TLS && settings.DATAAPP_BUS_SASL !== 'iam') return false
  const file = settings.DATAAPP_BUS_TLS_CA
  if (file === undefined) return true
  try {
    return { ca: readFileSync(file, 'utf8') }
  } catch (error) {
    throw new DataAppError('CONFIG_WRONG_VALUE', `DATAAPP_BUS_TLS_CA: "${file}" can't be read.`, {
      hint: 'Give the path of a PEM file with the certificate of the authority.',
      cause: error,
    })
  }
}

export type TopicSpec = {
  topic: Topic
  numPartitions: number
  replicationFactor: number
  configEntries: { name: string; value: string }[]
}

/** Every topic as it should be. Retention in bytes counts for a topic as a whole, as on the embedded bus. */
export function topicSpecs(settings: KafkaSettings): TopicSpec[] {
  const numPartitions = settings.DATAAPP_BUS_PARTITIONS
  const bytes = Math.max(1, Math.floor(settings.DATAAPP_BUS_RETENTION_BYTES / numPartitions))
  // Kafka deletes whole segments only, and its default of 1 GiB would keep far more than was asked for.
  const segment = Math.min(1024 ** 3, Math.max(1024 ** 2, Math.floor(bytes / 4)))
  return Object.values(topics).map(topic => ({
    topic,
    numPartitions,
    replicationFactor: settings.DATAAPP_BUS_REPLICATION,
    configEntries: [
      { name: 'retention.ms', value: String(settings.DATAAPP_BUS_RETENTION_HOURS * 3_600_000) },
      { name: 'retention.bytes', value: String(bytes) },
      { name: 'segment.bytes', value: String(segment) },
    ],
  }))
}

/** A position belongs to a group and a topic; Kafka's groups span topics, so the name says both. */
export function groupId(group: string, topic: Topic): string {
  return `${group}.${topic}`
}
