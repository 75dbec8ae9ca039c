import { expect } from 'chai'
import { dimensionSchema } from '#shared/records/dimension.ts'
import { openPreparedSettings } from '../../test/parts/prepared.ts'
import { source, workbench } from '../testing.ts'

describe('descriptions in files', () => {
  let bench: Awaited<ReturnType<typeof workbench>>

  before(async () => {
    bench = await workbench(openPreparedSettings)
  })
  beforeEach(() => bench.clear())
  after(() => bench.close())

  const described = () =>
    bench.bus.published('dimensions').map(({ value }) => dimensionSchema.parse(JSON.parse(value.toString('utf8'))))

  it('know stores that opened long ago, and of which an export says that they close at the end of time', async () => {
    const stores = source(
      'dates: { format: DD/MM/YYYY }\nstore: { id: Loja, name: Nome, openedOn: Abertura, closedOn: Encerramento }',
    )
    const rows = [
      '1,Matriz,25/09/1908,31/12/9999',
      '2,Centro,01/01/0001,',
      '3,Norte,01/03/1969,30/06/2024',
      '4,Sul,31/02/1969,',
    ]
    const totals = await bench.take(stores, 'lojas.csv', `Loja,Nome,Abertura,Encerramento\n${rows.join('\n')}\n`)
    expect(totals).to.include({ rows: 4, accepted: 3, rejected: 1 })
    expect(
      described().map(({ id, attributes }) =>
        'openedOn' in attributes ? [id, attributes.openedOn, attributes.closedOn] : [],
      ),
    ).to.deep.equal([
      ['1', '1908-09-25', null],
      ['2', '1900-01-01', null],
      ['3', '1969-03-01', '2024-06-30'],
    ])
    expect(bench.rejected().map(({ field, rule }) => `${field} ${rule}`)).to.deep.equal(['store.openedOn unreadable'])
  })

  it('name what their source has no field for, so that it stays as others said', async () => {
    const sales = source(
      'sale: { id: id, store: { value: s }, soldAt: day, product: p, revenue: total }\nproduct: { id: p, name: name, cost: cost }',
    )
    const rows = ['1,2024-05-01,x,5,,', '2,2024-05-01,x,5,Milk,', '3,2024-05-01,x,5,Cow,', '4,2024-05-01,x,5,Milk,2']
    await bench.take(sales, 'sales.csv', `id,day,p,total,name,cost\n${rows.join('\n')}\n5,2024-05-01,x,5,Cow,3\n`)
    const nothing = { category: '', subcategory: '', brand: '', unit: '', price: null, service: false }
    const others = ['category', 'subcategory', 'brand', 'unit', 'price', 'service']
    expect(described().map(({ attributes }) => attributes)).to.deep.equal([
      { ...nothing, name: '', cost: null },
      { ...nothing, name: 'Milk', cost: null },
      { ...nothing, name: 'Milk', cost: '2' },
    ])
    expect(described().map(({ unstated }) => unstated?.toSorted())).to.deep.equal(
      [[...others, 'name', 'cost'], [...others, 'cost'], others].map(names => names.toSorted()),
    )
  })
})
