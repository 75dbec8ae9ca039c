import { expect } from 'chai'
import fc from 'fast-check'
import { type Forecast, forecastSeries, methods } from './forecast.ts'

const weekly = [100, 90, 95, 110, 140, 180, 60]

/** Days with a weekly shape, a little growth and repeatable noise. */
function days(count: number, shape = weekly): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const noise = Math.sin(i * 12.9898) * 43758.5453
    return (shape[i % shape.length] ?? 0) * (1 + i / 2000) * (0.9 + 0.2 * (noise - Math.floor(noise)))
  })
}

function expectSane(forecast: Forecast, horizon: number): void {
  const { values, lo80, hi80, lo95, hi95 } = forecast
  for (const edge of [values, lo80, hi80, lo95, hi95]) {
    expect(edge).to.have.length(horizon)
    expect(edge.every(Number.isFinite)).to.equal(true)
  }
  for (let j = 0; j < horizon; j++) {
    const inOrder = [lo95[j], lo80[j], values[j], hi80[j], hi95[j]].map(Number)
    expect(inOrder).to.deep.equal(inOrder.toSorted((a, b) => a - b))
  }
}

const week = { period: 7, horizon: 14 }

describe('forecasting a series', () => {
  it('follows the week', () => {
    const { values, backtest } = forecastSeries(days(200), week)
    expect(values[(5 - (200 % 7) + 7) % 7]).to.be.greaterThan(150)
    expect(values[(6 - (200 % 7) + 7) % 7]).to.be.lessThan(90)
    expect(backtest?.folds).to.equal(10)
    expect(backtest?.mase).to.be.lessThan(backtest?.naiveMase ?? 0)
  })

  it('carries no trend on for longer than it was seen', () => {
    const two = forecastSeries(Float64Array.of(5, 9), { period: 7, horizon: 400 }).values
    expect(Math.max(...two)).to.be.lessThan(15)
    const five = forecastSeries(Float64Array.of(5, 10, 16, 20, 26), { period: 12, horizon: 400 }).values
    expect([five[399], five[5]]).to.deep.equal([five[4], five[4]])
    const long = forecastSeries(days(60), { period: 7, horizon: 90 }).values
    expect([long[60], long[66], long[74]]).to.deep.equal([long[53], long[59], long[53]])
  })

  it('does not take the first good day of a new product for a trend', () => {
    const opened = new Float64Array(120)
    opened.set([3, 2, 7, 4, 90], 115)
    const { values, hi95 } = forecastSeries(opened, week)
    expect(Math.max(...values)).to.be.lessThan(50)
    expect(Math.max(...hi95), 'as wide as the days since the opening, not as those before').to.be.greaterThan(90)
  })

  it('forecasts nothing for days that are closed, with certainty', () => {
    const closedSundays = days(210, [0, ...weekly.slice(1)])
    const { values, hi95 } = forecastSeries(closedSundays, week)
    expect([values[0], hi95[0], values[7]]).to.deep.equal([0, 0, 0])
    expect(values[1]).to.be.greaterThan(50)
  })

  it('is not thrown off by one spike of a milliard', () => {
    const spiked = days(120)
    spiked[60] = 1e9
    const { values, hi95 } = forecastSeries(spiked, week)
    expect(Math.max(...values)).to.be.lessThan(400)
    expect(Math.max(...hi95)).to.be.lessThan(4000)
  })

  it('is as sure as before after a slip on the very last day', () => {
    const slipped = days(121)
    slipped[120] = 1e9
    const { values, hi95 } = forecastSeries(slipped, week)
    expect(Math.max(...values)).to.be.lessThan(400)
    expect(Math.max(...hi95)).to.be.lessThan(400)
  })

  it('repeats a constant, and is sure of it', () => {
    const { values, lo95, hi95 } = forecastSeries(new Float64Array(50).fill(12), week)
    expect(Array.from(values)).to.deep.equal(new Array(14).fill(12))
    expect(lo95[0]).to.be.closeTo(12, 1e-6)
    expect(hi95[13]).to.be.closeTo(12, 1e-6)
  })

  it('expects nothing where there never was anything', () => {
    expect(Array.from(forecastSeries(new Float64Array(30), week).hi95)).to.deep.equal(new Array(14).fill(0))
  })

  it('repeats a lone value, and is not sure of it', () => {
    const { values, lo95, hi95 } = forecastSeries(Float64Array.of(8), week)
    expect(values[0]).to.equal(8)
    expect(lo95[0]).to.be.lessThan(8)
    expect(hi95[0]).to.be.greaterThan(8)
  })

  it('expects no more of what has stopped selling', () => {
    const stopped = Float64Array.from([...days(100), ...new Array<number>(40).fill(0)])
    expect(Math.max(...forecastSeries(stopped, week).values)).to.equal(0)
  })

  it('does not go below zero unless the series did', () => {
    const falling = Float64Array.from({ length: 60 }, (_, i) => Math.max(120 - 2 * i, 1))
    expect(Math.min(...forecastSeries(falling, week).lo95)).to.be.at.least(0)
    const returns = days(120).map((value, i) => (i % 10 === 0 ? -value : value))
    expectSane(forecastSeries(returns, week), 14)
  })

  it('repeats a clear year although there are not three of them', () => {
    // A shop that orders once a quarter, more towards the end of the year.
    const quarterly = Float64Array.from({ length: 30 }, (_, i) =>
      i % 3 === 0 ? 1000 + 50 * (i % 12) + 7 * (i % 5) : 0,
    )
    const { values } = forecastSeries(quarterly, { period: 12, horizon: 6 })
    expect(values[0]).to.be.above(500)
    expect(values[1]).to.be.below(300)
    expect(values[3]).to.be.above(500)
  })

  it('bridges missing days', () => {
    const missing = days(120).map((value, i) => (i % 11 === 3 ? Number.NaN : value))
    const whole = forecastSeries(days(120), week).values
    forecastSeries(missing, week).values.forEach((value, j) => {
      expect(value).to.be.closeTo(whole[j] ?? 0, 0.15 * (whole[j] ?? 0))
    })
  })

  it('gives ordered finite numbers for any series, period and method', () => {
    const value = fc.oneof(
      fc.constant(0),
      fc.constant(Number.NaN),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.nat(9),
    )
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 90 }),
        fc.integer({ min: 1, max: 13 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(...methods),
        (values, period, horizon, method) => {
          expectSane(forecastSeries(Float64Array.from(values), { period, horizon, method }), horizon)
        },
      ),
      { numRuns: 300 },
    )
  })
})
