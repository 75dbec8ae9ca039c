import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { DataAppError } from '#shared/error.ts'
import { failureDocument, Unfinished } from './failure.ts'

const dataapp = join(import.meta.dirname, '..', 'bin', 'dataapp.js')

describe('a command that fails', () => {
  let home = ''
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'dataapp-failure-'))
  })
  after(() => rmSync(home, { recursive: true }))

  const run = (env: Record<string, string>, ...args: string[]) =>
    new Promise<{ code: unknown; out: string; said: string }>(done =>
      execFile(
        process.execPath,
        [dataapp, ...args],
        { env: { ...process.env, DATAAPP_HOME: home, ...env } },
        (error, out, said) => done({ code: error === null ? 0 : error.code, out, said }),
      ),
    )

  it('says it as one JSON document on stdout and in words on stderr', async () => {
    const wrong = { DATAAPP_NO_SUCH_KEY: '1' }
    const cases: [Record<string, string>, string, ...string[]][] = [
      [wrong, 'CONFIG_UNKNOWN_KEY', 'doctor'],
      [wrong, 'CONFIG_UNKNOWN_KEY', 'key', 'rotate'],
      [wrong, 'CONFIG_UNKNOWN_KEY', 'lake', 'archive'],
      [{}, 'ERASE_UNCONFIRMED', 'person', 'erase', '7'],
      [{}, 'USAGE', 'person', 'export'],
      [{}, 'USAGE', 'restore', 'nowhere', '--swiftly'],
      [{}, 'SOURCE_UNKNOWN', 'ingest', 'nowhere.csv', '--source', 'nobody'],
    ]
    for (const [env, code, ...args] of cases) {
      const ended = await run(env, ...args, '--json')
      expect(ended.code, args.join(' ')).to.equal(1)
      const document: unknown = JSON.parse(ended.out)
      expect(document).to.have.nested.property('error.code', code)
      expect(document).to.have.nested.property('error.message').that.is.not.equal('')
      expect(document).to.have.nested.property('error.hint')
      expect(ended.said).not.to.equal('')
    }
  })

  it('says nothing on stdout when no JSON is asked for', async () => {
    const ended = await run({}, 'person', 'erase', '7')
    expect(ended).to.include({ code: 1, out: '' })
    expect(ended.said).to.contain('[ERASE_UNCONFIRMED]')
  })

  it('says what is wrong with sources beside those that are in order', async () => {
    writeFileSync(join(home, 'broken.source.yaml'), 'name: broken\nsael: {}\n')
    const ended = await run({ DATAAPP_SOURCES: home }, 'source', 'check', '--json')
    expect(ended.code).to.equal(1)
    expect(JSON.stringify(JSON.parse(ended.out))).to.contain('"name":"broken"')
    expect(await run({}, 'help')).to.include({ code: 0 })
  })

  it('keeps what was done before it failed', () => {
    const why = new DataAppError('TOO_MANY_REJECTED', 'stopped', { hint: 'correct it' })
    expect(failureDocument(new Unfinished(why, { rows: 3 }))).to.deep.equal({
      rows: 3,
      error: { code: 'TOO_MANY_REJECTED', message: 'stopped', hint: 'correct it' },
    })
    expect(failureDocument(new Error('odd'))).to.deep.equal({ error: { code: 'UNKNOWN', message: 'odd', hint: '' } })
  })
})
