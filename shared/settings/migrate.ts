import { readdirSync, readFileSync } from 'node:fs'
import type { Settings } from './settings.ts'

const directory = new URL('./migrations/', import.meta.url)
const alone = 'SELECT pg_advisory_xact_lock(7011)'

/** Runs the numbered migrations that this database has not had, each in one transaction together with its mark; tiers that start together wait for one another. */
export async function migrateSettings(settings: Settings): Promise<void> {
  await settings.transaction(async query => {
    // IF NOT EXISTS alone lets all but one of those who create it at once fail.
    await query(alone)
    await query('CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())')
  })
  const had = new Set((await settings.query<{ name: string }>('SELECT name FROM migrations')).map(({ name }) => name))
  const missing = readdirSync(directory)
    .filter(entry => entry.endsWith('.sql') && !had.has(entry))
    .sort()
  for (const file of missing) {
    await settings.transaction(async query => {
      await query(alone)
      // Another tier may have been at it since.
      const done = await query<{ name: string }>('SELECT name FROM migrations WHERE name = $1', [file])
      if (done.length > 0) return
      for (const statement of statements(readFileSync(new URL(file, directory), 'utf8'))) await query(statement)
      await query('INSERT INTO migrations (name) VALUES ($1)', [file])
    })
  }
}

function statements(text: string): string[] {
  return text
    .replace(/--[^\n]*/g, '')
    .split(/;\s*(?:\n|$)/)
    .map(statement => statement.trim())
    .filter(statement => statement !== '')
}
