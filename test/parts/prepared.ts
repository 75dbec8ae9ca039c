import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openParts } from '#cli/parts.ts'
import type { Config } from '#shared/config.ts'
import { silentLog } from '#shared/log.ts'
import { openSettings } from '#shared/settings/open.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { openWarehouse } from '#shared/warehouse/open.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { temporaryHome } from './home.ts'

/**
 * The parts that live in a data directory, as they are when they start for the second time: over a copy of what the first start of this process made. Making them and running all
 * migrations takes most of the time of many a test. For tests of what happens in them; those of how they begin open them themselves.
 */
export async function openPreparedParts(config: Config): ReturnType<typeof openParts> {
  await Promise.all([prepare('settings', config), prepare('warehouse', config)])
  return openParts(config, silentLog)
}

export async function openPreparedSettings(config: Config): Promise<Settings> {
  await prepare('settings', config)
  return openSettings(config)
}

export async function openPreparedWarehouse(config: Config): Promise<Warehouse> {
  await prepare('warehouse', config)
  return openWarehouse(config, silentLog)
}

const makers = { settings: openSettings, warehouse: (config: Config) => openWarehouse(config, silentLog) }
type Part = keyof typeof makers

/** Whether the part lives in the data directory, under the name that the original has. */
const isOwn: Record<Part, (config: Config) => boolean> = {
  settings: config => config.DATAAPP_SETTINGS_URL === undefined,
  warehouse: config =>
    config.DATAAPP_WAREHOUSE_URL === undefined && config.DATAAPP_WAREHOUSE_DATABASE === originalDatabase,
}
const originalDatabase = 'dataapp'

/** Data directories in which one part was opened and closed once. They stay until this process ends. */
const originals = new Map<Part, Promise<string>>()

async function prepare(part: Part, config: Config): Promise<void> {
  if (!isOwn[part](config) || existsSync(join(config.DATAAPP_HOME, part))) return
  let original = originals.get(part)
  if (original === undefined) {
    original = make(part)
    originals.set(part, original)
  }
  // By the program: Node takes as much of the processor for a thousand small files as their copy is there to save.
  await promisify(execFile)('cp', ['-a', `${await original}/.`, config.DATAAPP_HOME])
}

async function make(part: Part): Promise<string> {
  const { config } = temporaryHome({ DATAAPP_WAREHOUSE_DATABASE: originalDatabase })
  // By a program that outlives this process: one that runs tests beside others is given a second to end, and is killed then, on a busy machine in the middle of removing.
  process.once('exit', () => spawn('rm', ['-rf', config.DATAAPP_HOME], { detached: true, stdio: 'ignore' }))
  const opened = await makers[part](config)
  await opened.close()
  return config.DATAAPP_HOME
}
