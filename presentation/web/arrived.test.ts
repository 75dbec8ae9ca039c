import { expect } from 'chai'
import { arrived } from './arrived.ts'

describe('values over time', () => {
  const shown = (days: string[], last: string) =>
    arrived(
      days.map(day => ({ day, revenue: 0 })),
      last,
      ({ revenue }) => revenue,
    )

  it('are gaps after the last day with data, and zeros before it', () => {
    expect(shown(['2020-05-30', '2020-05-31', '2020-06-01'], '2020-05-31')).to.deep.equal([0, 0, null])
  })

  it('are shown for a week or month that has begun', () => {
    expect(shown(['2020-05-01', '2020-06-01'], '2020-05-03')).to.deep.equal([0, null])
  })
})
