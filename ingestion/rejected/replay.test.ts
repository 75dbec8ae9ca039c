import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { keepRejected } from '#processing/rejected.ts'
import { formatMicros } from '#shared/records/micros.ts'
import { rejectedOf } from '#shared/records/rejected.ts'
import { rejectedLineText } from '#shared/records/rejected-line.ts'
import { openPreparedSettings } from '../../test/parts/prepared.ts'
import { ingestFile } from '../ingest.ts'
import { readSource } from '../source/load.ts'
import { quietWork, workbench } from '../testing.ts'
import { answerNext } from './asked.ts'
import { listRejected } from './list.ts'
import { replayRejected } from './replay.ts'

const wrong = 'name: loja\nsale: { id: id, store: { value: s }, soldAt: day, product: p, revenue: total }\n'
const right = `${wrong}dates: { format: [YYYY-MM-DD, DD.MM.YYYY] }\n`
const text = 'id,day,p,total\n1,2024-01-02,a,5\n1,02.01.2024,b,7\n1,2024-01-02,c,9\n2,2024-01-02,d,never\n'

describe('replaying rejected records', () => {
  let bench: Awaited<ReturnType<typeof workbench>>
  let yaml: string
  before(async () => {
    bench = await workbench(openPreparedSettings)
    yaml = join(bench.home, 'loja.yaml')
  })
  beforeEach(async () => {
    await bench.clear()
    await bench.settings.query('DELETE FROM rejected')
    await writeFile(yaml, wrong)
  })
  after(() => bench.close())

  const everything = { id: null, source: null, rule: null, replayed: false, limit: 10, page: 0 }
  const lines = () =>
    [...bench.lines().values()].map(line => `${line.sale}/${line.line} ${line.product} ${formatMicros(line.revenue)}`)
  const takeIn = async () => {
    const path = await bench.write('loja.csv', text)
    expect(await ingestFile(bench, await readSource(yaml), path, quietWork())).to.deep.include({
      rows: 4,
      accepted: 2,
      rejected: 2,
    })
    await keepRejected(bench.settings, bench.rejected())
    return path
  }

  const ask = async (line: number, correction: object, how: 'again' | 'first' = 'first') => {
    const [record] = (await listRejected(bench, { ...everything, replayed: true })).records.filter(
      one => one.line === line,
    )
    if (record === undefined) throw new Error(`line ${line} was not rejected`)
    const { replayedAt: _, ...rest } = record
    const sealed = await bench.vault.protectRejected({ v: 1, ...rest, raw: JSON.stringify(correction) })
    await bench.settings.query(
      'INSERT INTO rejected_replays (id, source, rejected, correction, asked_by) VALUES ($1, $2, $3, $4, $5)',
      [`${record.id} ${how}`, yaml, record.id, sealed.raw, 'somebody'],
    )
    await answerNext(bench)
    const [done] = await bench.settings.query<{ replayed: number; problem: string }>(
      'SELECT replayed, problem FROM rejected_replays WHERE id = $1',
      [`${record.id} ${how}`],
    )
    if (done === undefined) throw new Error('the replay is gone')
    return (await bench.vault.reveal({ person: 'test', role: 'operator' }, [done]))[0]
  }

  it('shows what was rejected, with its own text unchanged', async () => {
    await takeIn()
    const { records } = await listRejected(bench, everything)
    expect(records.map(({ line, field, rule, raw }) => ({ line, field, rule, raw }))).to.deep.equal([
      { line: 3, field: 'soldAt', rule: 'date', raw: '1,02.01.2024,b,7' },
      { line: 5, field: 'revenue', rule: 'number', raw: '2,2024-01-02,d,never' },
    ])
  })

  it('shows them page by page, and says whether there are more', async () => {
    await takeIn()
    const page = async (page: number) => {
      const { records, more } = await listRejected(bench, { ...everything, limit: 1, page })
      return { lines: records.map(({ line }) => line), more }
    }
    expect(await page(0)).to.deep.equal({ lines: [3], more: true })
    expect(await page(1)).to.deep.equal({ lines: [5], more: false })
    expect(await page(2)).to.deep.equal({ lines: [], more: false })
  })

  it('replays once and counts once, each line with the identity it would have had', async () => {
    await takeIn()
    await writeFile(yaml, right)
    const parts = bench
    expect(await replayRejected(parts, { source: yaml, id: null })).to.deep.equal({
      open: 2,
      replayed: 1,
      stillRejected: 1,
    })
    expect(lines()).to.deep.equal(['1/1 a 5', '1/2 b 7', '1/3 c 9'])
    const published = bench.bus.published('sales').length
    expect(await replayRejected(parts, { source: yaml, id: null })).to.deep.equal({
      open: 1,
      replayed: 0,
      stillRejected: 1,
    })
    expect(bench.bus.published('sales').length).to.equal(published)
    expect(await bench.settings.query('SELECT totals FROM ledger')).to.deep.equal([
      { totals: { rows: 4, accepted: 3, rejected: 1, duplicates: 0, sales: 1 } },
    ])
  })

  it('leaves what a later file corrected', async () => {
    await takeIn()
    const corrected = await bench.write('corrected.csv', 'id,day,p,total\n1,2024-01-02,a,6\n')
    await ingestFile(bench, await readSource(yaml), corrected, quietWork())
    await writeFile(yaml, right)
    expect(await replayRejected(bench, { source: yaml, id: null })).to.deep.include({ replayed: 1 })
    expect(lines()).to.deep.equal(['1/1 a 6', '1/2 b 7', '1/3 c 9'])
  })

  it('reads the rows from their own text when the file is gone', async () => {
    await rm(await takeIn())
    await writeFile(yaml, right)
    expect(await replayRejected(bench, { source: yaml, id: null })).to.deep.include({ replayed: 1 })
    expect(lines()).to.deep.equal(['1/1 a 5', '1/2 c 9', '1/row 3 b 7'])
  })

  describe('of lines that quality rules turned away', () => {
    const kept = async (file: string, at = new Date()) => {
      const [first] = bench.sales()
      const [line] = first?.lines ?? []
      if (first === undefined || line === undefined) throw new Error('nothing was told')
      const why = { source: 'loja', file, line: 2, field: 'revenue', rule: 'range', message: 'breaks it' }
      const record = rejectedOf('processing', { ...why, raw: rejectedLineText(first, line) }, at)
      await keepRejected(bench.settings, [await bench.vault.protectRejected(record)])
      return first
    }
    const open = async () =>
      (await listRejected(bench, everything)).records.filter(({ step }) => step === 'processing').length

    it('tells all of a source again, after their file and before what came later', async () => {
      await writeFile(yaml, right)
      await bench.take(await readSource(yaml), 'loja.csv', text)
      const first = await kept(bench.sales()[0]?.file ?? '')
      const told = bench.sales().length
      await bench.take(await readSource(yaml), 'later.csv', '\nid,day,p,total\n1,2024-01-02,a,6\n')
      const [later] = bench.sales().slice(told)
      expect(await replayRejected(bench, { source: yaml, id: null })).to.deep.include({ open: 1, replayed: 1 })
      const again = bench.sales().at(-1)
      expect(again).to.deep.include({ sale: first.sale, extent: 'lines', lines: first.lines.slice(0, 1) })
      expect(again?.version).to.be.above(first.version)
      expect(again?.version).to.be.below(later?.version ?? 0)
      expect(await open()).to.equal(0)
    })

    it('tells the one that is asked for, also of a shop that has no source file', async () => {
      await bench.take(await readSource(yaml), 'loja.csv', text)
      await kept('')
      const [record] = (await listRejected(bench, { ...everything, rule: 'range' })).records
      await bench.settings.query("UPDATE rejected SET source = 'till' WHERE id = $1", [record?.id])
      const counts = await replayRejected(bench, { source: 'till', id: record?.id ?? '' })
      expect(counts).to.deep.equal({ open: 1, replayed: 1, stillRejected: 0 })
      expect(bench.sales().at(-1)?.version).to.be.above(Date.parse(record?.at ?? '') * 1_000)
    })

    it('of a source that is broken are told when asked for, and never hide that its other rows are not read', async () => {
      await writeFile(yaml, right)
      await bench.take(await readSource(yaml), 'loja.csv', text)
      await kept('a.csv')
      const own = join(bench.home, 'sources')
      await mkdir(own)
      await writeFile(join(own, 'loja.yaml'), 'name: loja\nnonsense: 1\n')
      const [record] = (await listRejected(bench, { ...everything, rule: 'range' })).records
      try {
        const counts = await replayRejected(bench, { source: 'loja', id: record?.id ?? '' })
        expect(counts).to.deep.equal({ open: 1, replayed: 1, stillRejected: 0 })
        await kept('b.csv')
        const failure = await replayRejected(bench, { source: 'loja', id: null }).catch((error: unknown) => error)
        expect(failure).to.have.property('code', 'SOURCE_WRONG')
      } finally {
        await rm(own, { recursive: true })
      }
    })

    it('leaves open what is turned away again, before or after it is marked', async () => {
      await bench.take(await readSource(yaml), 'loja.csv', text)
      await kept('a.csv', new Date(Date.now() - 60_000))
      let keeping: Promise<unknown> = Promise.resolve()
      bench.bus.before = () => {
        keeping = kept('a.csv', new Date(Date.now() + 5))
      }
      await replayRejected(bench, { source: yaml, id: null })
      await keeping
      expect(await open(), 'turned away before it was marked').to.equal(1)
      bench.bus.before = () => {}
      await bench.settings.query("UPDATE rejected SET rejected_at = now() - interval '1 minute'")
      await replayRejected(bench, { source: yaml, id: null })
      expect(await open()).to.equal(0)
      await kept('a.csv', new Date(Date.now() + 5))
      expect(await open(), 'turned away after it was marked').to.equal(1)
    })

    describe('and somebody corrected', () => {
      const decimals =
        'name: loja\nsale: { id: cupom, store: { value: s }, soldAt: dia, product: item, quantity: quantity, revenue: revenue }\nnumbers: { decimal: "," }\n'
      const exported =
        'cupom,dia,item,quantity,revenue\n1,2024-01-02,a,1,"5,50"\n1,2024-01-02,b,1,"7,00"\n1,2024-01-02,c,1,never\n'
      /** What a reading tells, as "sale/line product quantity revenue". */
      const toldBy = async (reading: () => Promise<unknown>) => {
        const before = bench.sales().length
        await reading()
        return bench
          .sales()
          .slice(before)
          .flatMap(({ sale, lines: own }) =>
            own.map(
              line =>
                `${sale}/${line.line} ${line.product} ${formatMicros(line.quantity)} ${formatMicros(line.revenue)}`,
            ),
          )
      }
      const again = async () => bench.take(await readSource(yaml), 'loja.csv', exported, { mode: 'again' })

      beforeEach(async () => {
        await writeFile(yaml, decimals)
        await bench.take(await readSource(yaml), 'loja.csv', exported)
        await keepRejected(bench.settings, bench.rejected())
        await kept(bench.sales()[0]?.file ?? '')
      })

      it('are told corrected whenever their file is read again, whatever its columns are called', async () => {
        expect(await toldBy(() => ask(2, { cells: { product: 'z', revenue: '8.25' } }))).to.deep.equal(['1/1 z 1 8.25'])
        expect(await toldBy(again)).to.deep.equal(['1/1 z 1 8.25', '1/2 b 1 7'])
      })

      it('are told corrected when another row of their sale is corrected', async () => {
        await ask(2, { cells: { product: 'z' } })
        expect(await toldBy(() => ask(4, { cells: { revenue: '9,00' } }))).to.deep.equal([
          '1/1 z 1 5.5',
          '1/2 b 1 7',
          '1/3 c 1 9',
        ])
      })

      it('take no number from the lines beside them when they went to another sale', async () => {
        expect(await toldBy(() => ask(2, { cells: { sale: '9' } }))).to.deep.equal(['9/1 a 1 5.5'])
        expect(await toldBy(again)).to.deep.equal(['9/1 a 1 5.5', '1/2 b 1 7'])
      })

      it('are told as they came when the correction can not be read', async () => {
        await ask(2, { cells: { revenue: 'often' } })
        expect(await toldBy(again)).to.deep.equal(['1/1 a 1 5.5', '1/2 b 1 7'])
      })
    })
  })

  describe('after somebody corrected a row', () => {
    it('reads it as it was corrected, with the identity it would have had', async () => {
      await takeIn()
      expect(await ask(3, { cells: { day: '2024-01-02', total: '8' } })).to.deep.equal({ replayed: 1, problem: '' })
      expect(lines()).to.deep.equal(['1/1 a 5', '1/2 b 8', '1/3 c 9'])
      expect(await answerNext(bench)).to.equal(false)
    })

    it('reads it corrected whenever the file is read again', async () => {
      const path = await takeIn()
      await ask(3, { cells: { day: '2024-01-02' } })
      const again = await ingestFile(bench, await readSource(yaml), path, { ...quietWork(), mode: 'again' })
      expect(again).to.deep.include({ rows: 4, accepted: 3, rejected: 1 })
      expect(lines()).to.deep.equal(['1/1 a 5', '1/2 b 7', '1/3 c 9'])
    })

    it('takes the whole text of a row too, also when the file is gone', async () => {
      await rm(await takeIn())
      expect(await ask(5, { raw: '2,2024-01-02,d,4' })).to.deep.include({ replayed: 1 })
      expect(lines()).to.include('2/row 5 d 4')
    })

    it('says what is still wrong, unreadable in the database, and takes a second try', async () => {
      await takeIn()
      const tried = await ask(5, { cells: { total: 'often' } })
      expect(tried?.replayed).to.equal(0)
      expect(tried?.problem).to.include('often')
      const [kept] = await bench.settings.query<{ problem: string }>(
        "SELECT problem FROM rejected_replays WHERE problem <> ''",
      )
      expect(kept?.problem).to.not.include('often')
      expect(await ask(5, { cells: { total: '3' } }, 'again')).to.deep.equal({ replayed: 1, problem: '' })
    })
  })
})
