import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ingestPath } from '#ingestion/ingest.ts'
import { dayIn } from '#shared/day.ts'
import { writePrivate } from '#shared/home.ts'
import type { Parts, Running } from '#shared/parts.ts'
import { type Shift, shiftedSales, shiftedTargets, shiftFor } from './sample-shift.ts'

const samples = fileURLToPath(new URL('../samples/adventureworks/', import.meta.url))
const dimensions = [
  ['Product.csv', 'adventureworks-products'],
  ['Reseller.csv', 'adventureworks-stores'],
  ['Salesperson.csv', 'adventureworks-sellers'],
  ['Targets.csv', 'adventureworks-targets'],
] as const
const secondsBetweenLiveSales = 20
const quietly = { mode: 'once', onProgress: () => {} } as const

/**
 * Brings the sample chain in: `raw` as it is, `shifted` moved to end today, its last day arriving sale by sale over the first minutes.
 * What has been brought in before is known to the ledger, so a restart goes on where it was.
 */
export function bringSample(parts: Parts): Running {
  const stopping = new AbortController()
  const work = (parts.config.DATAAPP_SAMPLE === 'raw' ? bringRaw : bringShifted)(parts, stopping.signal).catch(
    error => {
      if (!stopping.signal.aborted) throw error
    },
  )
  return {
    failed: work.then(() => new Promise<never>(() => {})),
    stop: async () => {
      stopping.abort()
      await work.catch(() => {})
    },
  }
}

async function bringRaw(parts: Parts, signal: AbortSignal): Promise<void> {
  for (const [file, source] of dimensions)
    await ingestPath(parts, { path: join(samples, file), source, signal, ...quietly })
  await ingestPath(parts, { path: join(samples, 'Sales.csv'), source: 'adventureworks', signal, ...quietly })
  parts.log.info('the sample chain is in')
}

async function bringShifted(parts: Parts, signal: AbortSignal): Promise<void> {
  const shift = await rememberedShift(parts)
  const directory = join(parts.config.DATAAPP_HOME, 'sample', `shifted-by-${shift.days}-days`)
  mkdirSync(directory, { recursive: true })
  const { history, live } = shiftedSales(readFileSync(join(samples, 'Sales.csv'), 'utf8'), shift)
  const file = (name: string, text: string) => {
    const path = join(directory, name)
    if (!existsSync(path)) writePrivate(path, text)
    return path
  }
  const targets = file('Targets.csv', shiftedTargets(readFileSync(join(samples, 'Targets.csv'), 'utf8'), shift))
  for (const [name, source] of dimensions)
    await ingestPath(parts, {
      path: name === 'Targets.csv' ? targets : join(samples, name),
      source,
      signal,
      ...quietly,
    })
  await ingestPath(parts, { path: file('Sales.csv', history), source: 'adventureworks', signal, ...quietly })
  parts.log.info('the sample chain is in; its last day arrives sale by sale now')
  for (const [index, sale] of live.entries()) {
    const totals = await ingestPath(parts, {
      path: file(`Sales-live-${index + 1}.csv`, sale),
      source: 'adventureworks',
      signal,
      ...quietly,
    })
    if (totals.accepted > 0 && index < live.length - 1)
      await sleep(secondsBetweenLiveSales * 1_000, undefined, { signal })
  }
}

/** The shift is chosen at the first start and kept: a second start must not move the same sales again. Earlier versions kept it in weeks. */
async function rememberedShift({ settings, config }: Parts): Promise<Shift> {
  const today = dayIn(config.DATAAPP_TIME_ZONE, new Date())
  await settings.query('INSERT INTO chain_facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING', [
    'sample-shift',
    JSON.stringify(shiftFor(today)),
  ])
  const [row] = await settings.query<{ days: number; months: string }>(
    "SELECT coalesce((value->>'days')::int, (value->>'weeks')::int * 7) AS days, value->>'months' AS months FROM chain_facts WHERE name = 'sample-shift'",
  )
  return { days: row?.days ?? 0, months: Number(row?.months ?? 0) }
}
