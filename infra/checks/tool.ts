import { type ExecFileException, execFile } from 'node:child_process'
import { accessSync, constants, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

export type Ran = { status: number; output: string }

/** Runs a program to its end. Its two outputs come together, as a person would see them. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; seconds?: number } = {},
): Promise<Ran> {
  const { cwd, env = {}, seconds = 120 } = options
  return new Promise(done => {
    execFile(
      program,
      [...args],
      {
        ...(cwd === undefined ? {} : { cwd }),
        env: { ...process.env, ...env },
        timeout: seconds * 1000,
        maxBuffer: 2 ** 26,
      },
      (error: ExecFileException | null, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
        done({ status, output: `${stdout}${stderr}` })
      },
    )
  })
}

/** Where a program is: in the virtual environment that `infra/checks/tools.sh` makes, or on the path. */
export function findProgram(name: string): string | undefined {
  const folders = [join('.venv', 'bin'), ...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.map(folder => join(folder, name)).find(isExecutable)
}

/**
 * Skips a test visibly when a program is missing. In CI a missing program is a failure, because a check that never runs is no check.
 * Programs that `tools.sh` can't bring (`optional`) are skipped there too.
 */
export function needs(context: Mocha.Context, name: string, optional = false): string {
  const found = findProgram(name)
  if (found !== undefined) return found
  if (process.env.CI === 'true' && !optional) throw new Error(`${name} is missing: run infra/checks/tools.sh`)
  if (context.test !== undefined) context.test.title += ` (skipped: no ${name} here; infra/checks/tools.sh brings it)`
  return context.skip()
}

/** A folder with the AWS provider for Terraform, as `terraform providers mirror` makes it, and the version in it. */
export type Mirror = { folder: string; version: string }

/** Looks for a mirror where Terraform looks by itself, in `TF_PLUGIN_DIR`, and under /opt. The newest version wins. */
export function findMirror(): Mirror | undefined {
  const folders = [
    process.env.TF_PLUGIN_DIR ?? '',
    join(homedir(), '.terraform.d', 'plugins'),
    '/usr/local/share/terraform/plugins',
    '/usr/share/terraform/plugins',
    ...subfolders('/opt'),
  ].filter(folder => folder !== '')
  const found = folders.flatMap(folder =>
    subfolders(join(folder, 'registry.terraform.io', 'hashicorp', 'aws')).map(path => ({
      folder,
      version: path.split('/').at(-1) ?? '',
    })),
  )
  return found.sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }))[0]
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => join(folder, entry.name))
  } catch {
    return []
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
