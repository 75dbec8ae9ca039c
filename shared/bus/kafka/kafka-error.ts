import { DataAppError, messageOf } from '#shared/error.ts'

/** What to do about something a Kafka client threw. */
export type KafkaFailure =
  /** The same request may work later. */
  | { kind: 'unreachable'; error: DataAppError }
  /** The request is too large as a whole. */
  | { kind: 'too-large' }
  /** The broker no longer knows this producer: a new one may send the same again. */
  | { kind: 'renew' }
  | { kind: 'fatal'; error: DataAppError }

const unauthorized = new Set([
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'ILLEGAL_SASL_STATE',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
])
const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])
const renewable = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
  'DUPLICATE_SEQUENCE_NUMBER',
])
const refusedTopic = new Set([
  'INVALID_REPLICATION_FACTOR',
  'INVALID_PARTITIONS',
  'INVALID_CONFIG',
  'POLICY_VIOLATION',
  'INVALID_TOPIC_EXCEPTION',
])
const transient = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSMetadataNotLoaded',
  'KafkaJSTopicMetadataNotLoaded',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSLockTimeout',
  'KafkaJSTimeout',
  'KafkaJSNumberOfRetriesExceeded',
])

/** Judges by names and types alone, all the way down the causes, so that no client's class is needed here. */
export function judge(thrown: unknown, brokers: readonly string[]): KafkaFailure {
  const chain = causes(thrown)
  const types = new Set(chain.flatMap(error => [stringOf(error, 'type'), stringOf(error, 'name')]))
  const has = (known: ReadonlySet<string>) => [...types].some(type => known.has(type))
  const said = messageOf(chain.at(-1) ?? thrown)
  if (thrown instanceof DataAppError)
    return { kind: thrown.code === 'BUS_UNREACHABLE' ? 'unreachable' : 'fatal', error: thrown }
  if (has(unauthorized) || types.has('KafkaJSSASLAuthenticationError'))
    return {
      kind: 'fatal',
      error: new DataAppError('BUS_UNAUTHORIZED', `Kafka does not let this user do that: ${said}`, {
        hint: 'Check DATAAPP_BUS_SASL, DATAAPP_BUS_USERNAME and DATAAPP_BUS_PASSWORD, or the rights of that user or role.',
        cause: thrown,
      }),
    }
  if (has(tooLarge)) return { kind: 'too-large' }
  if (has(renewable)) return { kind: 'renew' }
  if (has(refusedTopic))
    return {
      kind: 'fatal',
      error: new DataAppError('BUS_TOPIC_REFUSED', `Kafka does not create the topics as they are set: ${said}`, {
        hint: 'Check DATAAPP_BUS_PARTITIONS and DATAAPP_BUS_REPLICATION (at most the number of brokers).',
        cause: thrown,
      }),
    }
  if (types.has('UNKNOWN_TOPIC_OR_PARTITION')) return { kind: 'fatal', error: unknownTopic(said, thrown) }
  if (has(transient) || chain.some(error => booleanOf(error, 'retriable') === true))
    return { kind: 'unreachable', error: unreachable(brokers, said, thrown) }
  return {
    kind: 'fatal',
    error: new DataAppError('BUS_FAILED', `Kafka refused: ${said}`, { cause: thrown }),
  }
}

/** The coded error for something thrown where a retry is not the caller's business. */
export function codedFrom(thrown: unknown, brokers: readonly string[]): DataAppError {
  const failure = judge(thrown, brokers)
  switch (failure.kind) {
    case 'unreachable':
    case 'fatal':
      return failure.error
    case 'too-large':
    case 'renew':
      return new DataAppError('BUS_FAILED', `Kafka refused: ${messageOf(thrown)}`, { cause: thrown })
  }
}

export function unknownTopic(what: string, cause?: unknown): DataAppError {
  return new DataAppError('BUS_UNKNOWN_TOPIC', `Kafka does not have the topic: ${what}`, {
    hint: 'Create the topics, or let DataApp do it with DATAAPP_BUS_CREATE_TOPICS=on.',
    cause,
  })
}

export function unreachable(brokers: readonly string[], why: string, cause?: unknown): DataAppError {
  return new DataAppError('BUS_UNREACHABLE', `Kafka at ${brokers.join(', ')} does not answer: ${why}`, {
    hint: 'Check DATAAPP_BUS_BROKERS, the network and the brokers. Publishing waits and goes on by itself.',
    cause,
  })
}

function causes(thrown: unknown): object[] {
  const chain: object[] = []
  let current: unknown = thrown
  while (typeof current === 'object' && current !== null && !chain.includes(current)) {
    chain.push(current)
    current =
      'cause' in current && current.cause !== undefined
        ? current.cause
        : 'originalError' in current
          ? current.originalError
          : 'errors' in current && Array.isArray(current.errors)
            ? current.errors[0]
            : undefined
  }
  return chain
}

function stringOf(error: object, field: string): string {
  const value: unknown = Reflect.get(error, field)
  return typeof value === 'string' ? value : ''
}

function booleanOf(error: object, field: string): boolean | undefined {
  const value: unknown = Reflect.get(error, field)
  return typeof value === 'boolean' ? value : undefined
}
