import { expect } from 'chai'
import { seasonalGrowth } from './naive.ts'
import { decompose, deseasonalise, isSeasonal, reseasonalise } from './season.ts'
import { dampedHoltWinters, fitLevel } from './smoothing.ts'
import { dynamicTheta, theta } from './theta.ts'

const line = Float64Array.from({ length: 40 }, (_, i) => 10 + 2 * i)
const quarters = [0.8, 1.1, 1.3, 0.8]
const seasonal = Float64Array.from({ length: 40 }, (_, i) => (100 + i) * (quarters[i % 4] ?? 1))

describe('the models', () => {
  it('Theta goes on with half the trend', () => {
    const { values } = theta(line, 1, 3)
    expect((values[1] ?? 0) - (values[0] ?? 0)).to.be.closeTo(1, 1e-9)
  })

  it('Theta puts a multiplicative season back', () => {
    const { values } = theta(seasonal, 4, 4)
    expect((values[2] ?? 0) / (values[0] ?? 1)).to.be.closeTo(1.3 / 0.8, 0.03)
  })

  it('the growth over last season goes on, and chance is no growth', () => {
    const months = Float64Array.from({ length: 36 }, (_, i) => (100 + 10 * (i % 12)) * 1.2 ** Math.floor(i / 12))
    const { values } = seasonalGrowth(3)(months.subarray(0, 30), 12, 6)
    for (const [j, value] of values.entries()) expect(value / (months[30 + j] ?? 0)).to.be.within(0.95, 1.1)
    const scattered = months.map((_, i) => (i % 12 < 6 ? 100 : 200) + (i % 2 === Math.floor(i / 12) % 2 ? 9 : -9))
    const same = seasonalGrowth(3)(scattered, 12, 12).values
    expect(same.reduce((sum, value) => sum + value, 0)).to.be.closeTo(1800, 20)
  })

  it('dynamic Theta and damped Holt-Winters stay near a clean seasonal series', () => {
    const next = [0, 1, 2, 3].map(i => (140 + i) * (quarters[i] ?? 1))
    for (const model of [dynamicTheta, dampedHoltWinters]) {
      for (const [j, value] of model(seasonal, 4, 4).values.entries()) expect(value).to.be.closeTo(next[j] ?? 0, 12)
    }
  })

  it('smoothing of a random walk takes the last value', () => {
    const walk = Float64Array.of(1, 3, 6, 10, 15, 21, 28, 36, 45)
    expect(fitLevel(walk).level).to.be.closeTo(45, 0.1)
  })
})

describe('the season', () => {
  it('is found where it is and not in a constant', () => {
    expect(isSeasonal(seasonal, 4)).to.equal(true)
    expect(isSeasonal(new Float64Array(40).fill(3), 4)).to.equal(false)
    expect(isSeasonal(seasonal.slice(0, 11), 4)).to.equal(false)
  })

  it('is what was put in, with mean one', () => {
    decompose(seasonal, 4, 'multiplicative').index.forEach((index, phase) => {
      expect(index).to.be.closeTo(quarters[phase] ?? 0, 0.01)
    })
  })

  it('is additive as soon as a value is not positive', () => {
    const withZero = seasonal.map((value, i) => (i === 7 ? 0 : value))
    expect(deseasonalise(withZero, 4).kind).to.equal('additive')
  })

  it('comes back where it was taken away', () => {
    const season = deseasonalise(seasonal, 4)
    const back = reseasonalise(season.adjusted.slice(36), season, 36)
    for (const [j, value] of back.entries()) expect(value).to.be.closeTo(seasonal[36 + j] ?? 0, 1e-9)
  })
})
