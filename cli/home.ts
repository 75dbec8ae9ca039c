import { setTimeout as sleep } from 'node:timers/promises'
import { consumerGroups as groups, topics } from '#shared/agreement.ts'
import type { Config } from '#shared/config.ts'
import { controlToken, findRunning } from '#shared/home.ts'
import { openLog } from '#shared/log.ts'
import type { Parts } from '#shared/parts.ts'
import { openParts } from './parts.ts'

/** The door of the instance that runs on this data directory, for commands that hand it their work; undefined when none runs. */
export async function runningInstance(config: Config): Promise<{ ingestionUrl: string; token: string } | undefined> {
  const instance = findRunning(config)
  if (instance === undefined) return undefined
  try {
    const answer = await fetch(new URL('/healthz', instance.ingestion), { signal: AbortSignal.timeout(5_000) })
    return answer.ok ? { ingestionUrl: instance.ingestion, token: controlToken(config) } : undefined
  } catch {
    return undefined
  }
}

/**
 * Opens the parts in this process for one command. Where the bus is the embedded log, processing runs beside the work and has caught up before this
 * resolves, so that what a command took in can be read at once; with Kafka that is the processing tier's business.
 */
export async function withParts<T>(config: Config, work: (parts: Parts) => Promise<T>): Promise<T> {
  const level = config.DATAAPP_LOG_LEVEL === 'info' ? 'warn' : config.DATAAPP_LOG_LEVEL
  const { close, ...parts } = await openParts(config, openLog('dataapp', level))
  try {
    if (parts.bus.kind === 'kafka') return await work(parts)
    const { processing } = await import('#processing/main.ts')
    const tier = await processing({ ...parts, config: { ...config, DATAAPP_PROCESSING_PORT: 0 } })
    try {
      const result = await Promise.race([work(parts), tier.failed])
      await Promise.race([caughtUp(parts), tier.failed])
      return result
    } finally {
      await tier.stop()
    }
  } finally {
    await close()
  }
}

async function caughtUp({ bus }: Parts): Promise<void> {
  const behind = async () => {
    const lags = await Promise.all([
      bus.lag(topics.sales, groups.sales),
      bus.lag(topics.dimensions, groups.dimensions),
      bus.lag(topics.rejected, groups.rejected),
    ])
    return lags.some(lag => lag > 0)
  }
  while (await behind()) await sleep(20)
}
