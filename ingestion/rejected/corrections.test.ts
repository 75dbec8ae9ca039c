import { expect } from 'chai'
import type { Table } from '../decode/row.ts'
import { correctedTable } from './corrections.ts'

describe('rows as people corrected them', () => {
  it('change in the columns that were corrected, whatever the others are called', async () => {
    async function* rows() {
      yield [{ line: 2, fields: ['x', 'y', '1'], raw: 'x,y,1' }]
    }
    const table: Table = { columns: ['constructor', 'toString', 'quantity'], rows: rows() }
    const corrected = correctedTable(table, new Map([[2, { cells: { quantity: '3' } }]]), () => [])
    for await (const batch of corrected.rows) expect(batch.map(({ fields }) => fields)).to.deep.equal([['x', 'y', '3']])
  })
})
