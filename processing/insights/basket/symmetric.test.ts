import { expect } from 'chai'
import { repeatable } from './hit-rate.ts'
import { invertSymmetric } from './symmetric.ts'

describe('the inverse of a symmetric matrix', () => {
  for (const n of [1, 2, 5, 47, 48, 49, 97, 131])
    it(`times the matrix is one, ${n} rows (blocks and their edges)`, () => {
      const random = repeatable(n)
      const matrix = new Float64Array(n * n)
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++) {
          const value = i === j ? n / 2 + 5 : random() - 0.5
          matrix[i * n + j] = value
          matrix[j * n + i] = value
        }
      const inverse = matrix.slice()
      invertSymmetric(inverse, n)
      let worst = 0
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          let sum = i === j ? -1 : 0
          for (let k = 0; k < n; k++) sum += (matrix[i * n + k] ?? 0) * (inverse[k * n + j] ?? 0)
          worst = Math.max(worst, Math.abs(sum))
        }
      expect(worst).to.be.lessThan(1e-12)
    })
})
