import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { forecastMany } from '#processing/insights/forecast/many.ts'
import { readSeries } from '#processing/insights/forecast/table.ts'

describe('reading series from a table', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dataapp-forecast-'))
  })
  after(() => rm(folder, { recursive: true }))

  async function table(text: string): Promise<string> {
    const file = join(folder, `${Math.random()}.csv`)
    await writeFile(file, text)
    return file
  }

  async function problem(text: string): Promise<string> {
    try {
      await readSeries(await table(text))
    } catch (error) {
      return String(error)
    }
    return 'no error'
  }

  it('takes steps in any order, gaps, quotes, CRLF and other columns', async () => {
    const file = await table(
      '\uFEFFstep,value,series_id,note\r\n3,30,"a, b",x\r\n1,10,"a, b",\r\n5,7,c,\r\n\r\n4,40,"a, b",\r\n',
    )
    expect(await readSeries(file)).to.deep.equal([
      { id: 'a, b', first: 1, values: Float64Array.of(10, Number.NaN, 30, 40) },
      { id: 'c', first: 5, values: Float64Array.of(7) },
    ])
  })

  it('says which line, field and rule stopped it', async () => {
    const head = 'series_id,step,value\na,1,5\n'
    expect(await problem(`${head}a,2.5,5\n`)).to.match(/line 3: field "step", rule "integer": got "2.5"/)
    expect(await problem(`${head}a,2,x\n`)).to.match(/line 3: field "value", rule "number": got "x"/)
    expect(await problem(`${head}a,2\n`)).to.match(/line 3: field "value", rule "number": got nothing/)
    expect(await problem(`${head},2,3\n`)).to.match(/line 3: field "series_id", rule "present"/)
    expect(await problem(`${head}a,1,6\n`)).to.match(/series "a", field "step", rule "once in a series": step 1/)
    expect(await problem(`${head}b,1,7\na,1,6\n`)).to.match(/line 4: series "a", field "step", rule "once in a series"/)
    expect(await problem('id,step,value\na,1,2\n')).to.match(/field "series_id", rule "column present"/)
    expect(await problem('series_id,step,value\n')).to.match(/no rows/)
    expect(await problem('series_id,step,value,value\na,1,2,3\n')).to.match(/field "value", rule "one column/)
  })

  it('does not take a decimal comma for the whole part', async () => {
    expect(await problem('series_id,step,value\na,1,5\na,2,7,25\n')).to.match(
      /line 3: field "value", rule "must have 3 fields": got "a,2,7,25"/,
    )
    const trailing = await table('series_id,step,value\na,1,5,\n')
    expect(await readSeries(trailing)).to.deep.equal([{ id: 'a', first: 1, values: Float64Array.of(5) }])
  })

  it('reads a gzipped table', async () => {
    const file = join(folder, 'packed.csv.gz')
    await writeFile(file, gzipSync('series_id,step,value\na,1,5\n'))
    expect(await readSeries(file)).to.deep.equal([{ id: 'a', first: 1, values: Float64Array.of(5) }])
    await writeFile(file, 'series_id,step,value\na,1,5\n')
    expect(await readSeries(file).catch(String)).to.match(/Can't read .*packed.csv.gz: Z_DATA_ERROR/)
    expect(await readSeries(join(folder, 'none.csv.gz')).catch(String)).to.match(/Can't read .*none.csv.gz: ENOENT/)
  })

  it('keeps apart what is not UTF-8, and refuses text after a quote and steps too large to count on from', async () => {
    const file = join(folder, 'latin.csv')
    await writeFile(file, Buffer.from('series_id,step,value\na,1,5\nS\xe3o,1,5\n', 'latin1'))
    expect(await readSeries(file).catch(String)).to.match(/line 3: field "series_id", rule "UTF-8"/)
    expect(await problem('series_id,step,value\n"a"b,1,5\n')).to.match(/rule "nothing after a closing quote"/)
    expect(await problem('series_id,step,value\na,9007199254740991,5\n')).to.match(/rule "at most 1e15"/)
  })

  it('does not take dates written as numbers for steps with gaps between the months', async () => {
    const dated = (...steps: number[]) =>
      problem(`series_id,step,value\n${steps.map(step => `a,${step},1\n`).join('')}`)
    expect(await dated(20240131, 20240201)).to.match(/line 2: series "a", field "step".*20240131 looks like a date/)
    expect(await dated(202311, 202312, 202401)).to.match(/looks like a date/)
    expect(await dated(202452, 202501)).to.match(/looks like a date/)
    expect(await dated(202352, 202353, 202354)).to.equal('no error')
    expect(await dated(...Array.from({ length: 120 }, (_, i) => 202301 + i))).to.equal('no error')
    expect(await dated(19737, 19738, 19740)).to.equal('no error')
  })
})

describe('forecasting many series', () => {
  const many = Array.from({ length: 70 }, (_, k) =>
    Float64Array.from({ length: 60 }, (_, i) => 20 + k + 5 * Math.sin(i + k) + (i % 7)),
  )

  it('gives the same on threads as here, in order', async () => {
    const here = await forecastMany(many, { period: 7, horizon: 5, threads: 0 })
    const there = await forecastMany(many, { period: 7, horizon: 5, threads: 2 })
    expect(there).to.deep.equal(here)
  })

  it('says how far it is', async () => {
    const said: number[] = []
    await forecastMany(many, {
      period: 7,
      horizon: 1,
      method: 'naive',
      threads: 0,
      onProgress: done => said.push(done),
    })
    expect(said).to.deep.equal([32, 64, 70])
  })
})
