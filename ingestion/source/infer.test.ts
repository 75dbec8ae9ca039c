import { expect } from 'chai'
import { formatMicros, micros } from '#shared/records/micros.ts'
import { openPreparedSettings } from '../../test/parts/prepared.ts'
import { workbench } from '../testing.ts'
import { draftText } from './draft.ts'
import { parseSource } from './load.ts'

/** An export that nobody has told anything about, and what a person would read in it. */
type Export = {
  what: string
  name: string
  content: string | Buffer
  lines: number
  sales: number
  revenue: string
  units: string
  draft?: string[]
}

const report = [
  'Relatório de Vendas - Rede São João;;;;;;;',
  'Período: 01/03/2024 a 02/03/2024;;;;;;;',
  '',
  'Nº Cupom;Emissão;Hora;Loja;Cód. Produto;Qtde;Desc. %;Vlr. Total',
  '000001;01/03/24;08:07;001;00010;2;0,0;R$ 1.219,80',
  '000001;01/03/24;08:07;001;00020;1;10,0;R$ 90,00',
  '000002;01/03/24;09:10;001;00010;-1;0,0;R$ -609,90',
  'Total do dia;;;;;;;R$ 699,90',
  '000001;02/03/24;08:30;001;00030;1;0,0;R$ 5,25',
  '000002;02/03/24;08:45;001;00030;1;0,0;R$ 5,25',
  'Total do dia;;;;;;;R$ 10,50',
  'TOTAL GERAL;;;;;;;R$ 710,40',
].join('\r\n')

const printed = [
  'Relatório dinâmico de vendas',
  '-'.repeat(70),
  '|Loja|Dt.doc.   |Documento |Item|Material|  Quantidade|UM |    Valor|',
  '-'.repeat(70),
  '|0101|01.03.2024|4900000001|0010|00001000|       2,000|UN |   25,80 |',
  '|0101|01.03.2024|4900000001|0020|00001001|       1,500|KG |1.030,10 |',
  '|0102|02.03.2024|4900000002|0010|00001000|       1,000-|UN |   12,90-|',
  '|*   |          |          |    |        |            |   |1.043,00 |',
  '-'.repeat(70),
].join('\n')

const grouped = [
  'Pedido;Data;Loja;Produto;Qtd;Total',
  '700;01/04/2024;Centro;P1;1;10,00',
  ';;;P2;2;20,50',
  '701;13/04/2024;Centro;P1;1;10,00',
  ';;;P2;2;20,50',
].join('\n')

const returned = [
  '"Transaction #,Transaction Type,Order Date,Branch,Item Number,Qty,Unit Price,Amount"',
  'T-1,Sale,3/25/2024 1:05 PM,Main St.,100,2,"$1,200.00","$2,400.00"',
  'T-2,Return,3/26/2024 12:10 AM,Main St.,100,1,"$1,200.00","$1,200.00"',
  'T-3,Sale,3/27/2024 9:00 AM,Main St.,101,3,$2.50,$7.50',
].join('\n')

const shop = JSON.stringify({
  meta: { tags: ['a'], count: 2 },
  data: {
    orders: [
      order(5000, '2024-05-01T22:10:00-05:00', [
        ['K1', 2, 1990],
        ['K2', 1, 500],
      ]),
      order(5001, '2024-05-02T08:00:00-05:00', [['K1', 1, 1990]]),
    ],
  },
})

function order(id: number, at: string, items: readonly [string, number, number][]) {
  const lines = items.map(([sku, quantity, cents]) => ({ sku, quantity, unit_price_cents: cents }))
  return { id, created_at: at, store: { code: 'SITE', name: 'Site' }, items: lines }
}

