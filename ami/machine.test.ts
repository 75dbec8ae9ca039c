import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { exampleConfigs, synthesized } from '#infra/checks/synth.ts'
import { resourcesOf, text } from '#infra/checks/synthesized.ts'
import { needs, run } from '#infra/checks/tool.ts'
import { configKeys } from '#shared/agreement.ts'
import { parseConfig } from '#shared/config.ts'
import { userData } from './user-data.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const programs = ['install.sh', 'first-boot.sh', ...readdirSync(join(here, 'scripts')).map(name => `scripts/${name}`)]
const services = readdirSync(join(here, 'units')).filter(name => name.endsWith('.service'))

describe('the machine', () => {
  it('has programs that shellcheck has nothing against', async function () {
    const shellcheck = needs(this, 'shellcheck')
    const { status, output } = await run(shellcheck, programs, { cwd: here })
    expect(status, output).to.equal(0)
  })

  it('has user data that is a program, without braces of Terraform', async () => {
    const script = userData({ region: 'us-east-1', parameters: '/grupox/dataapp/machines/ingestion' })
    expect(script).to.not.contain('${')
    const { status, output } = await run('bash', ['-n', '-c', script])
    expect(status, output).to.equal(0)
  })

  for (const unit of services) {
    it(`has a sound unit ${unit}`, async function () {
      const analyze = needs(this, 'systemd-analyze', true)
      const name = unit.replace('@.', '@ingestion.')
      const { output } = await run(analyze, ['verify', '--man=no', join(here, 'units', name)])
      // The programs are not installed where this test runs.
      const wrong = output.split('\n').filter(line => line !== '' && !line.includes('is not executable: No such file'))
      expect(wrong).to.deep.equal([])
    })
  }

  it('keeps what a tier may do below 2 of 10 (systemd-analyze security)', async function () {
    const analyze = needs(this, 'systemd-analyze', true)
    const { status, output } = await run(analyze, [
      'security',
      '--offline=true',
      '--threshold=20',
      '--no-pager',
      join(here, 'units', 'dataapp@.service'),
    ])
    expect(status, output.split('\n').slice(-3).join('\n')).to.equal(0)
  })

  it('is told settings that the tiers know and take', () => {
    for (const [name, config] of Object.entries(exampleConfigs)) {
      const parameters = Object.entries(resourcesOf(synthesized(config), 'aws_ssm_parameter'))
      const told = parameters.filter(([id]) => id.startsWith('settings-of-'))
      expect(told.length, name).to.be.at.least(3)
      for (const [id, { value }] of told) {
        const known = text(value).replaceAll(/\$\{[^}]*\}/g, 'later')
        const { environment }: { environment: Record<string, string> } = JSON.parse(known)
        const unknown = Object.keys(environment).filter(key => !configKeys.some(one => one === key))
        expect(unknown, id).to.deep.equal([])
        expect(() => parseConfig(environment), id).to.not.throw()
      }
    }
  })

  it('gets from its programs only settings that the tiers know', () => {
    const script = readFileSync(join(here, 'scripts', 'dataapp-secrets'), 'utf8')
    const named = [...script.matchAll(/DATAAPP_[A-Z_]+/g)].map(([key]) => key)
    expect(named.filter(key => !configKeys.some(one => one === key))).to.deep.equal([])
  })
})
