import type { ReplayView } from '../../server/data/routes.ts'
import { call } from '../call.ts'

const lookEveryMs = 400
const patienceMs = 20_000

/** What became of a replay, asked until ingestion has done it; undefined when that takes longer than anybody wants to look at a button. */
export async function awaited(id: string): Promise<ReplayView | undefined> {
  const until = Date.now() + patienceMs
  while (Date.now() < until) {
    const replay = await call<ReplayView>(`/api/v1/data/replays/${encodeURIComponent(id)}`)
    if (replay.done) return replay
    await new Promise(done => setTimeout(done, lookEveryMs))
  }
  return undefined
}
