import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { openParts } from '#cli/parts.ts'
import type { Received } from '#shared/bus/bus.ts'
import { openLake } from '#shared/lake/lake.ts'
import { silentLog } from '#shared/log.ts'
import type { Parts } from '#shared/parts.ts'
import { rejectedOf } from '#shared/records/rejected.ts'
import { notedOldestRaw, retentionOf } from '#shared/retention.ts'
import { restMicros } from '#shared/warehouse/rest.ts'
import { saleOf } from '../test/parts/chain.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { openPreparedParts } from '../test/parts/prepared.ts'
import { backup, restore } from './backup.ts'
import { examine } from './doctor.ts'
import { archive } from './lake/archive.ts'
import { replay } from './lake/replay.ts'
import { apartFromDropped } from './load/dropped-months.ts'
import { loadSales } from './load/load-sales.ts'
import { rollUp, warehouseMicros } from './load/roll-up.ts'
import { keepRejected } from './rejected.ts'
import { enforceRetention, showRetention } from './retention.ts'

const now = new Date('2024-07-15T12:00:00Z')
const daysBefore = (days: number) => new Date(now.getTime() - days * 86_400_000)
const received: Received = { key: '', value: Buffer.alloc(0), headers: {}, partition: 0, offset: '0', timestampMs: 0 }
const dayBefore = (days: number) => daysBefore(days).toISOString().slice(0, 10)

