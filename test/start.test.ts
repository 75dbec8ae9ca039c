import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { z } from 'zod'
import { temporaryHome } from './parts/home.ts'

const command = fileURLToPath(new URL('../bin/dataapp.js', import.meta.url))
const accounts = z.array(z.object({ email: z.string(), password: z.string(), role: z.string() }))

describe('dataapp start', () => {
  it('brings the sample chain to the dashboard, exact to the cent, and leaves on SIGTERM within ten seconds', async () => {
    const home = temporaryHome()
    const child = started({ DATAAPP_HOME: home.config.DATAAPP_HOME, DATAAPP_SAMPLE: 'raw', PORT: '0' })
    try {
      const url = await addressOf(child)
      const file = join(home.config.DATAAPP_HOME, 'sample-accounts.json')
      while (!existsSync(file)) await sleep(50)
      expect(statSync(file).mode & 0o777).to.equal(0o600)
      const admin = accounts.parse(JSON.parse(readFileSync(file, 'utf8'))).find(account => account.role === 'admin')
      const cookie = await signIn(url, admin?.email ?? '', admin?.password ?? '')
      const summary = async () =>
        (await fetch(`${url}/api/v1/summary?from=2017-07-01&to=2020-05-31`, { headers: { cookie } })).json()
      let seen: unknown
      for (let tries = 0; tries < 600; tries++) {
        seen = await summary()
        if (typeof seen === 'object' && seen !== null && 'lines' in seen && seen.lines === 57_851) break
        await sleep(100)
      }
      expect(seen).to.include({ lines: 57_851, sales: 3_616, revenue: '77548570.20', cost: '76549075.63' })

      const user = async (...given: string[]): Promise<unknown> => {
        const env = { ...process.env, DATAAPP_HOME: home.config.DATAAPP_HOME }
        const { stdout } = await promisify(execFile)(process.execPath, [command, 'user', ...given, '--json'], { env })
        return JSON.parse(stdout)
      }
      const { password } = z
        .object({ password: z.string() })
        .parse(await user('add', 'nova@nowhere.example', '--role', 'admin'))
      expect(await signIn(url, 'nova@nowhere.example', password)).to.contain('=')
      expect(JSON.stringify(await user('list'))).to.contain('nova@nowhere.example')

      const asked = Date.now()
      child.kill('SIGTERM')
      expect(await exitOf(child)).to.equal(0)
      expect(Date.now() - asked).to.be.below(10_000)
    } finally {
      child.kill('SIGKILL')
      home.remove()
    }
  })

  it('says when its port is in use', async () => {
    const home = temporaryHome()
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise(done => other.once('listening', done))
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? String(address.port) : ''
    const child = started({ DATAAPP_HOME: home.config.DATAAPP_HOME, PORT: port })
    try {
      const said = textOf(child)
      expect(await exitOf(child)).to.equal(1)
      expect(await said)
        .to.contain('PORT_IN_USE')
        .and.to.contain(`Port ${port}`)
    } finally {
      child.kill('SIGKILL')
      other.close()
      home.remove()
    }
  })

  it('says which process has its data directory', async () => {
    const home = temporaryHome()
    const env = { DATAAPP_HOME: home.config.DATAAPP_HOME, PORT: '0' }
    const first = started(env)
    try {
      await addressOf(first)
      const second = started(env)
      const said = textOf(second)
      expect(await exitOf(second)).to.equal(1)
      expect(await said)
        .to.contain('HOME_LOCKED')
        .and.to.contain(String(first.pid))
    } finally {
      first.kill('SIGKILL')
      await exitOf(first)
      home.remove()
    }
  })

  it('says when its data directory is no directory it can write to', async () => {
    const home = temporaryHome()
    const closed = join(home.config.DATAAPP_HOME, 'closed')
    mkdirSync(closed)
    chmodSync(closed, 0o500)
    // root may write anywhere: a path below a file stands for a closed door there.
    const directory = process.getuid?.() === 0 ? join(command, 'home') : join(closed, 'home')
    const child = started({ DATAAPP_HOME: directory, PORT: '0' })
    try {
      const said = textOf(child)
      expect(await exitOf(child)).to.equal(1)
      expect(await said).to.contain('HOME_NOT_WRITABLE')
    } finally {
      child.kill('SIGKILL')
      home.remove()
    }
  })

  it('refuses a setting it does not know', async () => {
    const child = started({ DATAAPP_HOMES: '/tmp' })
    const said = textOf(child)
    expect(await exitOf(child)).to.equal(1)
    expect(await said).to.contain('DATAAPP_HOMES is not a setting. Did you mean DATAAPP_HOME?'.slice(0, 32))
  })
})

function started(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [command, 'start'], {
    env: { ...process.env, DATAAPP_SAMPLE: 'none', DATAAPP_LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let text = ''
    child.stdout?.on('data', chunk => {
      text += String(chunk)
      const url = /DataApp runs at (http:\S+)/.exec(text)?.[1]
      if (url !== undefined) done(url)
    })
    child.once('exit', code => fail(new Error(`ended with status ${code} before it had an address: ${text}`)))
  })
}

async function textOf(child: ChildProcess): Promise<string> {
  let text = ''
  for await (const chunk of child.stderr ?? []) text += String(chunk)
  return text
}

function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise(done => child.once('exit', code => done(code)))
}

async function signIn(url: string, email: string, password: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  if (!answer.ok) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`)
  return answer.headers
    .getSetCookie()
    .map(cookie => cookie.split(';')[0])
    .join('; ')
}
