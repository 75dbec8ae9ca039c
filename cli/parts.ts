import { setTimeout as sleep } from 'node:timers/promises'
import { openBus } from '#shared/bus/open.ts'
import type { Config } from '#shared/config.ts'
import { protectedBus } from '#shared/crypto/protected-bus.ts'
import { openVault } from '#shared/crypto/vault.ts'
import { DataAppError } from '#shared/error.ts'
import { prepareHome } from '#shared/home.ts'
import { takeLock } from '#shared/lock.ts'
import type { Log } from '#shared/log.ts'
import { openMetrics } from '#shared/metrics.ts'
import type { Parts } from '#shared/parts.ts'
import { openSettings } from '#shared/settings/open.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { openWarehouse } from '#shared/warehouse/open.ts'

const patienceMs = 60_000

type Closing = () => Promise<void> | void

/**
 * Opens every part of this configuration; `waiting` holds the names of those that are not open yet. `close` gives them back in the opposite order; a part that doesn't open gives back those
 * before it.
 */
export async function openParts(
  config: Config,
  log: Log,
  waiting: Set<string> = new Set(),
): Promise<Parts & { close: () => Promise<void> }> {
  prepareHome(config)
  const closings: Closing[] = []
  const close = async () => {
    for (const closing of closings.splice(0).reverse()) await closing()
  }
  try {
    if (usesHome(config)) {
      const lock = takeLock(config.DATAAPP_HOME)
      closings.push(() => lock.release())
    }
    const opened = openSettingsWhenThere(config, log)
    const opening = { bus: openBus(config, log), settings: opened, warehouse: openWarehouse(config, log, opened) }
    for (const [name, part] of Object.entries(opening)) {
      waiting.add(name)
      part.then(
        ready => {
          waiting.delete(name)
          closings.push(() => ready.close())
        },
        () => {},
      )
    }
    await Promise.allSettled(Object.values(opening))
    const [bus, warehouse, settings] = [await opening.bus, await opening.warehouse, await opening.settings]
    const vault = await openVault(config, settings, log)
    return { config, log, metrics: openMetrics(), bus: protectedBus(bus, vault), warehouse, settings, vault, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A database that is away is waited for as long as a warehouse is. */
async function openSettingsWhenThere(config: Config, log: Log): Promise<Settings> {
  const deadline = Date.now() + patienceMs
  for (let pause = 100; ; pause = Math.min(pause * 2, 5_000)) {
    try {
      return await openSettings(config)
    } catch (error) {
      const isAway = error instanceof DataAppError && error.code === 'SETTINGS_UNREACHABLE'
      if (!isAway || Date.now() > deadline) throw error
      log.warn({ code: error.code, hint: error.hint }, `${error.message} Trying again.`)
      await sleep(pause)
    }
  }
}

/** Where the parts are that may be servers; those that are not live in the data directory. */
const serversOf = (config: Config) => [
  config.DATAAPP_BUS_BROKERS,
  config.DATAAPP_WAREHOUSE_URL,
  config.DATAAPP_SETTINGS_URL,
]

/** True when a part of this configuration lives in the data directory: then only one process at a time may work there. */
export const usesHome = (config: Config): boolean => serversOf(config).includes(undefined)

/** True when a part of this configuration may be away: one that is a server. */
export const hasServers = (config: Config): boolean => serversOf(config).some(server => server !== undefined)
