import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { configKeys } from './agreement.ts'
import { parseConfig, showConfig } from './config.ts'
import { DataAppError } from './error.ts'

describe('configuration', () => {
  it('has a default for everything', () => {
    expect(parseConfig({})).to.include({
      PORT: 8080,
      HOST: '127.0.0.1',
      DATAAPP_SAMPLE: 'shifted',
      DATAAPP_CURRENCY: 'BRL',
    })
  })

  it('names a setting that does not exist, and the nearest that does', () => {
    const error = refusal({ DATAAPP_BUS_BROKER: 'localhost:9092' })
    expect(error.code).to.equal('CONFIG_UNKNOWN_KEY')
    expect(`${error.message} ${error.hint}`).to.contain(
      'DATAAPP_BUS_BROKER is not a setting. Did you mean DATAAPP_BUS_BROKERS?',
    )
  })

  it('names the setting whose value is wrong', () => {
    expect(refusal({ PORT: 'eighty' }).message).to.contain('PORT: "eighty"')
    expect(refusal({ DATAAPP_TIME_ZONE: 'Brasil/SP' }).message).to.contain('is not an IANA time zone')
  })

  it('never shows a secret', () => {
    const config = parseConfig({
      DATAAPP_SETTINGS_URL: 'postgres://u:hunter2@h/d',
      DATAAPP_WAREHOUSE_PASSWORD: 'hunter2',
    })
    expect(JSON.stringify(showConfig(config))).not.to.contain('hunter2')
  })

  it('is documented, every key of it', () => {
    const page = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8')
    expect(configKeys.filter(key => !page.includes(`\`${key}\``))).to.deep.equal([])
  })
})

function refusal(env: Record<string, string>): DataAppError {
  try {
    parseConfig(env)
  } catch (error) {
    if (error instanceof DataAppError) return error
  }
  throw new Error('was not refused')
}
