import { expect } from 'chai'
import { rejectedOf } from '#shared/records/rejected.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { openPreparedSettings } from '../test/parts/prepared.ts'
import { keepRejected } from './rejected.ts'

describe('keeping rejected records', () => {
  it('keeps a record that comes twice in one batch once', async () => {
    const home = temporaryHome()
    const settings = await openPreparedSettings(home.config)
    try {
      const why = { source: 's', file: 'f', line: 1, field: 'x', rule: 'message', message: 'wrong', raw: 'a' }
      const record = rejectedOf('processing', why, new Date())
      await keepRejected(settings, [record, record])
      expect(await settings.query('SELECT id FROM rejected')).to.have.length(1)
    } finally {
      await settings.close()
      home.remove()
    }
  })
})
