import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import type { Config } from '#shared/config.ts'
import type { Log } from '#shared/log.ts'
import { withLease } from '#shared/settings/lease.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { ClientWarehouse } from './client-warehouse.ts'
import { Engine } from './embedded/supervisor.ts'
import { clusterSettings, layoutOf } from './layout.ts'
import { type Alone, migrate } from './migrate.ts'
import { statementSettings } from './statement-settings.ts'
import type { Warehouse } from './warehouse.ts'

/**
 * Opens the warehouse of this configuration and brings its tables up to date: a server by `DATAAPP_WAREHOUSE_URL`, which others may open at the same time and which takes the
 * settings they share, else the embedded engine under `DATAAPP_HOME`, which is this process's own.
 */
export async function openWarehouse(
  config: Config,
  log: Log,
  settings?: Settings | Promise<Settings>,
): Promise<Warehouse> {
  const database = config.DATAAPP_WAREHOUSE_DATABASE
  const warehouse =
    config.DATAAPP_WAREHOUSE_URL === undefined
      ? await openEmbedded(config, log)
      : openServer(config, config.DATAAPP_WAREHOUSE_URL, log)
  const alone: Alone = async work => {
    if (warehouse.kind === 'embedded') return work(async () => {})
    if (settings === undefined) throw new Error('a warehouse by URL needs the settings that all who open it share')
    await withLease(await settings, 'warehouse migrations', new AbortController().signal, ({ renew }) => work(renew))
  }
  try {
    await migrate(warehouse, { database, cluster: config.DATAAPP_WAREHOUSE_CLUSTER }, alone)
  } catch (error) {
    await warehouse.close()
    throw error
  }
  return warehouse
}

async function openEmbedded(config: Config, log: Log): Promise<Warehouse> {
  const database = config.DATAAPP_WAREHOUSE_DATABASE
  const engine = new Engine({
    directory: join(config.DATAAPP_HOME, 'warehouse'),
    database,
    memoryBytes: config.DATAAPP_WAREHOUSE_MEMORY_BYTES,
    log,
  })
  await engine.up()
  const client = createClient({
    url: engine.url,
    database,
    username: 'default',
    password: engine.password,
    request_timeout: 300_000,
    max_open_connections: 16,
    log: { level: 127 },
  })
  return new ClientWarehouse({
    kind: 'embedded',
    client,
    database,
    layout: layoutOf({ database, cluster: config.DATAAPP_WAREHOUSE_CLUSTER }),
    up: () => engine.up(),
    close: () => engine.close(),
    log,
  })
}

function openServer(config: Config, url: string, log: Log): Warehouse {
  const database = config.DATAAPP_WAREHOUSE_DATABASE
  const client = createClient({
    url,
    username: config.DATAAPP_WAREHOUSE_USERNAME,
    password: config.DATAAPP_WAREHOUSE_PASSWORD,
    request_timeout: 300_000,
    max_open_connections: 16,
    clickhouse_settings: {
      ...statementSettings,
      ...(config.DATAAPP_WAREHOUSE_CLUSTER === undefined ? {} : clusterSettings),
    },
    log: { level: 127 },
  })
  return new ClientWarehouse({
    kind: 'server',
    client,
    database,
    layout: layoutOf({ database, cluster: config.DATAAPP_WAREHOUSE_CLUSTER }),
    up: async () => {},
    close: async () => {},
    log,
  })
}
