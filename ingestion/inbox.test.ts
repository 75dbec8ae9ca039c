import { appendFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect } from 'chai'
import { DataAppError } from '#shared/error.ts'
import { openPreparedSettings } from '../test/parts/prepared.ts'
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
    bench = await workbench(openPreparedSettings)
    sources = join(bench.home, 'sources')
  })
  after(() => bench.close())
  beforeEach(async () => {
    await bench.clear()
    await rm(sources, { recursive: true, force: true })
    await mkdir(sources, { recursive: true })
    await rm(join(bench.home, 'inbox'), { recursive: true, force: true })
  })

  const write = (name: string, yaml: string) => writeFile(join(sources, `${name}.yaml`), yaml)
  const drop = async (folder: string, name: string, text: string) => {
    await mkdir(join(bench.home, 'inbox', folder), { recursive: true })
    await writeFile(join(bench.home, 'inbox', folder, name), text)
  }
  const until = async (what: () => boolean) => {
    const last = Date.now() + 60_000
    while (!what() && Date.now() < last) await new Promise(done => setTimeout(done, 50))
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

  /** What the inbox takes in until `enough`, and what it says besides. */
  const watched = async (work: () => Promise<void>, enough: (taken: readonly string[]) => boolean) => {
    const taken: string[] = []
    const said: string[] = []
    const note = (details: { code?: string }, message: string) => void said.push(details.code ?? message)
    const log = Object.assign(Object.create(bench.log), { warn: note, error: note })
    const current = currentSources(bench.config, bench.log)
    const inbox = watchInbox(join(bench.home, 'inbox'), current, log, async ({ source, path }) => {
      if (basename(path) === 'gone.csv') await rm(path)
      const { accepted, rejected } = await ingestFile(bench, source, path, quietWork())
      taken.push(`${basename(path)} ${accepted} ${rejected}`)
    })
    try {
      await Promise.race([inbox.failed, work().then(() => until(() => enough(taken)))])
    } finally {
      await inbox.stop()
    }
    return { taken, said }
  }

  it('goes on when a file was taken away before it could be read', async () => {
    await write('away', good('away'))
    await drop('away', 'gone.csv', file('1'))
    const { taken, said } = await watched(
      () => drop('away', 'here.csv', file('2')),
      taken => taken.length > 0,
    )
    expect(taken).to.deep.equal(['here.csv 1 0'])
    expect(said).to.include('FILE_UNREADABLE')
  })

  it('follows a link that is the folder of a source, and says which links and files it leaves alone', async () => {
    await write('linked', good('linked'))
    const share = join(bench.home, 'share')
    await mkdir(share)
    await mkdir(join(bench.home, 'inbox'), { recursive: true })
    await writeFile(join(share, 'a.csv'), file('1'))
    await symlink(join(share, 'a.csv'), join(share, 'b.csv'))
    await symlink(share, join(bench.home, 'inbox', 'linked'))
    await writeFile(join(bench.home, 'inbox', 'stray.csv'), file('1'))
    const { taken, said } = await watched(
      async () => {},
      taken => taken.length > 0,
    )
    await rm(join(bench.home, 'inbox', 'stray.csv'))
    expect(taken).to.deep.equal(['a.csv 1 0'])
    expect(said).to.include.members(['FILE_LINK', 'this file lies in no folder of a source: it is not read'])
  })

  it('waits for the rest of a row that is still being written', async () => {
    const last = 'name: last\nsale: { id: id, store: { value: s }, soldAt: day, product: p, revenue: total }\n'
    await write('last', last)
    await watched(
      async () => {
        await drop('last', 'slow.csv', 'day,p,total,id\n2024-01-02,a,5,1')
        await new Promise(done => setTimeout(done, 1_000))
        await appendFile(join(bench.home, 'inbox', 'last', 'slow.csv'), '23\n')
      },
      taken => taken.length > 0,
    )
    expect(bench.sales().map(({ sale }) => sale)).to.deep.equal(['123'])
  })

  it('waits for the file that rows are looked up in while that is being written, and looks again once it was corrected', async () => {
    await write(
      'joined',
      'name: joined\njoins: [{ name: o, file: o.csv, on: { id: id }, required: true }]\nsale: { id: id, store: { value: s }, soldAt: o.day, product: p, revenue: total }\n',
    )
    const orders = join(bench.home, 'inbox', 'joined', 'o.csv')
    const { taken, said } = await watched(
      async () => {
        await drop('joined', 'lines.csv', 'id,p,total\n1,a,5\n2,b,5\n')
        await writeFile(orders, 'id,day\n1,2024-01-02\n')
        for (let i = 0; i < 5; i++) {
          await new Promise(done => setTimeout(done, 200))
          await appendFile(orders, `${i + 10},2024-01-02\n`)
        }
        await appendFile(orders, '2,2024-01-02\n')
        await drop('joined', 'o.csv', 'number,day\n1,2024-01-02\n')
        await new Promise(done => setTimeout(done, 1_500))
        await drop('joined', 'o.csv', 'id,day\n1,2024-01-02\n2,2024-01-02\n')
      },
      taken => taken.length > 0,
    )
    expect(said).to.deep.equal(['SOURCE_UNKNOWN_COLUMN'])
    expect(taken).to.deep.equal(['lines.csv 2 0'])
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

  it('uses one of two files that state the same name, and names the other once', async () => {
    await write('a', good('shop'))
    await write('b', good('shop', 'amount'))
    const { sources: usable, broken } = await readShelf(bench.config)
    expect(usable.filter(({ name }) => name === 'shop').map(({ path }) => basename(path))).to.deep.equal(['a.yaml'])
    expect(broken.map(({ path, error }) => `${basename(path)} ${error.code}`)).to.deep.equal(['b.yaml SOURCE_TWICE'])
    const said: string[] = []
    const error = (_: unknown, message: string) => void said.push(message)
    const current = currentSources(bench.config, Object.assign(Object.create(bench.log), { error }))
    await current()
    await current()
    expect(said).to.have.length(1)
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
