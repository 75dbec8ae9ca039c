import { statfs } from 'node:fs/promises'
import { consumerGroups, topics } from '#shared/agreement.ts'
import { DataAppError, messageOf } from '#shared/error.ts'
import { openLake } from '#shared/lake/lake.ts'
import type { Parts } from '#shared/parts.ts'
import type { Kept } from '#shared/retention.ts'
import { showRetention } from './retention.ts'

export type Finding = { name: string; ok: boolean; message: string; hint: string }
export type Health = { ok: boolean; findings: Finding[]; retention: Kept[] }

const roomNeeded = 500_000_000

/** Looks at everything this installation stands on, and says of each thing whether it is well and what to do when not. */
export async function examine(parts: Parts): Promise<Health> {
  const { config, bus, warehouse, settings, vault } = parts
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
      await bus.ready()
      return `${bus.kind}, ${await bus.lag(topics.sales, consumerGroups.sales)} messages of sales waiting`
    }),
    look('warehouse', async () => {
      await warehouse.ready()
      const [row] = await warehouse.rows<{ version: string }>('SELECT version() AS version')
      return `${warehouse.kind}, ClickHouse ${row?.version ?? ''}`
    }),
    look('settings', async () => {
      await settings.ready()
      return settings.kind
    }),
    look('keys', async () => {
      await vault.index('name', ['probe'])
      return config.DATAAPP_KEYS_KMS_KEY_ID === undefined ? 'key ring file' : 'AWS KMS'
    }),
    look('lake', async () => {
      const lake = openLake(config)
      const files = await lake.list('cleaned/')
      return `${lake.url}, ${files.length} files, ${Math.round(files.reduce((sum, file) => sum + file.bytes, 0) / 1e6)} MB`
    }),
    look('aggregates', async () => {
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
  const retention = await showRetention(parts, new Date())
  return { ok: findings.every(finding => finding.ok) && retention.every(kept => !kept.overdue), findings, retention }
}

async function look(name: string, at: () => Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, message: await at(), hint: '' }
  } catch (error) {
    return { name, ok: false, message: messageOf(error), hint: error instanceof DataAppError ? error.hint : '' }
  }
}
