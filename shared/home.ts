import { randomBytes } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Config } from './config.ts'
import { DataAppError, messageOf, systemCodeOf } from './error.ts'

/** Makes sure that the data directory exists and can be written to (`HOME_NOT_WRITABLE`). */
export function prepareHome(config: Config): void {
  const home = config.DATAAPP_HOME
  try {
    mkdirSync(home, { recursive: true })
    accessSync(home, constants.W_OK)
    const probe = join(home, `.probe-${process.pid}`)
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOSPC')
      throw new DataAppError('HOME_FULL', `There is no room left in ${home}.`, {
        hint: 'Make room on that disk, or choose another DATAAPP_HOME.',
        cause: error,
      })
    throw new DataAppError(
      'HOME_NOT_WRITABLE',
      `The data directory ${home} can't be written to (${systemCodeOf(error) || messageOf(error)}).`,
      {
        hint: `Give this user the right to write there, or choose another directory: DATAAPP_HOME=~/dataapp npm start`,
        cause: error,
      },
    )
  }
}

const running = z.strictObject({
  pid: z.number(),
  dashboard: z.string(),
  ingestion: z.string(),
  processing: z.string().optional(),
  people: z.string().optional(),
})

/** Where a running `dataapp start` can be reached: written when it is up, removed when it stops. */
export type RunningInstance = z.infer<typeof running>

export function announceRunning(config: Config, instance: RunningInstance): void {
  writePrivate(join(config.DATAAPP_HOME, 'running.json'), JSON.stringify(instance))
}

export function forgetRunning(config: Config): void {
  rmSync(join(config.DATAAPP_HOME, 'running.json'), { force: true })
}

/** The instance that runs on this data directory, or undefined. A note left behind by a process that is gone doesn't count. */
export function findRunning(config: Config): RunningInstance | undefined {
  try {
    const instance = running.parse(JSON.parse(readFileSync(join(config.DATAAPP_HOME, 'running.json'), 'utf8')))
    process.kill(instance.pid, 0)
    return instance
  } catch {
    return undefined
  }
}

/** The secret with which commands on this machine speak to the running instance: whoever may read the data directory may use it. */
export function controlToken(config: Config): string {
  return keptPrivate(join(config.DATAAPP_HOME, 'control-token'), () => randomBytes(24).toString('hex'))
}

/** Writes a file that only its owner may read, whole or not at all. */
export function writePrivate(path: string, text: string): void {
  renameSync(draftOf(path, text), path)
}

/** The text of a file that only its owner may read, made when it is not there: of several processes that begin at once one makes it, and all read that one. */
export function keptPrivate(path: string, make: () => string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8')
  const draft = draftOf(path, make())
  try {
    // Unlike a rename, a link never takes the place of a file that is there.
    linkSync(draft, path)
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
  return readFileSync(path, 'utf8')
}

/** The text in a file beside, which takes its name when it is whole. */
function draftOf(path: string, text: string): string {
  const draft = `${path}.${process.pid}.new`
  writeFileSync(draft, text, { mode: 0o600 })
  return draft
}
