import { expect } from 'chai'
import { temporaryHome } from '../../test/parts/home.ts'
import { openPreparedWarehouse } from '../../test/parts/prepared.ts'
import { Codes, Integers, nativeBlock, Smalls, Strings } from './native.ts'
import type { Warehouse } from './warehouse.ts'

describe('a block of columns', () => {
  const home = temporaryHome()
  let warehouse: Warehouse

  before(async () => {
    warehouse = await openPreparedWarehouse(home.config)
  })

  after(async () => {
    await warehouse.close()
    home.remove()
  })

  it('arrives as it was written: long and foreign text, repeats, and every integer', async () => {
    await warehouse.run(
      "CREATE TABLE kinds (t LowCardinality(String), a Decimal(18, 6), n UInt64, d Date, s DateTime('UTC'), b UInt8) ENGINE = MergeTree ORDER BY tuple()",
    )
    const texts = ['', 'a', 'a', 'café', `'\n\\${'x'.repeat(300)}`, 'a']
    const amounts = [0, -1, 1, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, -4_294_967_296]
    const columns = {
      t: new Strings('t', 1),
      a: new Integers('a', 'Decimal(18, 6)', 6),
      n: new Integers('n', 'UInt64', 6),
      d: new Smalls('d', 'Date', 6),
      s: new Smalls('s', "DateTime('UTC')", 6),
      b: new Smalls('b', 'UInt8', 6),
    }
    for (const [index, text] of texts.entries()) {
      columns.t.push(text)
      columns.a.push(amounts[index] ?? 0)
      columns.n.push(Math.abs(amounts[index] ?? 0))
      columns.d.push(19_782)
      columns.s.push(19_782 * 86_400 + 86_399)
      columns.b.push(index)
      for (const column of [columns.a, columns.n, columns.d, columns.s, columns.b]) column.push(0, 0)
      columns.t.push('never', 0)
    }
    await warehouse.insertBlock('kinds', nativeBlock(Object.values(columns), 6))
    const rows = await warehouse.rows<{ t: string; a: string; n: string; d: string; s: string }>(
      'SELECT * EXCEPT b FROM kinds ORDER BY b',
    )
    expect(rows.map(row => row.t)).to.deep.equal(texts)
    expect(rows.map(row => row.a)).to.deep.equal([
      '0',
      '-0.000001',
      '0.000001',
      '9007199254.740991',
      '-9007199254.740991',
      '-4294.967296',
    ])
    expect(rows.map(row => row.n)).to.deep.equal(amounts.map(amount => String(Math.abs(amount))))
    expect(rows[0]).to.include({ d: '2024-02-29', s: '2024-02-29 23:59:59' })
  })

  it('arrives as it was written with a few codes, hundreds of them and tens of thousands', async () => {
    await warehouse.run(
      'CREATE TABLE codes (few LowCardinality(String), hundreds LowCardinality(String), thousands LowCardinality(String), n UInt32) ENGINE = MergeTree ORDER BY n',
    )
    const rows = 140_000
    const columns = {
      few: new Codes('few', rows),
      hundreds: new Codes('hundreds', rows),
      thousands: new Codes('thousands', rows),
      n: new Smalls('n', 'UInt32', rows),
    }
    for (let n = 0; n < rows; n += 2) {
      columns.few.push(['', 'é', 'b'][n % 3] ?? '', 2)
      columns.few.push('never', 0)
      for (const each of [n, n + 1]) {
        columns.hundreds.push(`h${each % 300}`)
        columns.thousands.push(`t${each % 70_000}`)
        columns.n.push(each)
      }
    }
    await warehouse.insertBlock('codes', nativeBlock(Object.values(columns), rows))
    const [found] = await warehouse.rows<{ right: string; distinct_few: string[] }>(
      `SELECT countIf(few = ['', 'é', 'b'][(n - n % 2) % 3 + 1] AND hundreds = concat('h', toString(n % 300)) AND thousands = concat('t', toString(n % 70000))) AS right,
         groupUniqArray(few) AS distinct_few FROM codes`,
    )
    expect(found?.right).to.equal(String(rows))
    expect(found?.distinct_few).to.have.members(['', 'é', 'b'])
  })
})
