import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataAppError, systemCodeOf } from './error.ts'

export type Lock = { release(): void }

type Owner = { pid: number; started: string }

/**
 * Takes a directory for this process: `<directory>/lock.<generation>` says who has it, the highest generation counts. A lock of a dead process is
 * taken over. A living owner is `HOME_LOCKED` with its pid.
 *
 * Generations only grow and are made by hard link, which fails when the name exists, so that of two processes taking over
 * the same stale lock one loses. A released lock stays behind as an empty file for the same reason.
 */
export function takeLock(directory: string): Lock {
  mkdirSync(directory, { recursive: true })
  const me: Owner = { pid: process.pid, started: startOf(process.pid) }
  for (;;) {
    const [current, ...older] = generations(directory)
    const owner = current === undefined ? undefined : ownerOf(pathOf(directory, current))
    if (owner !== undefined && isAlive(owner)) throw lockedBy(directory, owner)
    const mine = (current ?? 0) + 1
    if (!create(directory, mine, JSON.stringify(me))) continue
    if (generations(directory)[0] !== mine) {
      // Someone went further while this process was between looking and linking.
      rmSync(pathOf(directory, mine), { force: true })
      continue
    }
    for (const old of current === undefined ? [] : [current, ...older]) rmSync(pathOf(directory, old), { force: true })
    return { release: () => replace(directory, mine) }
  }
}

/** Newest first. */
function generations(directory: string): number[] {
  return readdirSync(directory)
    .flatMap(name => /^lock\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a)
}

function pathOf(directory: string, generation: number): string {
  return join(directory, `lock.${generation}`)
}

function create(directory: string, generation: number, text: string): boolean {
  const draft = join(directory, `lock-draft.${process.pid}`)
  writeFileSync(draft, text, { mode: 0o600 })
  try {
    linkSync(draft, pathOf(directory, generation))
    return true
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function replace(directory: string, generation: number): void {
  const draft = join(directory, `lock-draft.${process.pid}`)
  writeFileSync(draft, '', { mode: 0o600 })
  renameSync(draft, pathOf(directory, generation))
}

function ownerOf(path: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('started' in value)) return undefined
    const { pid, started } = value
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined
  } catch {
    return undefined
  }
}

/** A pid alone is not enough: after a restart another process may have got the same one. */
function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (systemCodeOf(error) !== 'EPERM') return false
  }
  const now = startOf(pid)
  return now === started || now === ''
}

/** When a process began, as a text that only serves to be compared; '' where the system does not tell. */
function startOf(pid: number): string {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19] ?? ''}`
    }
    if (process.platform === 'win32') return ''
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

function lockedBy(directory: string, owner: Owner): DataAppError {
  return new DataAppError('HOME_LOCKED', `${directory} is in use by process ${owner.pid}.`, {
    hint: 'One process at a time may work in a data directory: stop that one, or choose another DATAAPP_HOME.',
  })
}
