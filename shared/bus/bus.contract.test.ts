import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '#shared/config.ts'
import { silentLog } from '#shared/log.ts'
import { available, type KafkaVersion, kafkaVersions, startKafka } from '../../test/parts/kafka.ts'
import { needs } from '../../test/parts/part.ts'
import { type BusPlace, busContract } from './bus.contract.ts'
import { openEmbeddedBus } from './embedded/embedded-bus.ts'
import { openKafkaBus } from './kafka/kafka-bus.ts'

async function embedded(): Promise<BusPlace> {
  const directory = await mkdtemp(join(tmpdir(), 'dataapp-bus-'))
  return {
    open: () => openEmbeddedBus({ directory, retentionMs: 3_600_000, retentionBytes: 1024 ** 3, log: silentLog }),
    end: () => rm(directory, { recursive: true }),
  }
}

async function onKafka(version: KafkaVersion): Promise<BusPlace> {
  const kafka = await startKafka({ version })
  const config = parseConfig({
    DATAAPP_BUS_BROKERS: kafka.brokers.join(','),
    DATAAPP_BUS_PARTITIONS: '3',
    DATAAPP_BUS_REPLICATION: '1',
  })
  return {
    open: () => openKafkaBus({ ...config, DATAAPP_BUS_BROKERS: kafka.brokers }, silentLog),
    end: () => kafka.stop(),
  }
}

describe('the embedded bus keeps its promises', () => {
  busContract(embedded)
})

for (const version of kafkaVersions)
  describe(`the bus on Kafka ${version} keeps its promises`, () => {
    before(needs(available(version)))
    busContract(() => onKafka(version))
  })
