import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import fc from 'fast-check'
import { tiers } from '#shared/agreement.ts'
import { contentOf, packMachine, packTier, sha256, versionOf } from './artifact.ts'
import { withoutLoader } from './compile.ts'
import { leftOut } from './dependencies.ts'
import { pack } from './tar.ts'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const run = promisify(execFile)

describe('packaging', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dataapp-package-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  it('makes the same bytes of the same input', async () => {
    const [one, other] = [await contentOf(root, 'ingestion'), await contentOf(root, 'ingestion')]
    expect(versionOf(root, [one])).to.equal(versionOf(root, [other]))
    expect(sha256(pack(one.entries))).to.equal(sha256(pack([...other.entries].reverse())))
    expect(sha256(packMachine(root))).to.equal(sha256(packMachine(root)))
  })

  it('makes a tier that runs without the checkout, with its bill of materials and without embedded engines', async () => {
    const packed = packTier('presentation', '1.0.0', await contentOf(root, 'presentation'))
    const place = mkdtempSync(join(folder, 'presentation-'))
    const file = join(folder, 'presentation.tar.gz')
    writeFileSync(file, packed)
    await run('tar', ['-xzf', file, '-C', place, '--strip-components=1'])
    const { stdout } = await run(process.execPath, ['bin/dataapp.js', 'config', '--json'], {
      cwd: place,
      env: { PATH: process.env.PATH, DATAAPP_HOME: join(place, 'home') },
    })
    expect(JSON.parse(stdout)).to.be.an('object')
    const elsewhere = await run(process.execPath, ['bin/dataapp.js', 'doctor'], { cwd: place }).catch(String)
    expect(elsewhere).to.contain('Run it on the machine of the processing tier')
    const packages = readdirSync(join(place, 'node_modules'))
    for (const name of leftOut) expect(packages).to.not.include(name)
    const bill: { components: { name: string; version: string }[] } = JSON.parse(
      readFileSync(join(place, 'sbom.cdx.json'), 'utf8'),
    )
    expect(bill).to.include({ bomFormat: 'CycloneDX', specVersion: '1.6' })
    expect(bill.components.map(({ name }) => name)).to.include.members(['kafkajs', 'pg', 'zod'])
  })

  it('carries one tier and what all share, and a command line that knows the rest by name', async () => {
    for (const tier of tiers) {
      const { entries } = await contentOf(root, tier)
      const rooms = new Set(entries.map(({ path }) => path.split('/')[0]))
      expect(tiers.filter(one => rooms.has(one))).to.deep.equal([tier])
      expect(entries.some(({ path }) => path.startsWith('node_modules/esbuild/'))).to.equal(tier === 'presentation')
    }
  })

  it('packs any files so that tar reads them back', async () => {
    const path = fc
      .array(fc.stringMatching(/^[a-z]{1,60}$/), { minLength: 1, maxLength: 6 })
      .map(parts => `${parts.join('/')}.txt`)
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.record({ path, content: fc.uint8Array({ maxLength: 2000 }) }), {
          selector: ({ path }) => path,
          minLength: 1,
          maxLength: 5,
        }),
        async files => {
          const packed = pack(
            files.map(file => ({ path: file.path, content: Buffer.from(file.content), executable: false })),
          )
          const place = mkdtempSync(join(folder, 'any-'))
          const archive = join(place, 'any.tar.gz')
          writeFileSync(archive, packed)
          await run('tar', ['-xzf', archive, '-C', place])
          for (const file of files)
            expect(readFileSync(join(place, file.path))).to.deep.equal(Buffer.from(file.content))
        },
      ),
      { numRuns: 8 },
    )
    expect(gunzipSync(pack([])).length).to.equal(1024)
  })

  it('takes the TypeScript loader out of the scripts that ask for it', () => {
    expect(
      withoutLoader("import { register } from 'tsx/esm/api'\n\nregister()\nawait import('./worker.ts')\n"),
    ).to.equal("await import('./worker.js')\n")
  })
})
