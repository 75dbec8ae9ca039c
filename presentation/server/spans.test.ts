import { expect } from 'chai'
import { spansOf } from './spans.ts'

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
