import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ended, freePort, saying } from './part.ts'

/** A Postgres of its own on loopback, with password sign-in, as its superuser `dataapp`. */
export type PostgresPart = {
  /** `postgres://user:password@host:port/postgres` */
  url: string
  host: string
  port: number
  username: string
  password: string
  /** Ends it at once, as `kill -9` does. Its data stay. */
  kill(): Promise<void>
  restart(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

const debian = '/usr/lib/postgresql'

/** Why there is no Postgres here, or undefined. */
export function available(): string | undefined {
  if (programs() === undefined) return 'needs Postgres in /usr/lib/postgresql (test/parts/install.sh)'
  if (process.getuid?.() === 0 && account() === undefined)
    return 'needs the user "postgres", as Postgres does not run as root'
  return undefined
}

export async function startPostgres(): Promise<PostgresPart> {
  const bin = programs()
  if (bin === undefined) throw new Error(available())
  const user = process.getuid?.() === 0 ? account() : undefined
  const directory = await mkdtemp(join(tmpdir(), 'dataapp-postgres-'))
  const data = join(directory, 'data')
  const [username, password] = ['dataapp', 'only-for-tests']
  await writeFile(join(directory, 'password'), password)
  if (user !== undefined) {
    await chown(directory, user.uid, user.gid)
    await chown(join(directory, 'password'), user.uid, user.gid)
  }
  const as = { ...user, cwd: directory }
  const port = await freePort()
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', username, '--pwfile', join(directory, 'password'), '--auth=scram-sha-256'].concat([
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ]),
    { ...as, stdio: 'pipe' },
  )
  const run = async (): Promise<ChildProcess> => {
    const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'max_connections=50']
    const child = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
      ...as,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    // A test run that is cut off leaves no server behind.
    const end = () => void child.kill('SIGQUIT')
    process.once('exit', end)
    child.once('exit', () => process.off('exit', end))
    await saying(child, 'ready to accept connections')
    return child
  }
  let child = await run()
  const finish = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await ended(child)
  }
  return {
    url: `postgres://${username}:${password}@127.0.0.1:${port}/postgres`,
    host: '127.0.0.1',
    port,
    username,
    password,
    kill: () => finish('SIGKILL'),
    async restart() {
      await finish('SIGINT')
      child = await persistently(run)
    },
    async stop() {
      await finish('SIGQUIT')
      await rm(directory, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** After a kill the workers of the old server hold its memory for a moment. */
async function persistently<T>(start: () => Promise<T>, tries = 20): Promise<T> {
  try {
    return await start()
  } catch (error) {
    if (tries === 0) throw error
    await new Promise(done => setTimeout(done, 250))
    return await persistently(start, tries - 1)
  }
}

/** The folder of the newest version that is here. */
function programs(): string | undefined {
  if (!existsSync(debian)) return undefined
  return readdirSync(debian)
    .sort((a, b) => Number(b) - Number(a))
    .map(version => join(debian, version, 'bin'))
    .find(bin => existsSync(join(bin, 'initdb')))
}

function account(): { uid: number; gid: number } | undefined {
  try {
    const id = (which: string) => Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }))
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    return undefined
  }
}
