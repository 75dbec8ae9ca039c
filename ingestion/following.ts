import { pause } from '#shared/pause.ts'
import type { Intaking, Work } from './ingest.ts'
import type { Limit } from './limit.ts'
import { followTables } from './postgres/follow.ts'
import type { CurrentSources } from './source/current.ts'
import type { Source } from './source/schema.ts'
import type { Totals } from './totals.ts'

/** How soon a changed source file takes effect on what is followed in S3 and in databases. */
const lookEveryMs = 5_000

type Follower = { stop: () => Promise<void>; failed: Promise<never> }

/** Follows S3 prefixes and tables as the source files say at the moment: when one of those changes, following begins anew with it. */
export async function followSources(
  current: CurrentSources,
  parts: Intaking,
  report: (file: string, source: Source, totals: Totals) => void,
  work: Work,
  limit: Limit,
): Promise<Follower> {
  const stopped = new AbortController()
  let fail: (error: unknown) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  failed.catch(() => {})
  let followed: readonly Source[] = []
  let followers: Follower[] = []

  const follow = async (sources: readonly Source[]) => {
    await Promise.all(followers.map(follower => follower.stop()))
    followed = sources
    followers = [followTables(sources, parts, report)]
    // The client of AWS is loaded only where a source asks for it: it is a third of this tier's memory.
    if (sources.some(source => source.from?.s3 !== undefined))
      followers.push((await import('./s3/arrivals.ts')).watchS3(sources, parts, report, work, limit))
    for (const follower of followers) follower.failed.catch(fail)
  }

  const loop = async () => {
    while (!stopped.signal.aborted) {
      await pause(lookEveryMs, stopped.signal)
      if (stopped.signal.aborted) return
      const sources = await current()
      if (differ(relevant(sources), relevant(followed))) await follow(sources)
    }
  }

  await follow(await current())
  const looping = loop()
  looping.catch(fail)
  return {
    failed,
    async stop() {
      stopped.abort()
      await looping.catch(() => {})
      await Promise.all(followers.map(follower => follower.stop()))
    },
  }
}

/** Those that are followed, and those that read files for them. */
function relevant(sources: readonly Source[]): Source[] {
  const names = new Set(sources.filter(source => source.from !== undefined).map(source => source.name))
  return sources.filter(
    source => names.has(source.name) || (source.belongsTo !== undefined && names.has(source.belongsTo)),
  )
}

function differ(a: readonly Source[], b: readonly Source[]): boolean {
  return a.length !== b.length || a.some((source, i) => source !== b[i])
}
