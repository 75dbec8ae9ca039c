import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { cli } from '../operate.ts'
import { exampleReleases } from '../testing/releases.ts'
import { adminCidr } from './synth.ts'
import { readSynthesizedFile } from './synthesized.ts'
import { run } from './tool.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('the way out of cdktf', function () {
  this.timeout(900_000)

  /** npm fetches it at its first use; a registry may not carry it. */
  before(async function () {
    const { status, output } = await run('npx', ['--yes', cli, '--version'], { cwd: root, seconds: 800 })
    if (status === 0) return
    console.log(`      skipped: ${cli} can't be had here: ${output.trim().slice(-300)}`)
    this.skip()
  })

  it('is HCL with the same resources (npx cdktf synth --hcl)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dataapp-hcl-'))
    try {
      const releases = join(folder, 'releases.json')
      writeFileSync(releases, JSON.stringify(exampleReleases))
      const env = { INFRA_ADMIN_CIDR: adminCidr, INFRA_RELEASES_FILE: releases }
      const out = join(folder, 'out')
      const synth = (...more: string[]) =>
        run(process.execPath, ['infra/cdktf.js', 'synth', '--output', out, ...more], { cwd: root, env, seconds: 500 })
      const json = await synth()
      expect(json.status, json.output.slice(-2000)).to.equal(0)
      const hcl = await synth('--hcl')
      expect(hcl.status, hcl.output.slice(-2000)).to.equal(0)

      const stack = readSynthesizedFile(join(out, 'stacks', 'grupox', 'cdk.tf.json'))
      const wanted = Object.entries(stack.resource).flatMap(([type, all]) =>
        Object.keys(all).map(id => `${type}.${id}`),
      )
      const text = readFileSync(join(out, 'stacks', 'grupox', 'cdk.tf'), 'utf8')
      const written = [...text.matchAll(/^resource "([^"]+)" "([^"]+)"/gm)].map(([, type, id]) => `${type}.${id}`)
      expect(written.sort()).to.deep.equal(wanted.sort())
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
