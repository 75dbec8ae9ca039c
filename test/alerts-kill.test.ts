import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { openParts } from '#cli/parts.ts'
import { addPerson } from '#presentation/server/accounts.ts'
import { dayIn } from '#shared/day.ts'
import { findRunning } from '#shared/home.ts'
import { silentLog } from '#shared/log.ts'
import { temporaryHome } from './parts/home.ts'
import { openMailbox } from './parts/mailbox.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const stores = 8
const kills = 2
const patienceMs = 200_000

/** One process with all three tiers: killing it kills each of them, wherever they are. */
describe('kill -9 while alerts are raised', () => {
  it('loses none, and sends none twice but under the id it had', async () => {
    const letters: { id: string; store: string }[] = []
    const mailbox = await openMailbox(({ raw }) => {
      const id = /^Message-ID:\s*(\S+)/im.exec(raw)?.[1]
      const store = /P-(S\d+)/.exec(raw)?.[1]
      if (id !== undefined && store !== undefined) letters.push({ id, store })
    })
    const home = temporaryHome({ DATAAPP_SMTP_URL: mailbox.url })
    const { config } = home
    let running: ChildProcess | undefined
    try {
      await prepare(config)
      let sold = 0
      for (let round = 0; round < kills; round++) {
        running = start(config, mailbox.url)
        const door = await doorOf(config, running)
        for (let i = 0; i < stores / kills; i++) await sell(door, config, `S${sold++}`)
        // Somewhere between the sale's arrival and the letter's: other moments on each machine and run.
        await sleep(400 + 1_200 * round)
        await killed(running)
      }
      running = start(config, mailbox.url)
      await doorOf(config, running)
      const until = Date.now() + patienceMs
      while (new Set(letters.map(({ store }) => store)).size < stores) {
        if (gone(running)) throw new Error(`the platform ended; it said: ${saidBy(running)}`)
        if (Date.now() > until) {
          await killed(running)
          throw new Error(
            `letters: ${JSON.stringify(letters)}; kept: ${JSON.stringify(await kept(config))}; said: ${saidBy(running)}`,
          )
        }
        await sleep(100)
      }
      await ended(running)
      const all = Array.from({ length: stores }, (_, i) => `S${i}`).sort()
      expect([...new Set(letters.map(({ store }) => store))].sort()).to.deep.equal(all)
      expect(new Set(letters.map(({ id }) => id)).size).to.equal(stores)

      expect(await kept(config)).to.deep.equal({ sold: stores, fired: stores, waiting: 0 })
    } finally {
      if (running !== undefined) await killed(running)
      await mailbox.close()
      home.remove()
    }
  })
})

type Config = ReturnType<typeof temporaryHome>['config']

async function prepare(config: Config): Promise<void> {
  const { close, settings } = await openParts(config, silentLog)
  const owner = await addPerson(settings, {
    email: 'all@chain.example',
    name: 'All',
    role: 'admin',
    password: 'three words in a row',
  })
  const rule = {
    id: 'mine',
    owner: owner.id,
    name: 'Below cost',
    scope: { kind: 'product' },
    condition: { kind: 'marginBelow', percent: 0 },
    channels: ['page', 'email'],
  }
  await settings.query('INSERT INTO alert_rules (id, owner, rule) VALUES ($1, $2, $3)', [
    rule.id,
    rule.owner,
    JSON.stringify(rule),
  ])
  await close()
}

/** What the warehouse and the settings hold when nothing runs: products sold, alerts raised, letters that wait. */
async function kept(config: Config): Promise<unknown> {
  const { close, settings, warehouse } = await openParts(config, silentLog)
  const [sold] = await warehouse.rows<{ sold: number }>('SELECT toUInt32(uniqExact(product)) AS sold FROM product_days')
  const [alerts] = await settings.query<{ fired: number; waiting: number }>(
    "SELECT (SELECT count(*)::int FROM alert_firings WHERE rule = 'mine') AS fired, (SELECT count(*)::int FROM alert_outbox WHERE sent_at IS NULL AND channel = 'email') AS waiting",
  )
  await close()
  return { ...sold, ...alerts }
}

const said = new WeakMap<ChildProcess, string>()
const saidBy = (child: ChildProcess): string => said.get(child) ?? ''

function start(config: Config, smtpUrl: string): ChildProcess {
  const child = spawn(process.execPath, ['bin/dataapp.js', 'start'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      DATAAPP_HOME: config.DATAAPP_HOME,
      DATAAPP_SAMPLE: 'none',
      DATAAPP_LOG_LEVEL: 'warn',
      DATAAPP_SMTP_URL: smtpUrl,
      PORT: '0',
      DATAAPP_INGESTION_PORT: '0',
      DATAAPP_PROCESSING_PORT: '0',
    },
  })
  const hear = (words: unknown) => said.set(child, (saidBy(child) + String(words)).slice(-4_000))
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return child
}

/** Where sales are posted, once this very process is up. */
async function doorOf(config: Config, child: ChildProcess): Promise<string> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(50)) {
    const found = findRunning(config)
    if (found !== undefined && found.pid === child.pid) return found.ingestion
    if (gone(child)) break
  }
  throw new Error(`the platform did not start; it said: ${saidBy(child)}`)
}

const gone = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/** One piece sold below cost; the answer says that it is safe. */
async function sell(door: string, config: Config, store: string): Promise<void> {
  const [key = ''] = readFileSync(join(config.DATAAPP_HOME, 'http-keys'), 'utf8').trim().split(/\s+/).slice(-1)
  const now = new Date()
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: config.DATAAPP_TIME_ZONE, timeStyle: 'medium' }).format(
    now,
  )
  const sale = {
    store,
    sale: `sale ${store}`,
    soldAt: `${dayIn(config.DATAAPP_TIME_ZONE, now)}T${clock}`,
    seller: 'V1',
    lines: [{ product: `P-${store}`, quantity: 1, unitPrice: '10', cost: '12' }],
  }
  const answer = await fetch(`${door}/v1/sales`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify([sale]),
  })
  expect(answer.ok, await answer.text()).to.equal(true)
}

async function killed(child: ChildProcess): Promise<void> {
  if (gone(child)) return
  const exit = new Promise(done => child.once('exit', done))
  child.kill('SIGKILL')
  await exit
}

async function ended(child: ChildProcess): Promise<void> {
  if (gone(child)) return
  const exit = new Promise(done => child.once('exit', done))
  child.kill('SIGTERM')
  await exit
}