const exports: Export[] = [
  {
    what: 'a report in Latin-1 with titles, coupons that begin anew each day, and totals between the days',
    name: 'report.csv',
    content: Buffer.from(report, 'latin1'),
    lines: 5,
    sales: 4,
    revenue: '710.4',
    units: '4',
  },
  {
    what: 'a list for a printer with ruled lines, a minus behind, and totals marked by a star',
    name: 'list.txt',
    content: Buffer.from(printed, 'latin1'),
    lines: 3,
    sales: 2,
    revenue: '1043',
    units: '2.5',
    draft: ['line: Item', 'product: Material'],
  },
  {
    what: 'a report that writes a sale on its first row only',
    name: 'grouped.csv',
    content: grouped,
    lines: 4,
    sales: 2,
    revenue: '61',
    units: '6',
    draft: ['fill: [Pedido, Data, Loja]'],
  },
  {
    what: 'returns with positive figures, dollars and a clock of twelve hours',
    name: 'returns.csv',
    content: returned,
    lines: 3,
    sales: 3,
    revenue: '1207.5',
    units: '4',
  },
  {
    what: 'orders of a web shop, deep in a document, in cents',
    name: 'shop.json',
    content: shop,
    lines: 3,
    sales: 2,
    revenue: '64.7',
    units: '4',
    draft: ['records: data.orders', 'each: items'],
  },
]

