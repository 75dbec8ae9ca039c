import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { z } from 'zod'

const root = fileURLToPath(new URL('..', import.meta.url))
/** The files of this project whose paths have one of these shapes. */
const filesOf = (...shapes: string[]): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...shapes], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter(file => file !== '')
const tracked = filesOf('*.ts', '*.tsx')
const everything = filesOf()

const lockFile = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
})

/** Which rooms a room may import from, besides itself and packages. `cli` puts the tiers together; tests and benches may look everywhere. */
const mayImport: Record<string, readonly string[]> = {
  shared: [],
  ingestion: ['shared'],
  processing: ['shared'],
  presentation: ['shared'],
  cli: ['shared', 'ingestion', 'processing', 'presentation'],
  infra: ['shared/agreement.ts', 'ami'],
  ami: ['shared/agreement.ts', 'infra'],
}

/** The booted machines are one test in several files. */
const isTest = (file: string) => file.endsWith('.test.ts') || file.startsWith('infra/machines/')

describe('the house', () => {
  it('has imports that point one way: tiers to shared, never to another tier', () => {
    const wrong = tracked.flatMap(file => {
      const room = file.split('/')[0] ?? ''
      const allowed = mayImport[room]
      if (allowed === undefined || isTest(file)) return []
      return importsOf(file)
        .filter(
          target =>
            target.split('/')[0] !== room && !allowed.some(place => target === place || target.startsWith(`${place}/`)),
        )
        .map(target => `${file} imports ${target}`)
    })
    expect(wrong).to.deep.equal([])
  })

  it('has no room whose name says nothing', () => {
    expect(tracked.filter(file => /(^|\/)(utils?|helpers?|common|misc|lib)(\/|\.tsx?$)/.test(file))).to.deep.equal([])
  })

  it('writes times on the pages in one place, which knows the time zone of the chain', () => {
    // The early script shows nothing: it has the browser load what formatting needs.
    const places = ['presentation/web/format.ts', 'presentation/web/early.ts']
    const elsewhere = tracked.filter(
      file =>
        /^presentation\/web\/.*(?<!\.test)\.tsx?$/.test(file) &&
        !places.includes(file) &&
        /toLocale(Date|Time)?String|new Intl\.DateTimeFormat/.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(elsewhere).to.deep.equal([])
  })

  it('speaks to kafkajs in one folder (docs/decisions/kafkajs-behind-one-folder.md)', () => {
    const speaking = tracked.filter(file => /from 'kafkajs/.test(readFileSync(join(root, file), 'utf8')))
    expect(speaking.filter(file => !file.startsWith('shared/bus/kafka/') && !isTest(file))).to.deep.equal([])
  })

  it('has docs that lead somewhere: every link and every source file that they name is there', () => {
    // The changelog speaks of what was.
    const docs = filesOf('*.md').filter(file => file !== 'CHANGELOG.md')
    const lost = docs.flatMap(file => {
      const text = readFileSync(join(root, file), 'utf8')
      const links = [...text.matchAll(/\]\((?![a-z]+:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) =>
        normalize(join(dirname(file), target)),
      )
      const named = [...text.matchAll(/`([\w-]+(?:\/[\w.-]+)+\.(?:ts|tsx|sql|md))`/g)].map(([, path = '']) => path)
      return [
        ...links.filter(target => !existsSync(join(root, target))),
        ...named.filter(path => !everything.some(other => other === path || other.endsWith(`/${path}`))),
      ].map(target => `${file} names ${target}`)
    })
    expect(lost).to.deep.equal([])
  })

  it('keeps download addresses out of the lock file', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.to.match(/"resolved": "http/)
  })

  it('locks the native packages of every platform, so that `npm ci` works whatever a registry carries (`npm run lock` adds them)', () => {
    const lock = lockFile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))
    const optional = Object.values(lock.packages).flatMap(entry => Object.keys(entry.optionalDependencies ?? {}))
    expect(
      optional.filter(name => /(darwin|linux|win32)/.test(name) && lock.packages[`node_modules/${name}`] === undefined),
    ).to.deep.equal([])
  })
})

/** The files of this project that a file imports, as paths from the root. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(match => match[1] ?? '')
  return specifiers.flatMap(specifier => {
    if (specifier.startsWith('#')) return [specifier.slice(1)]
    if (specifier.startsWith('.')) return [normalize(join(dirname(file), specifier))]
    return []
  })
}
