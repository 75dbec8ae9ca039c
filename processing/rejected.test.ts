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

  it('says of a line that another rule turns away when it is told again what that rule says', async () => {
    const home = temporaryHome()
    const settings = await openPreparedSettings(home.config)
    try {
      const why = { source: 's', file: 'f', line: 1, field: 'revenue', rule: 'too-much', message: 'is 9', raw: 'a' }
      const first = rejectedOf('processing', why, new Date('2024-05-01T10:00:00Z'))
      const later = { ...why, field: 'seller', rule: 'known-seller', message: 'nobody knows "x"' }
      const again = rejectedOf('processing', later, new Date('2024-05-02T10:00:00Z'))
      await keepRejected(settings, [first])
      await keepRejected(settings, [again])
      await keepRejected(settings, [first])
      const kept = () => settings.query('SELECT field, rule, record FROM rejected')
      const { field, rule, message } = again
      expect(await kept()).to.deep.equal([{ field, rule, record: { ...first, field, rule, message } }])

      await settings.query(`UPDATE rejected SET record = record || '{"raw": "", "message": "erased"}'`)
      await keepRejected(settings, [rejectedOf('processing', later, new Date('2024-05-03T10:00:00Z'))])
      const erased = { ...first, field, rule, raw: '', message: 'erased' }
      expect(await kept(), 'what was erased stays erased').to.deep.equal([{ field, rule, record: erased }])
    } finally {
      await settings.close()
      home.remove()
    }
  })
})
