import { examine, type Health } from '#processing/doctor.ts'
import { openBus } from '#shared/bus/open.ts'
import type { Config } from '#shared/config.ts'
import { openVault } from '#shared/crypto/vault.ts'
import { prepareHome } from '#shared/home.ts'
import { takeLock } from '#shared/lock.ts'
import { openLog } from '#shared/log.ts'
import { openSettings } from '#shared/settings/open.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { openWarehouse } from '#shared/warehouse/open.ts'
import { within } from '#shared/within.ts'
import { usesHome } from './parts.ts'

/** How long a server may take to let itself be opened, and a part to be given back. */
const patienceMs = 8_000

type Part = { close(): Promise<void> }

/**
 * Examines an installation from this process, where no instance runs on the data directory. Unlike other work it waits for no part: one that does not open is stood in for by one that says
 * why, so that the others are looked at. Returns before what still tries to reach a part that is away has given up.
 */
export async function examineAlone(config: Config): Promise<Health> {
  prepareHome(config)
  const log = openLog('dataapp', 'error')
  const lock = usesHome(config) ? takeLock(config.DATAAPP_HOME) : undefined
  const open: Part[] = []
  const opened = async <T extends Part>(opening: Promise<T>, isServer: boolean) => {
    const kept = opening.then(part => {
      open.push(part)
      return part
    })
    return (isServer ? within(kept, patienceMs) : kept).catch(standIn)
  }
  try {
    const opening: Promise<Settings> = openSettings(config)
    const [settings, warehouse, bus] = await Promise.all([
      opened(opening, config.DATAAPP_SETTINGS_URL !== undefined),
      opened(openWarehouse(config, log, opening), config.DATAAPP_WAREHOUSE_URL !== undefined),
      opened(openBus(config, log), config.DATAAPP_BUS_BROKERS !== undefined),
    ])
    const vault = 'transaction' in settings ? await openVault(config, settings, log).catch(standIn) : settings
    return await examine({ config, settings, warehouse, bus, vault })
  } finally {
    await Promise.allSettled(open.map(part => within(part.close(), patienceMs)))
    lock?.release()
  }
}

/** In place of a part that is away: whatever is asked of it, it says why. */
function standIn(error: unknown) {
  const why = () => Promise.reject(error)
  return { kind: 'away', ready: why, lag: why, rows: why, query: why, index: why }
}
