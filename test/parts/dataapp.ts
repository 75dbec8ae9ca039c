import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const root = fileURLToPath(new URL('../..', import.meta.url))
const accountsSchema = z.array(z.object({ email: z.string(), password: z.string(), role: z.string() }))

export type RunningDataApp = {
  url: string
  home: string
  pid: number
  account: (role: string) => { email: string; password: string }
  stop: () => Promise<void>
}

/** `dataapp start` as a person would run it, in a directory of its own that `prepare` may fill first. Resolves when the dashboard answers and its sample accounts are there. */
export async function startDataApp(
  env: Record<string, string>,
  prepare: (home: string) => void = () => {},
): Promise<RunningDataApp> {
  const home = mkdtempSync(join(tmpdir(), 'dataapp-'))
  prepare(home)
  const child = spawn(process.execPath, ['bin/dataapp.js', 'start'], {
    cwd: root,
    env: { ...process.env, DATAAPP_HOME: home, PORT: '0', DATAAPP_LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.on('data', chunk => (said += String(chunk)))
  child.stderr.on('data', chunk => (said += String(chunk)))
  const accounts = join(home, 'sample-accounts.json')
  const stop = async () => {
    await ended(child)
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
  for (;;) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
    if (url !== undefined && existsSync(accounts)) {
      const known = accountsSchema.parse(JSON.parse(readFileSync(accounts, 'utf8')))
      const account = (role: string) => {
        const found = known.find(candidate => candidate.role === role)
        if (found === undefined) throw new Error(`no account for ${role}`)
        return found
      }
      return { url, home, pid: child.pid ?? 0, account, stop }
    }
    if (child.exitCode !== null || child.signalCode !== null) {
      await stop()
      throw new Error(`dataapp start ended with ${child.exitCode ?? child.signalCode}:\n${said}`)
    }
    await sleep(50)
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise(done => child.once('exit', done))
  child.kill('SIGTERM')
  const patience = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await exit
  clearTimeout(patience)
}
