import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { z } from 'zod'
import { openParts } from '#cli/parts.ts'
import { silentLog } from '#shared/log.ts'
import { temporaryHome } from './parts/home.ts'
import { kioskFile, kioskSource, randomFrom } from './parts/kiosk.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const command = join(root, 'bin', 'dataapp.js')
const totals = z.object({ rows: z.number(), accepted: z.number(), rejected: z.number(), duplicates: z.number() })

describe('kill -9 during an ingest', () => {
  if (process.platform !== 'linux') {
    it.skip('finds the processes to kill in /proc')
    return
  }

  it('ends in the same sums, whichever process is killed and when', async () => {
    const home = temporaryHome()
    const directory = home.config.DATAAPP_HOME
    const seed = Date.now() % 100_000
    const random = randomFrom(seed)
    try {
      const { text, ...expected } = kioskFile(random, 40_000)
      const file = join(directory, 'kiosk.csv')
      const sourceFile = join(directory, 'kiosk.yaml')
      writeFileSync(file, text)
      writeFileSync(sourceFile, kioskSource)
      const sums = {
        lines: String(expected.lines),
        revenue: (expected.cents / 100).toFixed(2).replace(/\.?0+$/, ''),
        sales: String(expected.sales),
      }
      const env = { ...process.env, DATAAPP_HOME: join(directory, 'home'), DATAAPP_LOG_LEVEL: 'silent' }
      const args = [command, 'ingest', file, '--source', sourceFile, '--json']

      for (let kill = 0; kill < 4; kill++) {
        const child = spawn(process.execPath, args, { env, stdio: 'ignore' })
        const ended = new Promise(done => child.once('exit', done))
        await Promise.race([ended, sleep(1_500 + random() * 3_500)])
        const victim = kill % 2 === 0 ? child.pid : engineOf(child)
        if (victim !== undefined && child.exitCode === null) process.kill(victim, 'SIGKILL')
        await Promise.race([ended, sleep(20_000)])
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
        await ended
      }
      const { stdout } = await promisify(execFile)(process.execPath, args, { env })
      const counted = totals.parse(JSON.parse(stdout))
      expect(counted.accepted + counted.rejected + counted.duplicates, `seed ${seed}`).to.equal(counted.rows)
      expect(counted.rows).to.equal(expected.rows)

      const { close, warehouse, settings } = await openParts(
        { ...home.config, DATAAPP_HOME: join(directory, 'home') },
        silentLog,
      )
      try {
        const [lines] = await warehouse.rows(
          'SELECT count() AS lines, sum(revenue) AS revenue, uniqExact(store, sale) AS sales FROM sale_lines FINAL',
        )
        expect(lines, `seed ${seed}`).to.deep.equal(sums)
        for (const table of ['store_days', 'seller_days']) {
          const [days] = await warehouse.rows(
            `SELECT sum(lines) AS lines, sum(revenue) AS revenue, sum(sales) AS sales FROM ${table} FINAL`,
          )
          expect(days, `seed ${seed} ${table}`).to.deep.equal(sums)
        }
        const [rejected] = await settings.query('SELECT count(*)::int AS kept FROM rejected')
        expect(rejected, `seed ${seed}`).to.deep.equal({ kept: expected.rejected })
      } finally {
        await close()
      }
    } finally {
      home.remove()
    }
  })
})

/** The engine's process of a running command: the child of it that was started with `engine`. */
function engineOf(parent: ChildProcess): number | undefined {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      const status = readFileSync(`/proc/${entry}/status`, 'utf8')
      if (!status.includes(`PPid:\t${parent.pid}\n`)) continue
      if (readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes('engine')) return Number(entry)
    } catch {}
  }
  return undefined
}
