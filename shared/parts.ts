import type { Bus } from './bus/bus.ts'
import type { Config } from './config.ts'
import type { Vault } from './crypto/vault.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { Settings } from './settings/settings.ts'
import type { Warehouse } from './warehouse/warehouse.ts'

/** What a tier is given: the parts it works with, already open. */
export type Parts = {
  config: Config
  log: Log
  metrics: Metrics
  bus: Bus
  warehouse: Warehouse
  settings: Settings
  vault: Vault
}

/** A running tier. `stop` finishes what is in hand; `failed` rejects when something unknown went wrong. */
export type Running = { stop(): Promise<void>; failed: Promise<never> }
