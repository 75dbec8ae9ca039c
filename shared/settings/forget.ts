import type { Settings } from './settings.ts'

/** As many switches as the most segments that are kept, and some. */
const mostSwitches = 100

/**
 * Takes from the disk what was deleted or overwritten in these tables: their files are written anew, and every segment of the write-ahead log in which it may stand is
 * left behind and removed. For the embedded database, whose files are ours; what a server keeps in its log, its archive and its replicas is its operator's business.
 */
export async function forgetDeleted(settings: Settings, tables: readonly string[]): Promise<void> {
  if (settings.kind === 'server') return
  for (const table of tables) await settings.query(`VACUUM FULL ${table}`)
  // A segment that is used again under a new name keeps its old content until it is written over.
  await settings.query('SET wal_recycle = off')
  const old = new Set(await segments(settings))
  for (let switches = 0; switches < mostSwitches; switches++) {
    await settings.query('SELECT pg_switch_wal()')
    await settings.query('CHECKPOINT')
    if (!(await segments(settings)).some(name => old.has(name))) break
  }
  await settings.query('RESET wal_recycle')
}

async function segments(settings: Settings): Promise<string[]> {
  const rows = await settings.query<{ name: string }>('SELECT name FROM pg_ls_waldir()')
  return rows.map(row => row.name)
}
