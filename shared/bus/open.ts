import { join } from 'node:path'
import type { Config } from '#shared/config.ts'
import type { Log } from '#shared/log.ts'
import type { Bus } from './bus.ts'
import { openEmbeddedBus } from './embedded/embedded-bus.ts'
import { openKafkaBus } from './kafka/kafka-bus.ts'
import { withSender } from './kafka/sender/with-sender.ts'

/** Kafka when `DATAAPP_BUS_BROKERS` is set, else the embedded log in the data directory. */
export async function openBus(config: Config, log: Log): Promise<Bus> {
  const brokers = config.DATAAPP_BUS_BROKERS
  if (brokers !== undefined) {
    const settings = { ...config, DATAAPP_BUS_BROKERS: brokers }
    return withSender(await openKafkaBus(settings, log), settings, log)
  }
  return await openEmbeddedBus({
    directory: join(config.DATAAPP_HOME, 'bus'),
    retentionMs: config.DATAAPP_BUS_RETENTION_HOURS * 3_600_000,
    retentionBytes: config.DATAAPP_BUS_RETENTION_BYTES,
    log,
  })
}
