import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { exampleConfigs, synthesized } from './checks/synth.ts'
import { resourcesOf, text } from './checks/synthesized.ts'
import { pages } from './pages.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

describe('the pages about AWS', () => {
  for (const [path, written] of Object.entries(pages())) {
    it(`say what the code says: ${path} (npx tsx infra/pages-main.ts writes it)`, () => {
      expect(readFileSync(join(root, path), 'utf8')).to.equal(written)
    })
  }

  it('tell what to do about every alarm', () => {
    const page = readFileSync(join(root, 'docs/operations/alarms.md'), 'utf8')
    for (const config of Object.values(exampleConfigs)) {
      for (const alarm of Object.values(resourcesOf(synthesized(config), 'aws_cloudwatch_metric_alarm'))) {
        const section = text(alarm.alarm_description).split('#').at(-1) ?? ''
        expect(page, section).to.match(new RegExp(`^## ${section}$`, 'm'))
      }
    }
  })

  it('link only to what is there', () => {
    for (const folder of ['docs/infra', 'docs/operations']) {
      for (const file of readdirSync(join(root, folder))) {
        const page = readFileSync(join(root, folder, file), 'utf8')
        for (const [, target = ''] of page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
          if (/^[a-z]+:/.test(target)) continue
          expect(
            existsSync(join(root, normalize(join(dirname(join(folder, file)), target)))),
            `${file}: ${target}`,
          ).to.equal(true)
        }
      }
    }
  })
})
