/** Rows and columns handled together, so that what a step reads stays in the processor's cache. */
const block = 48

/**
 * The inverse of a symmetric positive definite matrix, in place, full storage row by row (`a[i * n + j]`).
 * Blocked Cholesky factorisation, inverse of the factor, then inverse(L)ᵀ · inverse(L): about n³ / 2 multiplications.
 */
export function invertSymmetric(a: Float64Array, n: number): void {
  factor(a, n)
  invertFactor(a, n)
  multiplyTransposed(a, n)
}

/** c[i][j] -= Σ_k x[i][k] · y[j][k] for a tile of rows; four by two at a time so that each number read is used twice or more. */
function subtractProducts(
  c: Float64Array,
  cAt: number,
  cStride: number,
  x: Float64Array,
  xAt: number,
  xStride: number,
  y: Float64Array,
  yAt: number,
  yStride: number,
  rows: number,
  columns: number,
  depth: number,
): void {
  for (let i = 0; i < rows; i += 2) {
    const x0 = xAt + i * xStride
    const x1 = i + 1 < rows ? x0 + xStride : x0
    for (let j = 0; j < columns; j += 4) {
      const y0 = yAt + j * yStride
      const y1 = j + 1 < columns ? y0 + yStride : y0
      const y2 = j + 2 < columns ? y0 + 2 * yStride : y0
      const y3 = j + 3 < columns ? y0 + 3 * yStride : y0
      let s00 = 0
      let s01 = 0
      let s02 = 0
      let s03 = 0
      let s10 = 0
      let s11 = 0
      let s12 = 0
      let s13 = 0
      for (let k = 0; k < depth; k++) {
        const a = x[x0 + k] ?? 0
        const b = x[x1 + k] ?? 0
        const p = y[y0 + k] ?? 0
        const q = y[y1 + k] ?? 0
        const r = y[y2 + k] ?? 0
        const s = y[y3 + k] ?? 0
        s00 += a * p
        s01 += a * q
        s02 += a * r
        s03 += a * s
        s10 += b * p
        s11 += b * q
        s12 += b * r
        s13 += b * s
      }
      const to = cAt + i * cStride + j
      const left = columns - j
      c[to] = (c[to] ?? 0) - s00
      if (left > 1) c[to + 1] = (c[to + 1] ?? 0) - s01
      if (left > 2) c[to + 2] = (c[to + 2] ?? 0) - s02
      if (left > 3) c[to + 3] = (c[to + 3] ?? 0) - s03
      if (i + 1 >= rows) continue
      const below = to + cStride
      c[below] = (c[below] ?? 0) - s10
      if (left > 1) c[below + 1] = (c[below + 1] ?? 0) - s11
      if (left > 2) c[below + 2] = (c[below + 2] ?? 0) - s12
      if (left > 3) c[below + 3] = (c[below + 3] ?? 0) - s13
    }
  }
}

const least = Math.min

/** a = L · Lᵀ; L in the lower triangle, the upper one is left as it was. */
function factor(a: Float64Array, n: number): void {
  const panel = new Float64Array(n * block)
  for (let p = 0; p < n; p += block) {
    const width = least(block, n - p)
    for (let i = p; i < n; i++) {
      for (let j = p; j < least(i + 1, p + width); j++) {
        let sum = a[i * n + j] ?? 0
        for (let k = p; k < j; k++) sum -= (a[i * n + k] ?? 0) * (a[j * n + k] ?? 0)
        a[i * n + j] = i === j ? Math.sqrt(sum) : sum / (a[j * n + j] ?? 1)
      }
      for (let k = 0; k < width; k++) panel[i * block + k] = a[i * n + p + k] ?? 0
    }
    for (let i = p + width; i < n; i += block)
      for (let j = p + width; j <= i; j += block)
        subtractProducts(
          a,
          i * n + j,
          n,
          panel,
          i * block,
          block,
          panel,
          j * block,
          block,
          least(block, n - i),
          least(block, n - j),
          width,
        )
  }
}

/** X = inverse of L, kept transposed in the upper triangle with its diagonal (`a[j * n + i]` = X[i][j]). */
function invertFactor(a: Float64Array, n: number): void {
  const tile = new Float64Array(block * block)
  const corner = new Float64Array(block * block)
  for (let p = 0; p < n; p += block) {
    const width = least(block, n - p)
    corner.fill(0)
    for (let j = 0; j < width; j++)
      for (let i = j; i < width; i++) {
        let sum = i === j ? 1 : 0
        for (let k = j; k < i; k++) sum -= (a[(p + i) * n + p + k] ?? 0) * (corner[k * block + j] ?? 0)
        corner[i * block + j] = sum / (a[(p + i) * n + p + i] ?? 1)
      }
    for (let q = 0; q < p; q += block) {
      const columns = least(block, n - q)
      tile.fill(0)
      // X[k][j] is zero above its diagonal, so the sum begins at the block's own rows; there the lower half is not X.
      const apart = q + columns
      for (let i = 0; i < width; i++)
        for (let j = 0; j < columns; j++) {
          let sum = 0
          for (let k = q + j; k < apart; k++) sum -= (a[(p + i) * n + k] ?? 0) * (a[(q + j) * n + k] ?? 0)
          tile[i * block + j] = sum
        }
      subtractProducts(tile, 0, block, a, p * n + apart, n, a, q * n + apart, n, width, columns, p - apart)
      for (let j = 0; j < columns; j++)
        for (let i = 0; i < width; i++) {
          let sum = 0
          for (let k = 0; k <= i; k++) sum += (corner[i * block + k] ?? 0) * (tile[k * block + j] ?? 0)
          a[(q + j) * n + p + i] = sum
        }
    }
    // The diagonal block of X goes above the diagonal only after every row below has used L there… which is in its lower half.
    for (let i = 0; i < width; i++) for (let j = 0; j <= i; j++) a[(p + j) * n + p + i] = corner[i * block + j] ?? 0
  }
}

/** a = Xᵀ · X from X as `invertFactor` leaves it. */
function multiplyTransposed(a: Float64Array, n: number): void {
  const diagonal = new Float64Array(n)
  for (let i = 0; i < n; i++) for (let k = i; k < n; k++) diagonal[i] = (diagonal[i] ?? 0) + (a[i * n + k] ?? 0) ** 2
  const depth = 4 * block
  const tile = new Float64Array(block * block)
  for (let i = 0; i < n; i += block) {
    const rows = least(block, n - i)
    for (let j = 0; j <= i; j += block) {
      const columns = least(block, n - j)
      tile.fill(0)
      const apart = i + rows
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < (i === j ? r : columns); c++) {
          let sum = 0
          for (let k = i + r; k < apart; k++) sum -= (a[(i + r) * n + k] ?? 0) * (a[(j + c) * n + k] ?? 0)
          tile[r * block + c] = sum
        }
      for (let k = apart; k < n; k += depth)
        subtractProducts(tile, 0, block, a, i * n + k, n, a, j * n + k, n, rows, columns, least(depth, n - k))
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < (i === j ? r : columns); c++) a[(i + r) * n + j + c] = -(tile[r * block + c] ?? 0)
    }
  }
  for (let i = 0; i < n; i++) {
    a[i * n + i] = diagonal[i] ?? 0
    for (let j = 0; j < i; j++) a[j * n + i] = a[i * n + j] ?? 0
  }
}
