import { expect } from 'chai'
import { spansOf, wholeMonths } from './spans.ts'

describe('the spans of a period', () => {
  const known = [
    { span: 'month', first: '2024-02-01' },
    { span: 'month', first: '2024-03-01' },
    { span: 'day', first: '2024-01-31' },
    { span: 'day', first: '2024-03-01' },
  ] as const
  const data = { from: '2023-01-01', to: '2024-12-31' }

  it('are whole months where they are summed up, then days', () => {
    expect(spansOf([{ from: '2024-01-30', to: '2024-03-02' }], known, data)).to.deep.equal({
      months: ['2024-02-01'],
      rolled: ['2024-01-31', '2024-03-01'],
      days: ['2024-01-30', '2024-03-02'],
    })
  })

  it('never are a month that reaches beyond its period', () => {
    const periods = [
      { from: '2024-02-01', to: '2024-02-02' },
      { from: '2024-03-01', to: '2024-03-31' },
    ]
    expect(spansOf(periods, known, data)).to.deep.equal({
      months: ['2024-03-01'],
      rolled: [],
      days: ['2024-02-01', '2024-02-02'],
    })
  })

  it('begin and end with the data', () => {
    const periods = [
      { from: '2019-01-01', to: '2021-12-31' },
      { from: '2022-01-01', to: '2024-12-31' },
    ]
    expect(spansOf(periods, known, { from: '2024-01-31', to: '2024-03-01' })).to.deep.equal({
      months: ['2024-02-01', '2024-03-01'],
      rolled: ['2024-01-31'],
      days: [],
    })
  })
})

describe('the whole months of periods', () => {
  it('are those inside a period, also its first and last', () => {
    expect(wholeMonths([{ from: '2024-01-01', to: '2024-03-31' }])).to.deep.equal([
      '2024-01-01',
      '2024-02-01',
      '2024-03-01',
    ])
    expect(wholeMonths([{ from: '2024-01-02', to: '2024-03-30' }])).to.deep.equal(['2024-02-01'])
    expect(wholeMonths([{ from: '2024-02-10', to: '2024-02-20' }])).to.deep.equal([])
  })

  it('leave out a month that another period cuts through, and count one that lies in both once', () => {
    const year = { from: '2023-12-01', to: '2024-11-30' }
    expect(wholeMonths([{ from: '2024-09-01', to: '2024-12-31' }, year])).to.include.members([
      '2024-10-01',
      '2024-12-01',
    ])
    expect(
      wholeMonths([{ from: '2024-10-10', to: '2024-11-30' }, year]).filter(first => first >= '2024-09-01'),
    ).to.deep.equal(['2024-11-01', '2024-09-01'])
  })
})
