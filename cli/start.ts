import { Argument, Command } from 'commander'
import { type Tier, tiers } from '#shared/agreement.ts'
import { type Config, parseConfig } from '#shared/config.ts'
import { DataAppError } from '#shared/error.ts'
import { forgetRunning } from '#shared/home.ts'
import { openLog } from '#shared/log.ts'
import type { Parts, Running } from '#shared/parts.ts'
import { carried } from './commands.ts'
import { withDoors } from './opening.ts'
import { openParts } from './parts.ts'

/** Loaded when it is started: a machine of one tier carries only that one. */
const tierOf = {
  ingestion: async () => (await import('#ingestion/main.ts')).ingestion,
  processing: async () => (await import('#processing/main.ts')).processing,
  presentation: async () => (await import('#presentation/main.ts')).presentation,
} satisfies Record<Tier, unknown>

const patienceMs = 9_000

export function startCommand(): Command {
  return new Command('start')
    .description('Run the platform: all three tiers in this process, or one of them')
    .addArgument(new Argument('[tier]', 'one tier only').choices(tiers))
    .action(async (tier: Tier | undefined) => start(parseConfig(process.env), tier))
}

/** Runs until SIGTERM or SIGINT, then finishes what is in hand and leaves within ten seconds. An unknown failure of a tier ends the process with status 1. */
async function start(config: Config, tier: Tier | undefined): Promise<void> {
  if (tier !== undefined) refuseEmbedded(config)
  const log = openLog('dataapp', config.DATAAPP_LOG_LEVEL)
  const stopped = signalled()
  const waiting = new Set<string>()
  let isOpen = false
  void stopped.then(() => {
    if (isOpen) return
    // What is being opened may wait for minutes, and has nothing in hand.
    log.info('stopping before everything was open')
    process.exit(0)
  })
  const opened = openParts(config, log, waiting)
  const { close, ...parts } = await withDoors(portsOf(config, tier), config.HOST, waiting, opened)
  isOpen = true
  const running: Running[] = []
  let failed = false
  try {
    if (tier === undefined) await startWhole(parts, running)
    else await startOne(parts, tier, running)
    await Promise.race([stopped, ...running.map(one => one.failed)])
  } catch (error) {
    failed = true
    throw error
  } finally {
    log.info(failed ? 'stopping after a failure' : 'stopping: finishing what is in hand')
    setTimeout(() => {
      log.error('could not finish in time; whatever was in hand is done again at the next start')
      process.exit(failed ? 1 : 0)
    }, patienceMs).unref()
    forgetRunning(config)
    for (const one of running.reverse()) await one.stop()
    await close()
  }
}

/** Where the tiers that start here will be reached. */
function portsOf({ PORT, DATAAPP_INGESTION_PORT, DATAAPP_PROCESSING_PORT }: Config, tier: Tier | undefined): number[] {
  const ports = {
    presentation: PORT,
    ingestion: DATAAPP_INGESTION_PORT ?? PORT + 1,
    processing: DATAAPP_PROCESSING_PORT ?? PORT + 2,
  }
  return PORT === 0 ? [] : (tier === undefined ? tiers : [tier]).map(one => ports[one])
}

async function startWhole(parts: Parts, running: Running[]): Promise<void> {
  const { startAll } = await carried('The whole platform', undefined, () => import('./whole.ts'))
  await startAll(parts, running)
}

async function startOne(parts: Parts, tier: Tier, running: Running[]): Promise<void> {
  const begin = await carried(`The ${tier} tier`, tier, tierOf[tier])
  const one = await begin(parts)
  running.push(one)
  process.stdout.write(`  The ${tier} tier runs at ${one.url}\n`)
}

/** Tiers in processes of their own meet on a real bus, a real warehouse and a real database. */
function refuseEmbedded(config: Config): void {
  const missing = [
    config.DATAAPP_BUS_BROKERS === undefined ? 'DATAAPP_BUS_BROKERS' : '',
    config.DATAAPP_WAREHOUSE_URL === undefined ? 'DATAAPP_WAREHOUSE_URL' : '',
    config.DATAAPP_SETTINGS_URL === undefined ? 'DATAAPP_SETTINGS_URL' : '',
  ].filter(key => key !== '')
  if (missing.length === 0) return
  throw new DataAppError(
    'CONFIG_TIER_NEEDS_SERVERS',
    `A tier by itself can't use the embedded parts; not set: ${missing.join(', ')}.`,
    {
      hint: 'Set them (docs/configuration.md), or run everything in one process: `dataapp start`.',
    },
  )
}

function signalled(): Promise<void> {
  return new Promise(done => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => done())
  })
}
