import { execFileSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { openParts } from '#cli/parts.ts'
import { consumerGroups, topics } from '#shared/agreement.ts'
import { openLake } from '#shared/lake/lake.ts'
import { silentLog } from '#shared/log.ts'
import type { Parts } from '#shared/parts.ts'
import type { Dimension } from '#shared/records/dimension.ts'
import { rejectedOf } from '#shared/records/rejected.ts'
import { saleOf, startChain } from '../test/parts/chain.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { restore } from './backup.ts'
import { runJob } from './jobs.ts'

const secret = { name: 'Zulmira Quaresmeira', email: 'zulmira@nowhere.example', phone: '', document: '98765432100' }
/** A document that a source uses as the customer's id. */
const documentId = '111.444.777-35'

describe('what an operator asks for', () => {
  it('finds nobody in the data directory, exports, backs up, restores and erases a person', async () => {
    const chain = await startChain()
    const other = temporaryHome()
    const backup = temporaryHome()
    try {
      const { parts } = chain
      const person: Dimension = {
        v: 1,
        kind: 'customer',
        id: '77',
        source: 'test',
        version: 1,
        attributes: { ...secret, city: 'Recife', region: '', country: '' },
      }
      await chain.describe([person])
      const sale = saleOf({ store: '1', sale: 'A', day: '2024-05-01', seller: 'v1', customer: '77' })
      await chain.publish([sale])
      const other77 = {
        ...person,
        id: documentId,
        attributes: { ...person.attributes, name: '', email: '', document: '' },
      }
      await chain.describe([other77])
      await chain.publish([saleOf({ store: '1', sale: 'B', day: '2024-05-02', seller: 'v1', customer: documentId })])
      const why = { source: 's', file: 'f', line: 3, field: 'x', rule: 'r', message: 'no', raw: `77;${secret.name};x` }
      const rejected = rejectedOf('ingestion', why, new Date())
      await parts.bus.publish(topics.rejected, [{ key: 's', value: Buffer.from(JSON.stringify(rejected)) }])
      while ((await parts.bus.lag(topics.rejected, consumerGroups.rejected)) > 0)
        await new Promise(done => setTimeout(done, 20))

      const run = (job: Parameters<typeof runJob>[1]) => runJob(parts, job)
      const byEmail = {
        job: 'person-find',
        kind: 'customer',
        attribute: 'email',
        text: 'Zulmira@NOWHERE.example',
      } as const
      expect(await run(byEmail)).to.deep.equal({ ids: ['77'] })
      expect(await run({ job: 'person-export', kind: 'customer', id: '77' })).to.deep.include({
        rejected: [{ source: 's', file: 'f', line: '3', raw: why.raw, by: 'name' }],
      })
      await run({ job: 'lake-archive' })
      const inPlain = (text: string) => {
        try {
          return execFileSync('grep', ['-rlaF', text, parts.config.DATAAPP_HOME], { encoding: 'utf8' })
        } catch {
          return ''
        }
      }
      const secrets = [secret.name, secret.email, secret.document, documentId, '11144477735']
      for (const text of secrets) {
        expect(inPlain(text)).to.equal('')
        // Columns and files are compressed: what they hold counts, not only what their bytes show.
        expect(await tablesWith(parts, text)).to.deep.equal([])
      }
      const byDocument = await run({ job: 'person-export', kind: 'customer', id: documentId })
      expect(byDocument).to.have.nested.property('lines.length', 1)

      await run({ job: 'key-rotate' })
      const target = join(backup.config.DATAAPP_HOME, 'one')
      await run({ job: 'backup', directory: target })
      copyFileSync(join(target, 'keys.json'), join(other.config.DATAAPP_HOME, 'keys.json'))
      const { close, ...restored } = await openParts(other.config, silentLog)
      try {
        expect(await restore(restored, target)).to.include({ lines: 2 })
        const exported = await runJob(restored, { job: 'person-export', kind: 'customer', id: '77' })
        expect(exported).to.have.nested.property('person.name', secret.name)
        expect(exported).to.have.nested.property('lines.length', 1)
        expect(await runJob(restored, { job: 'doctor' })).to.include({ ok: true })
      } finally {
        await close()
      }

      expect(await run({ job: 'person-erase', kind: 'customer', id: '77' })).to.include({ rejected: 1 })
      await chain.describe([{ ...person, version: 5 }])
      expect(await run(byEmail)).to.deep.equal({ ids: [] })
      const left = await run({ job: 'person-export', kind: 'customer', id: '77' })
      const [record] = await parts.settings.query<{ raw: string }>("SELECT record->>'raw' AS raw FROM rejected")
      expect(record).to.deep.equal({ raw: '' })
      const held = await openLake(parts.config).get('cleaned/customers/customers.parquet')
      await parts.warehouse.run('CREATE TABLE held AS customers')
      await parts.warehouse.insertParquet('held', held)
      expect(
        await parts.warehouse.rows("SELECT name, email, document, email_hash FROM held WHERE customer = '77'"),
      ).to.deep.equal([{ name: '', email: '', document: '', email_hash: '' }])
      expect(left).to.have.nested.property('person.name', '')
      expect(left).to.have.nested.property('lines.length', 1)
      expect(await run({ job: 'doctor' })).to.include({ ok: true })
    } finally {
      await chain.stop()
      other.remove()
      backup.remove()
    }
  })
})

/** Every table of the warehouse and of the settings database in which some text stands as it is. */
async function tablesWith({ warehouse, settings }: Parts, text: string): Promise<string[]> {
  const found: string[] = []
  const columns = await warehouse.rows<{ table: string; column: string }>(
    `SELECT table, name AS column FROM system.columns WHERE database = currentDatabase() AND type LIKE '%String%'
       AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree')`,
  )
  for (const { table, column } of columns) {
    const [row] = await warehouse.rows<{ hits: string }>(
      `SELECT count() AS hits FROM "${table}" WHERE position(toString("${column}"), {text:String}) > 0`,
      { text },
    )
    if (row?.hits !== '0') found.push(`${table}.${column}`)
  }
  const tables = await settings.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'",
  )
  for (const { name } of tables) {
    const rows = await settings.query(
      `SELECT 1 FROM "${name}" AS t WHERE position($1 in to_jsonb(t)::text) > 0 LIMIT 1`,
      [text],
    )
    if (rows.length > 0) found.push(name)
  }
  return found
}
