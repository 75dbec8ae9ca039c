import type { Admin } from 'kafkajs'
import type { Topic } from '#shared/agreement.ts'
import { groupId } from './kafka-config.ts'

/** The next message that a group reads of a partition. */
export type Position = { partition: number; offset: string }

/** The latest offsets of the partitions in which the group has no position yet. */
export async function newPositions(client: Admin, topic: Topic, group: string): Promise<Position[]> {
  const [ends, known] = await Promise.all([client.fetchTopicOffsets(topic), positionsOf(client, topic, group)])
  return ends
    .filter(({ partition }) => !known.has(partition))
    .map(({ partition, high }) => ({ partition, offset: high }))
}

async function positionsOf(client: Admin, topic: Topic, group: string): Promise<Map<number, bigint>> {
  const found = await client.fetchOffsets({ groupId: groupId(group, topic), topics: [topic] })
  const positions = found
    .flatMap(known => known.partitions)
    .map(({ partition, offset }) => [partition, BigInt(offset)] as const)
  return new Map(positions.filter(([, offset]) => offset >= 0n))
}

/** How many messages the group has not finished yet. */
export async function lagOf(client: Admin, topic: Topic, group: string): Promise<number> {
  const [ends, known] = await Promise.all([client.fetchTopicOffsets(topic), positionsOf(client, topic, group)])
  return ends.reduce((sum, { partition, high, low }) => {
    const position = known.get(partition) ?? BigInt(low)
    return sum + Math.max(0, Number(BigInt(high) - position))
  }, 0)
}
