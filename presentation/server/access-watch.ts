import type { Log } from '#shared/log.ts'
import type { Settings } from '#shared/settings/settings.ts'

export type AccessWatch = {
  /** Looks whether anybody's access has changed, and says so to `changed` before it resolves. False when the database did not answer: then nobody's access is sure. */
  look(): Promise<boolean>
  stop(): Promise<void>
}

const everyMs = 1_000

/**
 * Notices within a second, or at once when asked, that somebody's access has changed: here, on another instance, at the command line. The database
 * notes every change by itself (`access_changes`), and a plain question works through any connection pool, which notifications do not.
 */
export async function watchAccess(settings: Settings, log: Log, changed: () => Promise<void>): Promise<AccessWatch> {
  let seen = await stamp(settings)
  let silent = false
  let last: Promise<boolean> = Promise.resolve(true)

  const ask = async () => {
    try {
      const now = await stamp(settings)
      if (now !== seen) {
        await changed()
        seen = now
        await settings.query(`DELETE FROM access_changes WHERE at < now() - interval '1 hour'`)
      }
      silent = false
      return true
    } catch (error) {
      if (!silent) log.warn({ err: error }, 'whether access has changed is not known')
      silent = true
      return false
    }
  }
  // One after the other: a look that joined one under way could miss what was changed since that began.
  const look = () => {
    last = last.then(ask)
    return last
  }
  const timer = setInterval(() => void look(), everyMs)
  timer.unref()
  return {
    look,
    stop: async () => {
      clearInterval(timer)
      await last
    },
  }
}

async function stamp(settings: Settings): Promise<string> {
  const [row] = await settings.query<{ stamp: string }>(
    `SELECT count(*) || ' ' || coalesce(max(at)::text, '') AS stamp FROM access_changes`,
  )
  return row?.stamp ?? ''
}
