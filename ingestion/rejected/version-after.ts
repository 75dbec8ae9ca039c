import type { Settings } from '#shared/settings/settings.ts'
import { loadSql } from '#shared/sql.ts'
import { versionsOf } from '../publish/basket.ts'

const nextSql = loadSql('../queries/next-replay.sql', import.meta.url)

/**
 * Versions after those of a file and of earlier replays of it, and before those of what was told since: a replay corrects its own file, and nothing that came later. Undefined where the
 * ledger does not know the file.
 */
export async function versionAfter(
  settings: Settings,
  source: string,
  file: string,
  lastLine: number,
): Promise<number | undefined> {
  const [known] = await settings.query<{ version: string; replays: number }>(nextSql, [source, file])
  return known === undefined ? undefined : Number(known.version) + known.replays * versionsOf(lastLine)
}
