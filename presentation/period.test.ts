import { expect } from 'chai'
import fc from 'fast-check'
import { addDays } from '#shared/day.ts'
import {
  addMonths,
  buckets,
  comparisonOf,
  daysIn,
  grainFor,
  grainOf,
  grainsOf,
  isDay,
  lastOfMonth,
  periodOf,
} from './period.ts'

describe('periods', () => {
  it('resolves presets on a day', () => {
    expect(periodOf('30d', '2020-05-31', undefined)).to.deep.equal({ from: '2020-05-02', to: '2020-05-31' })
    expect(periodOf('last-month', '2020-03-15', undefined)).to.deep.equal({ from: '2020-02-01', to: '2020-02-29' })
    expect(periodOf('12m', '2020-05-31', undefined)).to.deep.equal({ from: '2019-06-01', to: '2020-05-31' })
    expect(periodOf('all', '2020-05-31', { from: '2017-07-01', to: '2020-05-31' }).from).to.equal('2017-07-01')
  })

  it('compares whole months with whole months and a month so far with the same days before', () => {
    expect(comparisonOf({ from: '2020-05-01', to: '2020-05-31' }, 'previous')).to.deep.equal({
      from: '2020-04-01',
      to: '2020-04-30',
    })
    expect(comparisonOf({ from: '2020-03-01', to: '2020-03-10' }, 'previous')).to.deep.equal({
      from: '2020-02-01',
      to: '2020-02-10',
    })
    expect(comparisonOf({ from: '2020-05-03', to: '2020-05-09' }, 'previous')).to.deep.equal({
      from: '2020-04-26',
      to: '2020-05-02',
    })
    expect(comparisonOf({ from: '2020-02-01', to: '2020-02-29' }, 'year').to).to.equal('2019-02-28')
  })

  it('ends the previous comparison before the period begins', () => {
    const days = fc.integer({ min: 0, max: 20_000 }).map(n => addDays('1990-01-01', n))
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 900 }), (from, length) => {
        const period = { from, to: addDays(from, length) }
        const before = comparisonOf(period, 'previous')
        expect(before.from <= before.to && before.to < period.from).to.equal(true)
      }),
    )
  })

  it('covers a period with buckets', () => {
    expect(buckets({ from: '2020-05-30', to: '2020-06-02' }, 'day')).to.have.length(4)
    expect(buckets({ from: '2020-05-30', to: '2020-06-02' }, 'week')).to.deep.equal(['2020-05-25', '2020-06-01'])
    expect(grainOf({ from: '2017-07-01', to: '2020-05-31' })).to.equal('month')
    const year = { from: '2020-01-01', to: '2020-12-31' }
    expect(grainsOf(year)).to.deep.equal(['day', 'week', 'month', 'year'])
    expect(grainsOf({ from: '2020-05-01', to: '2020-05-02' })).to.deep.equal(['day'])
    expect(grainsOf({ from: '2010-01-01', to: '2020-05-31' })).to.deep.equal(['week', 'month', 'year'])
    expect(grainFor(year, 'year')).to.equal('year')
    expect(grainFor({ from: '2010-01-01', to: '2020-05-31' }, 'day')).to.equal('month')
    expect(daysIn({ from: '2020-02-01', to: '2020-02-29' })).to.equal(29)
    expect(lastOfMonth(addMonths('2020-01-31', 1))).to.equal('2020-02-29')
  })

  it('knows days that do not exist', () => {
    expect(['2020-02-29', '2019-02-29', '2020-13-01', '20200101'].map(isDay)).to.deep.equal([true, false, false, false])
  })
})