describe('an export that nobody has seen before is read right by its own draft', () => {
  let bench: Awaited<ReturnType<typeof workbench>>
  before(async () => {
    bench = await workbench(openPreparedSettings)
  })
  beforeEach(() => bench.clear())
  after(() => bench.close())

  for (const example of exports)
    it(example.what, async () => {
      const draft = draftText(await bench.draft(example.name, example.content))
      for (const said of example.draft ?? []) expect(draft).to.contain(said)
      const totals = await bench.take(parseSource(draft, 'draft.yaml'), example.name, example.content)
      const lines = [...bench.lines().values()]
      const sum = (of: 'revenue' | 'quantity') => lines.reduce((total, line) => total + line[of], 0)
      expect(totals.accepted + totals.rejected + totals.duplicates).to.equal(totals.rows)
      expect({ lines: lines.length, sales: totals.sales }, draft).to.deep.equal({
        lines: example.lines,
        sales: example.sales,
      })
      expect({ revenue: text(sum('revenue')), units: text(sum('quantity')) }, draft).to.deep.equal({
        revenue: example.revenue,
        units: example.units,
      })
      expect(bench.rejected().filter(record => record.rule !== 'skipped')).to.deep.equal([])
    })

  it('asks whether a cost is of a piece where the figures do not tell', async () => {
    const content =
      'Ticket,Date,Store,SKU,Qty,Total,Cost\n1,2024-03-01,A,x,1,10.00,6.00\n2,2024-03-01,A,y,1,12.00,7.00\n'
    const { questions } = await bench.draft('cost.csv', content)
    expect(questions.join('\n')).to.contain('is "Cost" the cost of the whole line?')
  })

  const sold = (days: readonly string[]) =>
    `NF;Data;Filial;Produto;Qtd;Total\n${days.map((day, i) => `${i};${day};1;P${i % 7};1;${5 + (i % 3)},50`).join('\n')}\n`
  const february = Array.from({ length: 60 }, (_, i) => `${String((i % 28) + 1).padStart(2, '0')}/02/26`)

  it('one date that does not exist turns no others round: its row is rejected, and the draft asks', async () => {
    for (const days of [
      february.with(32, '29/02/26'),
      ['03/02/26', '03/02/26', '04/02/26', '13/02/26', '29/02/26'],
      february.with(7, '31/02/26').map(day => day.replace(/26$/, '2026')),
    ]) {
      const content = sold(days)
      const draft = await bench.draft('february.csv', content)
      const asked = draft.questions.join('\n')
      expect(asked).to.match(/^soldAt: "(29|31)\/02\/(20)?26" is no date in DD\/MM\/YY/m)
      await bench.take(parseSource(draftText(draft), 'draft.yaml'), 'february.csv', content)
      expect(bench.rejected().map(({ rule }) => rule)).to.deep.equal(['date'])
      expect(new Set(bench.sales().map(({ soldAt }) => soldAt.slice(0, 7)))).to.deep.equal(new Set(['2026-02']))
      await bench.clear()
    }
  })

  it('years in front are years: no day is made of them, and nothing is asked', async () => {
    const days = Array.from({ length: 25 }, (_, i) => `26/02/${String(i + 1).padStart(2, '0')}`)
    const draft = await bench.draft('years.csv', sold(days))
    expect(draftText(draft)).to.contain('format: "YY/MM/DD')
    expect(draft.questions.filter(question => question.startsWith('soldAt'))).to.deep.equal([])
  })

  const small = (last: readonly string[]) =>
    [
      'Filial;NF;Serie;Data;Produto;Qtd;Total',
      '1;123;A;03/02/2026;P1;1;10,00',
      '1;123;A;03/02/2026;P2;2;25,00',
      '1;124;A;13/02/2026;P1;-1;-10,00',
      '2;123;A;14/02/2026;P3;3;9,99',
      ...last,
    ].join('\n')

  it('totals are no sales and no reason to fill blanks, however few rows there are', async () => {
    for (const last of [
      ['Total;;;;;;34,99'],
      ['Totais:;;;;;5;34,99'],
      ['Totals;;;;;;34,99'],
      ['Subtotal;;;;;;34,99', 'Grand Total;;;;;;34,99'],
      [';;;;;Soma;34,99'],
      [';;;;;;34,99'],
      [';;;;;5;34,99'],
    ]) {
      const content = small(last)
      const text = draftText(await bench.draft('small.csv', content))
      expect(text).not.to.contain('fill')
      const totals = await bench.take(parseSource(text, 'draft.yaml'), 'small.csv', content)
      expect(totals, text).to.deep.include({ accepted: 4, sales: 3, rejected: last.length })
      expect(bench.rejected().every(({ rule }) => rule === 'skipped')).to.equal(true)
      await bench.clear()
    }
  })

  it('a total below a report that writes a sale on its first row only is no sale of its own', async () => {
    const content = `${grouped}\nTotal;;;;6;61,00\n`
    const text = draftText(await bench.draft('total.csv', content))
    expect(text).to.contain('fill: [Pedido, Data, Loja]')
    const totals = await bench.take(parseSource(text, 'draft.yaml'), 'total.csv', content)
    expect(totals, text).to.deep.include({ accepted: 4, sales: 2, rejected: 1 })
  })

  it('a store that is called Total sells', async () => {
    const content = [
      'Loja;Cupom;Data;Produto;Cliente;Total',
      ...Array.from(
        { length: 8 },
        (_, i) =>
          `${i % 4 === 3 ? 'Total Centro' : 'Norte'};${i};1${i}/02/2026;P${i};${i % 2 === 0 ? 'C1' : ''};${i},50`,
      ),
    ].join('\n')
    expect(draftText(await bench.draft('called.csv', content))).not.to.contain('skip')
  })

  it('a row of numbers that adds up nothing is taken for a sale that lacks something, not for a total', async () => {
    const text = draftText(await bench.draft('lacks.csv', small([';;;;;;33,00'])))
    expect(text).not.to.contain('skip')
  })

  it('says that files may hold each sale whole', async () => {
    const text = draftText(await bench.draft('whole.csv', small([])))
    expect(text).to.match(/^ {2}extent: lines # or whole, .*withdrawn$/m)
    expect(parseSource(text.replace('extent: lines', 'extent: whole'), 'draft.yaml').sale?.extent).to.equal('whole')
  })

  it('says of amounts in another currency than the rest that they will be rejected', async () => {
    const content =
      'Ticket,Date,Store,SKU,Qty,Total\n1,2024-03-01,A,x,1,R$ 10\n2,2024-03-01,A,y,1,US$ 12\n3,2024-03-01,A,y,1,9\n'
    const { questions, numbers } = await bench.draft('mixed.csv', content)
    expect(questions.join('\n')).to.contain("some amounts name US$, and the chain's money is BRL")
    expect(numbers.map(({ key }) => key)).not.to.contain('currency')
  })

  it('tells the cost of a piece from that of a line by what it follows', async () => {
    const rows = Array.from(
      { length: 40 },
      (_, i) => `${i},2024-03-${10 + (i % 9)},A,p${i},${2 + (i % 5)},${10 + i}.00,${((10 + i) * 0.6).toFixed(2)}`,
    )
    const draft = draftText(
      await bench.draft('piece.csv', `Ticket,Date,Store,SKU,Qty,Unit Price,Cost\n${rows.join('\n')}\n`),
    )
    expect(draft).to.contain('unitCost: Cost')
  })
})

function text(value: number): string {
  const exact = micros(value)
  return exact === undefined ? 'not exact' : formatMicros(exact)
}
