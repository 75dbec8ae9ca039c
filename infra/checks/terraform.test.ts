import { expect } from 'chai'
import { available, startMoto } from '../../test/parts/moto.ts'
import { needs as needsPart } from '../../test/parts/part.ts'
import { exampleConfigs, synthesize } from './synth.ts'
import { readSynthesized } from './synthesized.ts'
import { findMirror, type Mirror, needs } from './tool.ts'
import { openWorkspace } from './workspace.ts'

/** The provider can't be fetched everywhere: where no copy of it lies on the machine, these checks are skipped, also in CI. */
function provider(context: Mocha.Context): Mirror {
  const mirror = findMirror()
  if (mirror !== undefined) return mirror
  if (context.test !== undefined) context.test.title += ' (skipped: no AWS provider for Terraform on this machine)'
  return context.skip()
}

describe('Terraform itself', () => {
  before(needsPart(available()))

  for (const [name, config] of Object.entries(exampleConfigs).filter(
    ([name]) => name === 'sketch' || name === 'inside',
  )) {
    it(`finds the deployment valid and can plan all of it ("${name}")`, async function () {
      const terraform = needs(this, 'terraform', true)
      const mirror = provider(this)
      if (this.test !== undefined) this.test.title += ` with provider ${mirror.version}`
      const json = synthesize(config)
      const stack = readSynthesized(json)
      const aws = await startMoto()
      const workspace = openWorkspace(terraform, mirror, json, {
        AWS_ENDPOINT_URL: aws.endpoint,
        AWS_REGION: aws.region,
        AWS_ACCESS_KEY_ID: aws.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: aws.credentials.secretAccessKey,
        AWS_EC2_METADATA_DISABLED: 'true',
      })
      try {
        expect((await workspace.terraform('init')).output).to.contain('successfully initialized')
        const validated = await workspace.terraform('validate')
        expect(validated.status, validated.output).to.equal(0)
        const planned = await workspace.terraform('plan', '-lock=false')
        expect(planned.status, planned.output.slice(-3000)).to.equal(0)
        const count = Object.values(stack.resource).reduce((sum, all) => sum + Object.keys(all).length, 0)
        expect(planned.output).to.contain(`Plan: ${count} to add, 0 to change, 0 to destroy.`)
      } finally {
        workspace.remove()
        await aws.stop()
      }
    })
  }
})
