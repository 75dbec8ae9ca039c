import { Fn } from 'cdktf'
import { type Tier, type Topic, topics } from '#shared/agreement.ts'
import type { Kafka } from './kafka.ts'
import type { Statement } from './policy.ts'

type Part = { writes: readonly Topic[]; reads: readonly Topic[] }

const parts: Readonly<Record<Tier, Part>> = {
  ingestion: { writes: [topics.sales, topics.dimensions, topics.rejected], reads: [] },
  processing: { writes: [topics.changed, topics.alerts, topics.rejected], reads: [topics.sales, topics.dimensions] },
  presentation: { writes: [topics.alerts, topics.dimensions], reads: [topics.changed, topics.alerts] },
}

/** What a tier may do with MSK: its own topics, named; nothing for brokers that are not ours. */
export function kafkaRights(tier: Tier, { cluster }: Kafka): Statement[] {
  if (cluster === undefined) return []
  const { writes, reads } = parts[tier]
  const named = (kind: string, name: string) => arnOf(cluster.arn, kind, name)
  const topicArns = (list: readonly Topic[]) => list.map(topic => named('topic', topic))
  return [
    {
      sid: 'KafkaConnect',
      actions: ['kafka-cluster:Connect', 'kafka-cluster:DescribeCluster'],
      resources: [cluster.arn],
    },
    {
      sid: 'KafkaMakeTopics',
      actions: [
        'kafka-cluster:CreateTopic',
        'kafka-cluster:DescribeTopic',
        'kafka-cluster:DescribeTopicDynamicConfiguration',
      ],
      resources: topicArns(Object.values(topics)),
    },
    {
      sid: 'KafkaWrite',
      actions: ['kafka-cluster:WriteData', 'kafka-cluster:WriteDataIdempotently'],
      resources: [...topicArns(writes), cluster.arn],
    },
    {
      sid: 'KafkaTransactions',
      actions: ['kafka-cluster:DescribeTransactionalId', 'kafka-cluster:AlterTransactionalId'],
      resources: [named('transactional-id', 'dataapp-*')],
    },
    ...(reads.length === 0
      ? []
      : [
          { sid: 'KafkaRead', actions: ['kafka-cluster:ReadData'], resources: topicArns(reads) },
          {
            sid: 'KafkaGroups',
            actions: ['kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'],
            resources: [named('group', '*')],
          },
        ]),
  ]
}

/** `…:cluster/name/uuid` is `…:topic/name/uuid/sales`. The uuid is known only once the cluster is there. */
function arnOf(clusterArn: string, kind: string, name: string): string {
  return `${Fn.replace(clusterArn, ':cluster/', `:${kind}/`)}/${name}`
}
