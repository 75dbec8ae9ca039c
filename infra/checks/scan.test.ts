import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { z } from 'zod'
import { exampleConfigs, synthesizeInto } from './synth.ts'
import { blockOf, list, readSynthesized, text } from './synthesized.ts'
import { needs, run } from './tool.ts'

const finding = z.object({ check_id: z.string(), check_name: z.string(), resource: z.string() })
const report = z.object({
  summary: z.object({ passed: z.number(), failed: z.number(), parsing_errors: z.number() }),
  results: z.object({ failed_checks: z.array(finding) }),
})

/** `aws_lb.front CKV_AWS_150` for every finding that a resource says it keeps, with the reason. */
function acceptedIn(json: string): Map<string, string> {
  const stack = readSynthesized(json)
  const pairs = Object.values(stack.resource).flatMap(all =>
    Object.entries(all).flatMap(([id, resource]) =>
      list(blockOf(resource['//']).accepted).map(one => {
        const { id: check, why } = blockOf(one)
        return [`${id} ${text(check)}`, text(why)] as const
      }),
    ),
  )
  return new Map(pairs)
}

describe('the security scan', () => {
  for (const [name, config] of Object.entries(exampleConfigs).filter(([name]) => name !== 'serverless')) {
    it(`finds nothing that is not accepted with a reason beside the resource ("${name}")`, async function () {
      const checkov = needs(this, 'checkov')
      const folder = mkdtempSync(join(tmpdir(), 'dataapp-scan-'))
      try {
        const file = synthesizeInto(folder, config)
        const json = readFileSync(file, 'utf8')
        const { output } = await run(checkov, [
          '--file',
          file,
          '--framework',
          'terraform_json',
          '--skip-download',
          '--output',
          'json',
          '--compact',
          '--quiet',
        ])
        const { summary, results } = report.parse(JSON.parse(output.slice(output.indexOf('{'))))
        const accepted = acceptedIn(json)
        // Some findings name only the kind of block ("resource.front"), others the type ("aws_lb.front").
        const found = results.failed_checks.map(({ check_id, resource }) => `${resource.split('.').at(-1)} ${check_id}`)
        expect(found.filter(one => !accepted.has(one))).to.deep.equal([])
        expect(
          [...accepted.keys()].filter(one => !found.includes(one)),
          'accepted, but nothing needs it',
        ).to.deep.equal([])
        expect([...accepted.values()].every(why => why.length > 20)).to.equal(true)
        expect(summary.parsing_errors).to.equal(0)
        expect(summary.passed).to.be.above(200)
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
  }
})
