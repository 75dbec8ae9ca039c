import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { DataAppError } from '#shared/error.ts'
import { watchInbox } from './inbox.ts'
import { ingestFile, ingestPath } from './ingest.ts'
import { currentSources } from './source/current.ts'
import { readShelf } from './source/load.ts'
import { quietWork, workbench } from './testing.ts'

const good = (name: string, revenue = 'total') =>
  `name: ${name}\nsale: { id: id, store: { value: s }, soldAt: day, product: p, revenue: ${revenue} }\n`
const file = (id: string) => `id,day,p,total\n${id},2024-01-02,a,5\n`

describe('source files while the platform runs', () => {
  let bench: Awaited<ReturnType<typeof workbench>>
  let sources: string
  before(async () => {
    bench = await workbench()
    sources = join(bench.home, 'sources')
  })
  after(() => bench.close())
  beforeEach(async () => {
    await bench.clear()
    await rm(sources, { recursive: true, force: true })
    await mkdir(sources, { recursive: true })
  })

  const write = (name: string, yaml: string) => writeFile(join(sources, `${name}.yaml`), yaml)
  const drop = async (folder: string, name: string, text: string) => {
    await mkdir(join(bench.home, 'inbox', folder), { recursive: true })
    await writeFile(join(bench.home, 'inbox', folder, name), text)
  }
  const until = async (what: () => boolean) => {
    while (!what()) await new Promise(done => setTimeout(done, 50))
  }

  it('takes files in by a source that came later, and again once a wrong source was corrected', async () => {
    const taken: string[] = []
    const refused: string[] = []
    const inbox = watchInbox(
      join(bench.home, 'inbox'),
      currentSources(bench.config, bench.log),
      bench.log,
      async one => {
        try {
          const { accepted } = await ingestFile(bench, one.source, one.path, quietWork())
          taken.push(`${one.source.name} ${accepted}`)
        } catch (error) {
          if (error instanceof DataAppError) refused.push(error.code)
          throw error
        }
      },
    )
    try {
      await drop('later', 'a.csv', file('1'))
      await drop('mapped', 'b.csv', file('2'))
      await write('mapped', good('mapped', 'amount'))
      await until(() => refused.length > 0)
      await write('later', good('later'))
      await until(() => taken.includes('later 1'))
      await write('mapped', good('mapped'))
      await until(() => taken.includes('mapped 1'))
    } finally {
      await inbox.stop()
    }
    expect(refused).to.deep.equal(['SOURCE_UNKNOWN_COLUMN'])
    expect(taken).to.have.members(['later 1', 'mapped 1'])
  })

  it('reads the other sources when one file is broken, and only its own use fails', async () => {
    await write('good', good('good'))
    await write('bad', 'name: bad\nsale: { id: id, storre: loja }\n')
    await write('no-yaml', 'name: "half\n  - [')
    const { sources: usable, broken } = await readShelf(bench.config)
    expect(usable.map(source => source.name))
      .to.include('good')
      .and.not.include('bad')
    expect(broken.map(({ name, error }) => `${name} ${error.code}`)).to.deep.equal([
      'bad SOURCE_WRONG',
      'half SOURCE_WRONG',
    ])
    const path = await bench.write('c.csv', file('3'))
    expect(await ingestPath(bench, { ...quietWork(), path, source: 'good' })).to.deep.include({ accepted: 1 })
    const error = await ingestPath(bench, { ...quietWork(), path, source: 'bad' }).catch((e: unknown) => e)
    expect(error).to.be.instanceOf(DataAppError).with.property('message').that.contains('Did you mean "store"?')
  })

  it('does not fall back to a sample that a broken source was meant to replace', async () => {
    await write('northwind', 'name: northwind\nsale: 5\n')
    const { sources: usable } = await readShelf(bench.config)
    expect(usable.map(source => source.name))
      .to.include('online-retail')
      .and.not.include('northwind')
  })

  it('names a broken file once for each change, and gives unchanged sources as they were', async () => {
    const said: string[] = []
    const error = (_: unknown, message: string) => void said.push(message)
    const current = currentSources(bench.config, Object.assign(Object.create(bench.log), { error }))
    await write('good', good('good'))
    await write('bad', 'name: bad\nsale: 5\n')
    const first = await current()
    const second = await current()
    expect(second.map((source, i) => source === first[i])).to.not.include(false)
    expect(said).to.have.length(1)
    await write('bad', good('bad'))
    expect((await current()).map(source => source.name)).to.include('bad')
    expect(said).to.have.length(1)
  })
})