describe('retention', () => {
  it('keeps each kind as long as it is told and no longer, and shows what is overdue', async () => {
    const home = temporaryHome({
      DATAAPP_RETENTION_LINES_DAYS: '365',
      DATAAPP_RETENTION_RAW_DAYS: '100',
      DATAAPP_RETENTION_REJECTED_DAYS: '90',
      DATAAPP_RETENTION_AUDIT_DAYS: '400',
      DATAAPP_RETENTION_LOGS_DAYS: '30',
    })
    const other = temporaryHome()
    const { close, ...parts } = await openPreparedParts(home.config)
    const { warehouse, settings, config } = parts
    const lake = openLake(config)
    try {
      const sale = (day: string) => saleOf({ store: '1', sale: day, day, seller: 'v' })
      await loadSales(warehouse, [sale(dayBefore(500)), sale(dayBefore(10))], async () => {})
      await rollUp(warehouse, (await warehouseMicros(warehouse)) + restMicros)
      await archive(warehouse, lake, new AbortController().signal)
      await lake.put(`raw/month=${dayBefore(200).slice(0, 7)}/store=1/old.parquet`, Buffer.from('PAR1'))
      await lake.put(`raw/month=${dayBefore(20).slice(0, 7)}/store=1/new.parquet`, Buffer.from('PAR1'))
      for (const [line, days] of [
        [1, 120],
        [2, 5],
      ] as const) {
        const why = { source: 's', file: 'f', line, field: '', rule: 'r', message: '', raw: '' }
        await keepRejected(settings, [rejectedOf('ingestion', why, daysBefore(days))])
        await keepRejected(settings, [rejectedOf('processing', { ...why, raw: 'line' }, daysBefore(days))])
      }
      await settings.query(
        `INSERT INTO ledger (source, fingerprint, file, place, state, version, totals)
         VALUES ('s', 'p', 'f', '', 'done', 1, '{"rows": 4, "accepted": 3, "rejected": 1}')`,
      )
      for (const days of [410, 40]) {
        const at = daysBefore(days).toISOString()
        await settings.query(
          "INSERT INTO personal_reads (at, person, role, fields, count, refused) VALUES ($1, 'p', 'admin', 'customer.name', 1, 0)",
          [at],
        )
        await settings.query("INSERT INTO audit (at, person, action) VALUES ($1, 'p', 'signed-in')", [at])
      }
      for (const [id, madeDaysAgo, sentDaysAgo] of [
        ['left', 41, 40],
        ['left lately', 41, 1],
        ['waits', 41, undefined],
      ] as const) {
        const sentAt = sentDaysAgo === undefined ? null : daysBefore(sentDaysAgo).toISOString()
        const madeAt = daysBefore(madeDaysAgo).toISOString()
        await settings.query(
          "INSERT INTO report_outbox (id, schedule, report, recipient, run_at, due_at, sent_at) VALUES ($1, 's', 'r', 'p', $2, $2, $3)",
          [id, madeAt, sentAt],
        )
        await settings.query(
          "INSERT INTO alert_outbox (id, firing, channel, message, due_at, sent_at) VALUES ($1, 'f', 'email', '{}', $2, $3)",
          [id, madeAt, sentAt],
        )
      }

      const storeDays = (of: Pick<Parts, 'warehouse'> = parts) =>
        of.warehouse.rows('SELECT toString(day) AS day, lines FROM store_days FINAL ORDER BY day')
      const overdue = async () =>
        Object.fromEntries((await showRetention(parts, now)).map(kept => [kept.kind, kept.overdue]))
      expect(await overdue()).to.deep.equal({ lines: true, raw: true, rejected: true, audit: true, logs: true })
      await enforceRetention(parts, new Date(now.getTime() - 600_000))
      expect(await overdue(), 'what is due is noted first').to.include({ lines: true })
      await enforceRetention(parts, now)
      expect(await overdue()).to.deep.equal({ lines: false, raw: false, rejected: false, audit: false, logs: false })
      expect(
        await settings.query('SELECT totals FROM ledger'),
        'rows that rules turned away stay rejected',
      ).to.deep.equal([{ totals: { rows: 4, accepted: 2, rejected: 2 } }])
      expect((await showRetention(parts, now)).map(({ kind, oldest }) => [kind, oldest])).to.deep.equal([
        ['lines', dayBefore(10)],
        ['raw', `${dayBefore(20).slice(0, 7)}-01`],
        ['rejected', dayBefore(5)],
        ['audit', dayBefore(40)],
        ['logs', dayBefore(1)],
      ])
      for (const outbox of ['report_outbox', 'alert_outbox'])
        expect(await settings.query(`SELECT id FROM ${outbox} ORDER BY id`), outbox).to.deep.equal([
          { id: 'left lately' },
          { id: 'waits' },
        ])
      for (const trail of ['audit', 'personal_reads'])
        expect(await settings.query(`SELECT person FROM ${trail}`), trail).to.have.length(1)
      expect(await retentionOf(parts, await notedOldestRaw(settings), now), 'seen without the lake').to.deep.equal(
        await showRetention(parts, now),
      )
      expect((await lake.list('')).map(file => file.path).filter(path => path.includes('month='))).to.deep.equal([
        'cleaned/month=2024-07/store=1/lines.parquet',
        'raw/month=2024-06/store=1/new.parquet',
      ])
      expect(await warehouse.rows('SELECT sum(lines) AS lines FROM store_days FINAL'), 'sums stay').to.deep.equal([
        { lines: '2' },
      ])
      expect(
        await warehouse.rows('SELECT DISTINCT toString(day) AS day FROM product_sales'),
        'which sales a product was in goes with the lines',
      ).to.deep.equal([{ day: dayBefore(10) }])
      const health = await examine(parts)
      expect(health.findings.find(finding => finding.name === 'aggregates')).to.include({ ok: true })
      await replay(warehouse, lake, dayBefore(600), dayBefore(0))
      const both = [
        { day: dayBefore(500), lines: '1' },
        { day: dayBefore(10), lines: '1' },
      ]
      expect(await storeDays(), 'also after a replay').to.deep.equal(both)
      const target = join(other.config.DATAAPP_HOME, 'backup')
      await backup(parts, target)
      copyFileSync(join(target, 'keys.json'), join(other.config.DATAAPP_HOME, 'keys.json'))
      const { close: closeOther, ...restored } = await openParts(other.config, silentLog)
      try {
        await restore(restored, target)
        expect(await storeDays(restored), 'in a backup, too').to.deep.equal(both)
      } finally {
        await closeOther()
      }
      const late = saleOf({ store: '1', sale: 'late', day: dayBefore(500), seller: 'v', version: 9 })
      const { current, refused } = await apartFromDropped(warehouse, [
        { message: received, sale: late },
        { message: received, sale: { ...late, soldAt: `${dayBefore(9)}T10:00:00` } },
      ])
      expect(current.map(({ sale: { soldAt } }) => soldAt)).to.deep.equal([`${dayBefore(9)}T10:00:00`])
      expect(refused.map(({ field, rule }) => [field, rule])).to.deep.equal([['soldAt', 'retention']])
      await loadSales(warehouse, [late], async () => {})
      expect(await storeDays(), 'a day is not recomputed from what comes late alone').to.deep.equal(both)
    } finally {
      await close()
      home.remove()
      other.remove()
    }
  })
})
