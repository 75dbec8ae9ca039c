import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'

const dataapp = join(import.meta.dirname, '..', 'bin', 'dataapp.js')

async function run(...args: string[]): Promise<{ code: number | null; out: string; said: string }> {
  const child = spawn(process.execPath, [dataapp, 'basket', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>(resolve => child.on('close', resolve))
  const [out, said] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await ended, out, said }
}

describe('dataapp basket', () => {
  let folder = ''
  let sales = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'basket-'))
    sales = join(folder, 'sales.csv')
    await writeFile(sales, 'basket,item\n1,a\n1,"b, c"\n2,a\n2,"b, c"\n3,a\n4,z\n')
  })
  after(() => rm(folder, { recursive: true }))

  it('writes each pair once as CSV', async () => {
    const { code, out, said } = await run(sales)
    expect(out).to.equal(
      `item,with,count,support,confidence,confidence_back,lift,score\na,"b, c",2,0.5,0.6666666666666666,1,1.3333333333333333,${((2 / Math.sqrt(6)) * 2) / 12}\n`,
    )
    expect(said).to.include('6 lines, 4 baskets, 3 items')
    expect(code).to.equal(0)
  })

  it('reads a gzipped file and writes one JSON document', async () => {
    await writeFile(join(folder, 'sales.csv.gz'), gzipSync('basket,item\n1,a\n1,b\n'))
    const { out } = await run(join(folder, 'sales.csv.gz'), '--json')
    expect(JSON.parse(out)).to.deep.equal({
      pairs: [
        { item: 'a', with: 'b', count: 1, support: 1, confidence: 1, confidence_back: 1, lift: 1, score: 1 / 11 },
      ],
    })
  })

  it('writes rules', async () => {
    const { out } = await run(sales, '--rules', '--support', '0.5', '--confidence', '0.9')
    expect(out).to.equal('antecedent,consequent,support,confidence,lift,count\n"b, c",a,0.5,1,1.3333333333333333,2\n')
  })

  it('says that an item with a | in its name makes antecedents ambiguous, and refuses more rules than can be ordered', async () => {
    const parted = join(folder, 'parted.csv')
    await writeFile(parted, 'basket,item\n1,a|b\n1,c\n')
    expect((await run(parted, '--rules')).said).to.include('the item "a|b" has a | in its name')
    const { out, said } = await run(parted, '--rules', '--json')
    expect(said).not.to.include('has a |')
    expect(JSON.parse(out).rules[0].antecedent).to.deep.equal(['a|b'])
    const wide = join(folder, 'wide.csv')
    await writeFile(wide, `basket,item\n${Array.from({ length: 20 }, (_, item) => `1,${item}\n`).join('')}`)
    const refused = await run(wide, '--rules')
    expect([refused.code, refused.out]).to.deep.equal([1, ''])
    expect(refused.said).to.include('more than 5,000,000 rules')
  })

  it('suggests the next items', async () => {
    const asked = join(folder, 'asked.csv')
    await writeFile(asked, 'basket,item\nq,a\n')
    const { out } = await run(sales, '--next', asked, '--top', '2', '--method', 'score')
    expect(out.split('\n').map(line => line.replace(/,[^,]*$/, ''))).to.deep.equal([
      'basket,rank,item',
      'q,1,"b, c"',
      'q,2,z',
      '',
    ])
  })

  it('writes nothing and fails on a bad line, naming it', async () => {
    const bad = join(folder, 'bad.csv')
    await writeFile(bad, 'basket,item\n1,a\n2\n')
    const { code, out, said } = await run(bad)
    expect([code, out]).to.deep.equal([1, ''])
    expect(said).to.include('bad.csv, line 3, field item: must have 2 fields, has 1')
  })

  it('fails on a missing file and on a share that is none', async () => {
    expect((await run(join(folder, 'none.csv'))).said).to.include("none.csv can't be read: ENOENT")
    const { code, said } = await run(sales, '--rules', '--support', '7')
    expect(code).to.equal(1)
    expect(said).to.include('must be a share above 0')
  })
})
