import { DataAppError } from '#shared/error.ts'
import type { Parts } from '#shared/parts.ts'
import { isPassing } from '#shared/passing.ts'
import { pause } from '#shared/pause.ts'
import { readCorrection } from '#shared/records/correction.ts'
import { rejectedSchema } from '#shared/records/rejected.ts'
import { loadSql } from '#shared/sql.ts'
import type { Retold } from './judged.ts'
import { replayOpen } from './replay.ts'

const takeSql = loadSql('../queries/take-replay.sql', import.meta.url)
const lookEveryMs = 700

type Asked = { id: string; source: string; rejected: string | null; correction: string | null }
type Done = Omit<Retold, 'open'>
type Work = Pick<Parts, 'config' | 'log' | 'bus' | 'settings' | 'vault'>

/** Replays what people ask for on the page. Page and tier meet in the settings database, so the page needs no way to this tier. */
export function answerReplays(parts: Work): { stop: () => Promise<void>; failed: Promise<never> } {
  const stopped = new AbortController()
  const loop = async () => {
    while (!stopped.signal.aborted) {
      try {
        if (await answerNext(parts)) continue
      } catch (error) {
        if (!(error instanceof DataAppError) || !isPassing(error)) throw error
        parts.log.debug({ code: error.code }, 'whether somebody asked for a replay is not known')
      }
      await pause(lookEveryMs, stopped.signal)
    }
  }
  const looping = loop()
  const failed = new Promise<never>((_, fail) => {
    looping.catch(fail)
  })
  failed.catch(() => {})
  return {
    failed,
    async stop() {
      stopped.abort()
      await looping.catch(() => {})
    },
  }
}

/** Does the oldest replay that waits; false when none does. What is known to go wrong is written beside it, sealed: it may quote the row. */
export async function answerNext(parts: Work): Promise<boolean> {
  const [asked] = await parts.settings.query<Asked>(takeSql)
  if (asked === undefined) return false
  const outcome = await replay(parts, asked).catch((error: unknown): Done => {
    if (!(error instanceof DataAppError)) throw error
    return { replayed: 0, stillRejected: 1, problems: [{ field: '', message: error.message }] }
  })
  const [problem] = outcome.problems
  const text = problem === undefined ? '' : `${problem.field === '' ? '' : `${problem.field}: `}${problem.message}`
  await parts.settings.query(
    'UPDATE rejected_replays SET done_at = now(), replayed = $2, still = $3, problem = $4 WHERE id = $1',
    [asked.id, outcome.replayed, outcome.stillRejected, await sealed(parts, text)],
  )
  return true
}

async function replay(parts: Work, { source, rejected, correction }: Asked): Promise<Done> {
  const reader = { person: 'dataapp ingestion', role: 'operator' } as const
  const [revealed] = correction === null ? [] : await parts.vault.reveal(reader, [{ correction }])
  return replayOpen(parts, { source, id: rejected }, readCorrection(revealed?.correction ?? ''))
}

async function sealed({ vault }: Work, message: string): Promise<string> {
  if (message === '') return ''
  const record = rejectedSchema.parse({
    v: 1,
    id: 'replay',
    step: 'ingestion',
    source: '',
    file: '',
    line: 0,
    field: '',
    rule: '',
    message,
    raw: '',
    at: new Date().toISOString(),
  })
  return (await vault.protectRejected(record)).message
}
