import { statfs } from 'node:fs/promises'
import { consumerGroups, topics } from '#shared/agreement.ts'
import type { Bus } from '#shared/bus/bus.ts'
import type { Config } from '#shared/config.ts'
import { openMaster } from '#shared/crypto/master.ts'
import type { Vault } from '#shared/crypto/vault.ts'
import { DataAppError, messageOf } from '#shared/error.ts'
import { openLake } from '#shared/lake/lake.ts'
import type { Kept } from '#shared/retention.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { within } from '#shared/within.ts'
import { showRetention } from './retention.ts'

export type Finding = { name: string; ok: boolean; message: string; hint: string }
export type Health = { ok: boolean; findings: Finding[]; retention: Kept[] }

const roomNeeded = 500_000_000

/** What is looked at of the parts. Of one that is away nothing but `ready` is asked. */
export type Examined = {
  config: Config
  bus: Pick<Bus, 'ready' | 'lag'> & { kind: string }
  warehouse: Pick<Warehouse, 'ready' | 'rows'> & { kind: string }
  settings: Pick<Settings, 'ready' | 'query'> & { kind: string }
  vault: Pick<Vault, 'index'>
}

/** How long a part may take to say that it is there. */
const answerMs = 8_000

/**
 * Looks at everything this installation stands on, and says of each thing whether it is well and what to do when not. What needs a part that is away is not looked at; the rest is, within
 * seconds.
 */
export async function examine({ config, bus, warehouse, settings, vault }: Examined): Promise<Health> {
  const [reached, stored, settled] = [answer(bus), answer(warehouse), answer(settings)]
  const findings = await Promise.all([
    look('room', async () => {
      const { bavail, bsize } = await statfs(config.DATAAPP_HOME)
      const free = bavail * bsize
      if (free < roomNeeded)
        throw new DataAppError('HOME_FULL', `Only ${Math.round(free / 1e6)} MB are free.`, {
          hint: 'Make room on the disk of DATAAPP_HOME.',
        })
      return `${(free / 1e9).toFixed(1)} GB free`
    }),
    look('bus', async () => {
      await reached
      return `${bus.kind}, ${await bus.lag(topics.sales, consumerGroups.sales)} messages of sales waiting`
    }),
    look('warehouse', async () => {
      await stored
      const [row] = await warehouse.rows<{ version: string }>('SELECT version() AS version')
      return `${warehouse.kind}, ClickHouse ${row?.version ?? ''}`
    }),
    look('settings', async () => {
      await settled
      return settings.kind
    }),
    look('keys', async () => {
      await openMaster(config)
      await needed(settled, 'settings')
      await vault.index('name', ['probe'])
      return config.DATAAPP_KEYS_KMS_KEY_ID === undefined ? 'key ring file' : 'AWS KMS'
    }),
    look('lake', async () => {
      const lake = openLake(config)
      const files = await lake.list('cleaned/')
      return `${lake.url}, ${files.length} files, ${Math.round(files.reduce((sum, file) => sum + file.bytes, 0) / 1e6)} MB`
    }),
    look('aggregates', async () => {
      await needed(stored, 'warehouse')
      const [row] = await warehouse.rows<{ lines: string; store: string; seller: string; product: string }>(
        `WITH (SELECT min(day) FROM sale_lines) AS first
         SELECT (SELECT sum(revenue) FROM sale_lines FINAL) AS lines, (SELECT sum(revenue) FROM store_days FINAL WHERE day >= first) AS store,
           (SELECT sum(revenue) FROM seller_days FINAL WHERE day >= first) AS seller, (SELECT sum(revenue) FROM product_days FINAL WHERE day >= first) AS product`,
      )
      if (row === undefined || new Set(Object.values(row)).size > 1)
        throw new DataAppError('AGGREGATES_DIFFER', `Sums differ: ${JSON.stringify(row)}.`, {
          hint: 'Is loading going on? Look again in a moment; else `dataapp lake replay --from … --to …` rebuilds them.',
        })
      return `equal to the lines: ${row.lines}`
    }),
  ])
  let retention: Kept[] = []
  const kept = await look('retention', async () => {
    await Promise.all([needed(stored, 'warehouse'), needed(settled, 'settings')])
    retention = await showRetention({ config, warehouse, settings }, new Date())
    return ''
  })
  // Of what could be looked at, each kind is shown by itself.
  if (!kept.ok) findings.push(kept)
  return { ok: findings.every(finding => finding.ok) && retention.every(kept => !kept.overdue), findings, retention }
}

/** Resolves when a part has said that it is there. */
function answer(part: { ready(): Promise<void> }): Promise<void> {
  const ready = within(part.ready(), answerMs)
  // Whoever needs it hears of it; without a listener until then it would end the process.
  ready.catch(() => {})
  return ready
}

async function needed(part: Promise<void>, name: string): Promise<void> {
  await part.catch((error: unknown) => {
    throw new DataAppError('NOT_EXAMINED', `Not looked at: it needs the ${name}.`, { cause: error })
  })
}

async function look(name: string, at: () => Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, message: await at(), hint: '' }
  } catch (error) {
    return { name, ok: false, message: messageOf(error), hint: error instanceof DataAppError ? error.hint : '' }
  }
}
