import { expect } from 'chai'
import { shiftedSales, shiftedTargets, shiftFor } from './sample-shift.ts'

describe('moving the sample to today', () => {
  it('brings its last day to today', () => {
    expect(shiftFor('2020-05-31')).to.deep.equal({ days: 0, months: 0 })
    expect(shiftFor('2020-06-06')).to.deep.equal({ days: 6, months: 1 })
    expect(shiftFor('2026-11-25')).to.deep.equal({ days: 2_369, months: 78 })
  })

  it('keeps the last day back, one file a sale', () => {
    const text = 'Sale|Day|X\r\nA|2020/05/30|1\r\nB|2020/05/31|2\r\nC|2020/05/31|3\r\nB|2020/05/31|4\r\n'
    expect(shiftedSales(text, { days: 7, months: 1 })).to.deep.equal({
      history: 'Sale|Day|X\r\nA|2020/06/06|1\r\n',
      live: ['Sale|Day|X\r\nB|2020/06/07|2\r\nB|2020/06/07|4\r\n', 'Sale|Day|X\r\nC|2020/06/07|3\r\n'],
    })
  })

  it('moves targets by months', () => {
    expect(shiftedTargets('Id|Amount|Month\r\n1|500|2017/12/01\r\n', { days: 2_369, months: 78 })).to.equal(
      'Id|Amount|Month\r\n1|500|2024/06/01\r\n',
    )
  })
})
