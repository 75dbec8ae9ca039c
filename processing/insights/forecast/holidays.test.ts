import { expect } from 'chai'
import { learnHolidays, namesOf } from './calendar.ts'
import { forecastSeries } from './forecast.ts'
import { easter, holidays } from './holidays.ts'

function dayOf(country: 'BR' | 'US', year: number, name: string): string | undefined {
  return holidays(country, year).find(holiday => holiday.name === name)?.day
}

describe('the holidays of a country', () => {
  it('knows Easter', () => {
    const days = [2000, 2019, 2024, 2025, 2026, 2038].map(year =>
      new Date(easter(year) * 86_400_000).toISOString().slice(0, 10),
    )
    expect(days).to.deep.equal(['2000-04-23', '2019-04-21', '2024-03-31', '2025-04-20', '2026-04-05', '2038-04-25'])
  })

  it('knows the days of Brazil', () => {
    expect(dayOf('BR', 2025, 'carnival-tuesday')).to.equal('2025-03-04')
    expect(dayOf('BR', 2025, 'corpus-christi')).to.equal('2025-06-19')
    expect(dayOf('BR', 2025, 'mothers-day')).to.equal('2025-05-11')
    expect(dayOf('BR', 2025, 'fathers-day')).to.equal('2025-08-10')
    expect(dayOf('BR', 2025, 'black-friday')).to.equal('2025-11-28')
  })

  it('knows the days of the United States', () => {
    expect(dayOf('US', 2026, 'thanksgiving')).to.equal('2026-11-26')
    expect(dayOf('US', 2026, 'memorial-day')).to.equal('2026-05-25')
    expect(dayOf('US', 2026, 'martin-luther-king-day')).to.equal('2026-01-19')
  })
})

describe('what holidays do to a shop', () => {
  const calendar = { firstDay: '2023-01-01', country: 'BR' } as const
  const names = namesOf(calendar, 0, 730)
  const shop = Float64Array.from({ length: 730 }, (_, i) => {
    const usual = 100 + 10 * (i % 7) + (i % 3)
    if (names[i] === 'christmas') return 0
    return names[i] === 'black-friday' ? 4 * usual : usual
  })

  it('is learnt from the past, carefully', () => {
    const effects = learnHolidays(shop, names, 7)
    expect(effects.get('christmas')).to.equal(0)
    expect(effects.get('black-friday')).to.be.closeTo(3, 0.1)
    expect(effects.get('tiradentes')).to.be.closeTo(1, 0.05)
  })

  it('is put on the forecast', () => {
    const toChristmas = shop.slice(0, 712)
    const plain = forecastSeries(toChristmas, { period: 7, horizon: 14 })
    const known = forecastSeries(toChristmas, { period: 7, horizon: 14, calendar })
    const christmas = names.indexOf('christmas', 400) - 712
    expect(plain.values[christmas]).to.be.greaterThan(80)
    expect([known.values[christmas], known.hi95[christmas]]).to.deep.equal([0, 0])
    expect(known.values[0]).to.be.closeTo(plain.values[0] ?? 0, 5)
  })
})
