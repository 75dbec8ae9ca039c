import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Config } from '#shared/config.ts'
import type { Vault } from '#shared/crypto/vault.ts'
import { correctionSchema } from '#shared/records/correction.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { fill, loadSql } from '#shared/sql.ts'
import { audit } from '../audit.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'
import { addressOf } from '../session-routes.ts'
import {
  arrivalSchema,
  arrivalsOf,
  freshnessOf,
  freshSchema,
  nameOfFile,
  sourceSchema,
  sourcesOf,
  standingOf,
  standingSchema,
  turnedAway,
} from './intake.ts'
import { askReplay, listRejected, openRejected, rejectedRow, rejectedView } from './rejected.ts'

type Parts = { settings: Settings; vault: Vault; config: Config }

const fileSchema = z.object({
  source: z.string(),
  file: z.string(),
  state: z.enum(['reading', 'done', 'stopped']),
  rows: z.number().int(),
  accepted: z.number().int(),
  rejected: z.number().int(),
  duplicates: z.number().int(),
  at: z.string(),
  problem: z.string(),
})
const replaySchema = z.object({
  done: z.boolean(),
  replayed: z.number().int(),
  still: z.number().int(),
  problem: z.string(),
})
const rejectedQuery = z.strictObject({
  source: z.string().max(200).optional(),
  rule: z.string().max(200).optional(),
  state: z.enum(['open', 'replayed', 'all']).default('open'),
  page: z.coerce.number().int().min(0).max(10_000).default(0),
})
const filesPerPage = 50
const filesSql = fill(loadSql('./queries/files.sql', import.meta.url), { turnedAway })

export type ReplayView = z.infer<typeof replaySchema>
export type FileView = z.infer<typeof fileSchema>

/** What came from where, how good it was, and what could not be used: corrected here, it is read again by ingestion. */
export function dataRoutes({ settings, vault, config }: Parts): Route[] {
  const timeZone = config.DATAAPP_TIME_ZONE
  return [
    route({
      method: 'get',
      path: '/freshness',
      door: 'figures.read',
      summary: 'How fresh what you see is: the latest sale and arrival of each source within your scope',
      answer: z.object({ items: z.array(freshSchema) }),
      keep: 'scope',
      run: async ({ person, ask }) => ({ items: await freshnessOf(ask, person) }),
    }),
    route({
      method: 'get',
      path: '/data/sources',
      door: 'data.read',
      summary: 'What came from which source, and when',
      answer: z.object({ items: z.array(sourceSchema) }),
      run: async ({ person, ask }) => ({ items: await sourcesOf(settings, ask, person) }),
    }),
    route({
      method: 'get',
      path: '/data/quality',
      door: 'data.read',
      summary:
        'Quality per source and day: what arrived and was accepted or rejected, and what rules find in what stands',
      query: z.strictObject({ days: z.coerce.number().int().min(1).max(400).default(30) }),
      answer: z.object({ arrivals: z.array(arrivalSchema), sales: z.array(standingSchema) }),
      run: async ({ person, ask, query: { days } }) => ({
        arrivals: await arrivalsOf(settings, timeZone, days),
        sales: await standingOf(ask, person, days),
      }),
    }),
    route({
      method: 'get',
      path: '/data/files',
      door: 'data.read',
      summary: 'Files that were read, latest first',
      query: z.strictObject({
        source: z.string().max(200).optional(),
        page: z.coerce.number().int().min(0).max(10_000).default(0),
      }),
      answer: z.object({ items: z.array(fileSchema), more: z.boolean() }),
      run: async ({ query: { source, page } }) => {
        const rows = await settings.query<FileRow>(filesSql, [source ?? null, filesPerPage + 1, page * filesPerPage])
        return { items: rows.slice(0, filesPerPage).map(fileOf), more: rows.length > filesPerPage }
      },
    }),
    route({
      method: 'get',
      path: '/data/rejected',
      door: 'data.read',
      summary: 'Records that could not be used, newest first',
      query: rejectedQuery,
      answer: z.object({ items: z.array(rejectedView), more: z.boolean() }),
      run: ({ person, query: { source, rule, state, page } }) =>
        listRejected({ settings, vault }, person, { source: source ?? null, rule: rule ?? null, state }, page),
    }),
    route({
      method: 'get',
      path: '/data/rejected/:id',
      door: 'data.read',
      summary: 'One rejected record with its own text and its cells',
      answer: rejectedRow,
      run: ({ person, params }) => openRejected({ settings, vault }, person, params.id),
    }),
    ...correctingRoutes({ settings, vault, config }),
  ]
}

