import { Argument, Command } from 'commander'
import { ingestion } from '#ingestion/main.ts'
import { presentation } from '#presentation/main.ts'
import { createSampleAccounts } from '#presentation/server/accounts.ts'
import { processing } from '#processing/main.ts'
import { type Tier, tiers } from '#shared/agreement.ts'
import { type Config, parseConfig } from '#shared/config.ts'
import { DataAppError } from '#shared/error.ts'
import { announceRunning, forgetRunning } from '#shared/home.ts'
import { openLog } from '#shared/log.ts'
import type { Parts, Running } from '#shared/parts.ts'
import { openParts } from './parts.ts'
import { bringSample } from './sample.ts'
import { sampleScope } from './sample-scope.ts'

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
  const { close, ...parts } = await openParts(config, log)
  const running: Running[] = []
  let failed = false
  try {
    if (tier === undefined) await startAll(parts, running)
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

/** Everything on one machine, each part in `running` as soon as it is up, so that a failure on the way stops what already runs. */
async function startAll(parts: Parts, running: Running[]): Promise<void> {
  const { config } = parts
  const page = await presentation(parts)
  running.push(page)
  const processor = await processing(parts)
  running.push(processor)
  const intake = await ingestion(parts)
  running.push(intake)
  announceRunning(config, { pid: process.pid, dashboard: page.url, ingestion: intake.url, processing: processor.url })
  say(`\n  DataApp runs at ${page.url}\n`)
  if (config.DATAAPP_SAMPLE === 'none') return
  const accounts = await createSampleAccounts(parts, sampleScope())
  if (accounts !== undefined) {
    say('  Accounts of the sample chain (kept in sample-accounts.json of the data directory):')
    for (const { email, password, role } of accounts) say(`    ${role.padEnd(8)} ${email.padEnd(28)} ${password}`)
    say('')
  }
  running.push(bringSample(parts))
}

async function startOne(parts: Parts, tier: Tier, running: Running[]): Promise<void> {
  const tiersByName = { ingestion, processing, presentation }
  const one = await tiersByName[tier](parts)
  running.push(one)
  say(`  The ${tier} tier runs at ${one.url}`)
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

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
