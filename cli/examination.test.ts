import { expect } from 'chai'
import { temporaryHome } from '../test/parts/home.ts'
import { freePort } from '../test/parts/part.ts'
import { examineAlone } from './examination.ts'

describe('examining an installation of which a server is away', () => {
  it('says which, and looks at everything that does not need it', async () => {
    const port = await freePort()
    const home = temporaryHome({ DATAAPP_SETTINGS_URL: `postgres://somebody:secret@127.0.0.1:${port}/none` })
    try {
      const { ok, findings, retention } = await examineAlone(home.config)
      expect({ ok, retention }).to.deep.equal({ ok: false, retention: [] })
      expect(findings.filter(finding => finding.ok).map(({ name }) => name)).to.deep.equal([
        'room',
        'bus',
        'warehouse',
        'lake',
        'aggregates',
      ])
      expect(findings.flatMap(({ ok: well, name, message }) => (well ? [] : [`${name}: ${message}`]))).to.deep.equal([
        'settings: The settings database does not answer (ECONNREFUSED).',
        'keys: Not looked at: it needs the settings.',
        'retention: Not looked at: it needs the settings.',
      ])
    } finally {
      home.remove()
    }
  })
})