function correctingRoutes({ settings, vault }: Parts): Route[] {
  return [
    route({
      method: 'post',
      path: '/data/rejected/:id/replay',
      door: 'data.correct',
      summary: 'Have a record read once more, as it is or corrected; `/data/replays/{id}` says what became of it',
      body: z.strictObject({ correction: correctionSchema.optional() }),
      answer: z.object({ id: z.string() }),
      status: 202,
      run: async ({ person, params, body: { correction }, request }) => {
        const record = await openRejected({ settings, vault }, person, params.id)
        const id = await askReplay({ settings, vault }, person, record, correction)
        const { source, file, line } = record
        const changed = correction === undefined ? [] : 'cells' in correction ? Object.keys(correction.cells) : ['raw']
        await audit(settings, {
          person: person.id,
          action: correction === undefined ? 'rejected-replayed' : 'rejected-corrected',
          subject: record.id,
          address: addressOf(request),
          details: { source, file, line, ...(changed.length === 0 ? {} : { changed }) },
        })
        return { id }
      },
    }),
    route({
      method: 'post',
      path: '/data/replays',
      door: 'data.correct',
      summary: "Have all of a source's rejected rows read once more, after the source was corrected",
      body: z.strictObject({ source: z.string().max(200) }),
      answer: z.object({ id: z.string() }),
      status: 202,
      run: async ({ person, body: { source }, request }) => {
        const [known] = await settings.query(
          'SELECT 1 FROM rejected WHERE source = $1 AND replayed_at IS NULL LIMIT 1',
          [source],
        )
        if (known === undefined) throw new Problem('not-found', 'Nothing of this source waits.')
        const id = randomUUID()
        await settings.query('INSERT INTO rejected_replays (id, source, asked_by) VALUES ($1, $2, $3)', [
          id,
          source,
          person.id,
        ])
        const address = addressOf(request)
        await audit(settings, { person: person.id, action: 'rejected-replayed', subject: source, address })
        return { id }
      },
    }),
    route({
      method: 'get',
      path: '/data/replays/:id',
      door: 'data.correct',
      summary: 'What became of a replay',
      answer: replaySchema,
      run: async ({ person, params }) => {
        const rows = await settings.query<{ done_at: Date | null; replayed: number; still: number; problem: string }>(
          'SELECT done_at, replayed, still, problem FROM rejected_replays WHERE id = $1',
          [params.id],
        )
        const [row] = await vault.reveal({ person: person.id, role: person.role }, rows)
        if (row === undefined) throw new Problem('not-found', 'There is no such replay.')
        return { done: row.done_at !== null, replayed: row.replayed, still: row.still, problem: row.problem }
      },
    }),
  ]
}

type FileRow = {
  source: string
  file: string
  state: 'reading' | 'done' | 'stopped'
  totals: Partial<Record<'rows' | 'accepted' | 'rejected' | 'duplicates', number>>
  updated_at: Date
  problem: string
  away: string
}

/** What quality rules turned away is rejected, no longer accepted. */
function fileOf({ source, file, state, totals, updated_at, problem, away }: FileRow): FileView {
  const { rows = 0, accepted = 0, rejected = 0, duplicates = 0 } = totals
  const judged = totals.accepted === undefined ? 0 : Number(away)
  return {
    source,
    file: nameOfFile(file),
    state,
    rows,
    accepted: accepted - judged,
    rejected: rejected + judged,
    duplicates,
    at: updated_at.toISOString(),
    problem,
  }
}
