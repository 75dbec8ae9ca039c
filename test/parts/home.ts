import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, parseConfig } from '#shared/config.ts'

/** A configuration with a data directory of its own under the system's temporary directory, quiet and on free ports. `remove` leaves nothing behind. */
export function temporaryHome(env: Record<string, string> = {}): { config: Config; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'dataapp-'))
  const config = parseConfig({
    DATAAPP_HOME: directory,
    PORT: '0',
    DATAAPP_LOG_LEVEL: 'silent',
    DATAAPP_SAMPLE: 'none',
    ...env,
  })
  return { config, remove: () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }) }
}
