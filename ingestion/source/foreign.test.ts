import { expect } from 'chai'
import { formatMicros, micros } from '#shared/records/micros.ts'
import { openPreparedSettings } from '../../test/parts/prepared.ts'
import { workbench } from '../testing.ts'
import { type Cell, workbook } from '../testing-files.ts'
import { draftText } from './draft.ts'
import { parseSource } from './load.ts'

/** A ticket of a till, in cents, as the exports below write it in their own ways. */
type Line = { sku: string; pieces: number; price: number }
type Ticket = { number: number; store: string; day: number; minute: number; lines: Line[] }

/** Twelve tickets in two stores on three days, with one to three lines; prices differ, so that nothing comes out right by chance. */
const tickets: Ticket[] = Array.from({ length: 12 }, (_, i) => ({
  number: i + 1,
  store: i % 2 === 0 ? 'A' : 'B',
  day: 13 + Math.floor(i / 4),
  minute: 10 + i,
  lines: Array.from({ length: 1 + (i % 3) }, (_, j) => ({
    sku: `P${(i * 5 + j * 3) % 11}`,
    pieces: 1 + ((i + j) % 3),
    price: 199 + (((i * 5 + j * 3) % 11) + 1) * 1_137,
  })),
}))
const lines = tickets.flatMap(ticket =>
  ticket.lines.map(line => ({ ...ticket, ...line, total: line.pieces * line.price })),
)
const sum = lines.reduce((all, { total }) => all + total, 0)

type Export = {
  what: string
  name?: string
  content: string | Buffer
  /** Cents; all lines of the tickets when left out. */
  revenue?: number
  lines?: number
  sales?: number
  units?: number
  draft?: string[]
  asks?: string[]
}

type Written = (typeof lines)[number]
const table = (header: string, row: (line: Written, index: number) => string, of: readonly Written[] = lines) =>
  `${header}\n${of.map(row).join('\n')}\n`
const us = (cents: number) =>
  `${cents < 0 ? '-' : ''}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`
const de = (cents: number) => us(cents).replace('.', ',')
const iso = ({ day, minute }: Written) => `2024-03-${day} 10:${minute}`
const of = (number: number) => tickets.find(ticket => ticket.number === number)?.lines ?? []
const ticketSum = (number: number) => of(number).reduce((all, { pieces, price }) => all + pieces * price, 0)
const off = (number: number) => (number % 2 === 0 ? Math.round(ticketSum(number) / 10) : 0)
const allOff = tickets.reduce((all, { number }) => all + off(number), 0)
const isReturn = (index: number) => index % 7 === 3
const returned = lines.reduce((all, { total }, index) => all + (isReturn(index) ? -total : total), 0)
const unitsReturned = lines.reduce((all, { pieces }, index) => all + (isReturn(index) ? -pieces : pieces), 0)
const group = (value: number, sign: string) => String(value).replace(/\B(?=(\d{3})+$)/g, sign)

const exports: Export[] = [
  {
    what: 'money without cents, with points between thousands',
    content: table(
      'Boleta;Fecha;Sucursal;SKU;Cantidad;Precio;Total',
      line =>
        `${line.number};${line.day}-03-2024;${line.store};${line.sku};${line.pieces};${group(line.price + 1000, '.')};${group(line.total + 1000 * line.pieces, '.')}`,
    ),
    revenue: (sum + lines.reduce((all, { pieces }) => all + pieces * 1000, 0)) * 100,
    asks: ['Is it the sign between thousands?'],
  },
  {
    what: 'weights of three decimals are no thousands where a zero or a plain thousand tells',
    content: 'Ticket,Date,Store,SKU,Qty,Total\n1,2024-03-13,A,x,1.250,7\n2,2024-03-14,A,y,0.500,1500\n',
    revenue: 150_700,
    lines: 2,
    sales: 2,
    units: 1.75,
  },
  {
    what: 'discounts written as negative amounts',
    content: table(
      'Transaction ID,Date,Store,SKU,Qty,Unit Price,Discount',
      (line, i) =>
        `${line.number},${iso(line)},${line.store},${line.sku},${line.pieces},${us(line.price)},${us(i % 3 === 0 ? -50 : 0)}`,
    ),
    revenue: sum - 50 * lines.filter((_, i) => i % 3 === 0).length,
    draft: ['= -[Discount]'],
  },
  {
    what: 'gross, negative discounts and net',
    content: table(
      'Transaction ID,Date,Location,SKU,Qty,Gross Sales,Discounts,Net Sales',
      (line, i) =>
        `${line.number},3/${line.day}/2024 10:${line.minute} AM,${line.store},"=""00${line.sku}""",${line.pieces},$${us(line.total)},$(${us(i % 3 === 0 ? 50 : 0)}),$${us(line.total - (i % 3 === 0 ? 50 : 0))}`,
    ),
    revenue: sum - 50 * lines.filter((_, i) => i % 3 === 0).length,
    draft: ['revenue: Net Sales', 'discount: "= -[Discounts]"'],
  },
  {
    what: "the whole ticket's total on each of its rows",
    content: table(
      'Receipt,Date,Store,Product,Qty,Price,Total',
      line =>
        `${line.number},${iso(line)},${line.store},${line.sku},${line.pieces},${us(line.price)},${us(ticketSum(line.number))}`,
    ),
  },
  {
    what: "the whole ticket's total beside that of the line",
    content: table(
      'Receipt,Date,Store,Product,Qty,Total,Line Total',
      line =>
        `${line.number},${iso(line)},${line.store},${line.sku},${line.pieces},${us(ticketSum(line.number))},${us(line.total)}`,
    ),
    draft: ['revenue: Line Total'],
  },
  {
    what: "the whole ticket's discount on each of its rows, beside what was paid",
    content: table(
      'Order,Date,Store,Product,Qty,Unit Price,Order Discount,Order Total',
      line =>
        `${line.number},${iso(line)},${line.store},${line.sku},${line.pieces},${us(line.price)},${us(off(line.number))},${us(ticketSum(line.number) - off(line.number))}`,
    ),
    revenue: sum - allOff,
  },
  {
    what: "the whole ticket's discount on each of its rows, which the lines' totals do not know",
    content: table(
      'Order,Date,Store,Product,Qty,Line Total,Order Discount,Order Total',
      line =>
        `${line.number},${iso(line)},${line.store},${line.sku},${line.pieces},${us(line.total)},${us(-off(line.number))},${us(ticketSum(line.number) - off(line.number))}`,
    ),
    revenue: sum - allOff,
  },
  {
    what: "the whole ticket's discount on each of its rows, with nothing to spread it by",
    content: table(
      'Order,Date,Store,Product,Qty,Unit Price,Discount',
      line =>
        `${line.number},${iso(line)},${line.store},${line.sku},${line.pieces},${us(line.price)},${us(off(line.number))}`,
    ),
    asks: ['is money off the whole sale'],
  },
  {
    what: 'orders in JSON with a discount of the order, beside its subtotal, and order numbers of nineteen digits',
    name: 'orders.json',
    content: `{"orders":[${tickets
      .map(
        ({ number, store, day, lines: own }) =>
          `{"id":12345678901234567${80 + number},"created_at":"2024-03-${day}T10:00:00-03:00","store":{"code":"${store}"},"subtotal":"${us(ticketSum(number))}","discount":"${us(off(number))}","shipping":"${number}.00","items":${JSON.stringify(own.map(({ sku, pieces, price }) => ({ sku, quantity: pieces, price: us(price) })))}}`,
      )
      .join(',')}]}`,
    revenue: sum - allOff,
    asks: ['"shipping" is not read'],
  },
  {
    what: 'short names of a pharmacy',
    content: table(
      'txn,txn_dt,store_no,ndc,qty,amt',
      line => `${line.number},${iso(line)},${line.store},${line.sku},${line.pieces},${us(line.total)}`,
    ),
  },
  {
    what: 'bills with the printed price beside the amount',
    content: table(
      'bill_no,bill_dt,outlet,sku_code,qty_sold,mrp,net_amt',
      line =>
        `${line.number},${iso(line)},${line.store},${line.sku},${line.pieces},${us(line.price + 500)},${us(line.total)}`,
    ),
  },
  {
    what: 'notas of a back office in Brazil',
    content: table(
      'nota;dt_movto;filial;vendedor_id;cod_barra;qtd_vend;vl_unit;vl_liq',
      line =>
        `${line.number};${line.day}/03/2024;${line.store};V1;${line.sku};${line.pieces};${de(line.price)};${de(line.total)}`,
    ),
  },
  {
    what: 'orders in JSON whose items have an amount each',
    name: 'placed.json',
    content: JSON.stringify(
      tickets.map(({ number, store, day, lines: own }) => ({
        order: { number, placed_on: `2024-03-${day}T10:00:00` },
        outlet: store,
        items: own.map(({ sku, pieces, price }) => ({ sku, qty: pieces, amount: us(pieces * price) })),
      })),
    ),
  },
  {
    what: 'returns with a minus twice',
    content: table('Invoice,Invoice Date,Store,Stock Code,Quantity,Unit Price', (line, i) => {
      const sign = isReturn(i) ? '-' : ''
      return `${line.number},${iso(line)},${line.store},${line.sku},${sign}${line.pieces},${sign}${us(line.price)}`
    }),
    revenue: returned,
    units: unitsReturned,
  },
  {
    what: 'returns that only the money tells',
    content: table(
      'Receipt,Date,Store,SKU,Qty,Total',
      (line, i) =>
        `${line.number},${iso(line)},${line.store},${line.sku},${line.pieces},${isReturn(i) ? '-' : ''}${us(line.total)}`,
    ),
    revenue: returned,
    units: unitsReturned,
    asks: ['is "Total" the total of the line'],
  },
  {
    what: 'returns that only the pieces tell',
    content: table(
      'Receipt,Date,Store,SKU,Qty,Total',
      (line, i) =>
        `${line.number},${iso(line)},${line.store},${line.sku},${isReturn(i) ? '-' : ''}${line.pieces},${us(line.total)}`,
    ),
    revenue: returned,
    units: unitsReturned,
    asks: ['Are those returns'],
  },
  {
    what: 'a column that says yes where a sale was cancelled',
    content: table(
      'Pedido;Data;Loja;Código;Descrição;Qtd;Valor Total;Cancelado',
      line =>
        `${line.number};${line.day}/03/24;${line.store};${line.sku};"Caixa\n""nova""; 2";${line.pieces};${de(line.total)};${line.number === 5 ? 'S' : 'N'}`,
    ),
    revenue: sum - ticketSum(5),
    lines: lines.length - of(5).length,
    sales: tickets.length - 1,
  },
  {
    what: 'tills that print the same numbers, a clock at midnight in the day and the time beside it',
    content: table(
      'Loja;PDV;Cupom;Data;Hora;Código;Qtde;Vlr. Total',
      line =>
        `${line.store};${(line.number % 4) + 1};7;${line.day}/03/2024 00:00:00;10:${line.minute}:00;${line.sku};${line.pieces};${de(line.total)}`,
    ),
    draft: ['[PDV]', '[Hora]'],
  },
  {
    what: 'a discount of per cent in a column that does not say so, told by the total',
    content: table('Venda;Data;Filial;SKU;Qtde;Preço;Desconto;Total', (line, i) => {
      const share = i % 3 === 0 ? 10 : i % 3 === 1 ? 20 : 0
      return `${line.number};${line.day}/03/2024;${line.store};${line.sku};${line.pieces};${de(line.price)};${share};${de(Math.round((line.total * (100 - share)) / 100))}`
    }),
    revenue: lines.reduce(
      (all, { total }, i) => all + Math.round((total * (100 - (i % 3 === 0 ? 10 : i % 3 === 1 ? 20 : 0))) / 100),
      0,
    ),
    draft: ['discountShare: "= [Desconto] / 100"'],
  },
  {
    what: 'weights, whose lines the till has rounded to cents',
    content: table(
      'Ticket,Date,Store,SKU,Qty,Price',
      line => `${line.number},${iso(line)},${line.store},${line.sku},0.${line.pieces}37,${us(line.price)}`,
    ),
    revenue: lines.reduce((all, { pieces, price }) => all + Math.round(((pieces * 100 + 37) * price) / 1000), 0),
    units: lines.reduce((all, { pieces }) => all + pieces * 100 + 37, 0) / 1000,
    draft: ['round: 2'],
  },
  {
    what: 'a till in German: a line of totals, positions, and a minus behind',
    content: Buffer.from(
      `${table(
        'Filiale;Belegnr;Pos;Datum;Uhrzeit;Artikelnr;Bezeichnung;Menge;Einzelpreis;Rabatt;Gesamtpreis;Verkäufer',
        (line, i) => {
          const minus = isReturn(i) ? '-' : ''
          return `${line.store};${line.number};${i};${line.day}.03.2024;10:${line.minute};${line.sku};Käse;${line.pieces}${minus};${de(line.price)};0,00;${de(line.total)}${minus};V1`
        },
      )}Summe;;;;;;;;;;${de(sum)};\n`,
      'latin1',
    ),
    revenue: returned,
    units: unitsReturned,
    draft: ['line: Pos', 'seller:'],
  },
  {
    what: 'a till in French: hours with an h, a delimiter behind each row that the header lacks',
    content: Buffer.from(
      table(
        'N° ticket;Date;Heure;Magasin;Référence;Désignation;Quantité;Prix unitaire;Remise;Montant TTC;Vendeur',
        line =>
          `${line.number};${line.day}/03/2024;10h${line.minute};${line.store};${line.sku};Crème;${line.pieces};${de(line.price)} \x80;0,00 \x80;${de(line.total)} \x80;V1;`,
      ),
      'latin1',
    ),
    draft: ['replace([Heure]', 'revenue: Montant TTC', 'currency: EUR'],
    asks: ["amounts name €, and the chain's money is BRL"],
  },
  {
    what: 'events with moments in seconds and numbers as texts and as numbers',
    name: 'events.ndjson',
    content: lines
      .map(line =>
        JSON.stringify({
          ticket: line.pieces === 1 ? line.number : String(line.number),
          ts: Date.UTC(2024, 2, line.day, 13, line.minute) / 1000,
          shop: line.store,
          sku: line.sku,
          qty: line.pieces === 1 ? 1 : `${line.pieces}.0`,
          unit_price: line.pieces === 1 ? line.price / 100 : us(line.price),
        }),
      )
      .join('\n'),
    draft: ['format: unix'],
  },
  {
    what: 'money off as a line of its own: no piece comes back',
    content: table(
      'Bon;Datum;Filiale;Artikel;Menge;Preis;Betrag',
      (line, i) =>
        `${line.number};${line.day}.03.2024 10:${line.minute};${line.store};${line.sku};${line.pieces};${isReturn(i) ? '-' : ''}${de(line.price)};${isReturn(i) ? '-' : ''}${de(line.total)}`,
    ),
    revenue: returned,
    units: lines.reduce((all, { pieces }) => all + pieces, 0),
  },
  {
    what: 'refunds with the figures of sales, whose discounts are negative like theirs',
    content: table('Ticket No,Type,Date,Store,Item Code,Qty,Unit Price,Discount', (line, i) => {
      const type = isReturn(i) ? 'Refund' : 'Sale'
      return `${line.number},${type},${iso(line)},${line.store},${line.sku},${line.pieces},${us(line.price)},-0.50`
    }),
    revenue: returned - lines.reduce((all, _, i) => all + (isReturn(i) ? -50 : 50), 0),
    units: unitsReturned,
  },
  {
    what: 'a discount of a piece, told by its name',
    content: table(
      'Ticket,Date,Store,SKU,Qty,Price,Unit Discount',
      line =>
        `${line.number},${iso(line)},${line.store},${line.sku},${line.pieces},${us(line.price)},0.${40 + line.minute}`,
    ),
    revenue: lines.reduce((all, { total, pieces, minute }) => all + total - pieces * (40 + minute), 0),
  },
  {
    what: 'discounts below one that are money, told by the total',
    content: table(
      'Ticket,Date,Store,SKU,Qty,Price,Discount,Amount',
      (line, i) =>
        `${line.number},${iso(line)},${line.store},${line.sku},${line.pieces},${us(line.price)},0.${40 + i},${us(line.total - 40 - i)}`,
    ),
    revenue: lines.reduce((all, { total }, i) => all + total - 40 - i, 0),
    draft: ['  discount: Discount'],
  },
  {
    what: 'net, tax and gross: the customer paid the gross',
    content: table('Invoice No,Invoice Date,Branch,Product Code,Quantity,Net Amount,VAT,Gross Amount', line => {
      const vat = Math.round(line.total / 5)
      return `${line.number},${line.day}/03/2024,${line.store},${line.sku},${line.pieces},${us(line.total)},${us(vat)},${us(line.total + vat)}`
    }),
    revenue: lines.reduce((all, { total }) => all + total + Math.round(total / 5), 0),
    asks: ['without tax'],
  },
  {
    what: 'the fields of a Brazilian invoice, with the short names of its XML',
    content: table(
      'chNFe;dhEmi;CNPJ emit;nItem;cProd;xProd;qCom;vUnCom;vProd;vDesc;vNF',
      (line, i) =>
        `3524${String(line.number).padStart(40, '0')};2024-03-${line.day}T10:${line.minute}:00-03:00;${line.store};${i};${line.sku};Pão;${line.pieces},0000;${de(line.price)}00;${de(line.total)};0,50;${de(ticketSum(line.number) - 50 * of(line.number).length)}`,
    ),
    revenue: sum - 50 * lines.length,
  },
  {
    what: 'a sheet with days and times in cells of their own, and numbers beside texts with a decimal comma',
    name: 'times.xlsx',
    content: workbook([
      ['Ticket', 'Date', 'Time', 'Store', 'SKU', 'Qty', 'Total'],
      ...lines.map(({ number, day, minute, store, sku, pieces, total }, i): Cell[] => [
        number,
        { date: 45351 + day },
        { date: (600 + minute) / 1440 },
        store,
        sku,
        pieces,
        i % 4 === 0 ? de(total) : total / 100,
      ]),
    ]),
    draft: ['columns: [Date, Time]', 'decimal: ","'],
  },
  {
    what: 'a sheet behind a cover, with a title of two cells, serial dates and a line of totals',
    name: 'book.xlsx',
    content: workbook(
      [['Relatório'], ['Gerado', 'ERP']],
      [
        ['Rede'],
        ['Período', '13/03 a 15/03'],
        ['Nota', 'Data', 'Loja', 'Produto', 'Quantidade', 'Preço', 'Total'],
        ...lines.map(({ number, day, store, sku, pieces, price, total }): Cell[] => [
          number,
          45351 + day + 0.5,
          store,
          sku,
          pieces,
          price / 100,
          total / 100,
        ]),
        ['Total', '', '', '', '', '', sum / 100],
      ],
    ),
    draft: ['sheet: "Plan2"', 'format: excel'],
  },
]

describe('exports of chains in other countries and from other programs are read to the cent by their drafts', () => {
  let bench: Awaited<ReturnType<typeof workbench>>
  before(async () => {
    bench = await workbench(openPreparedSettings)
  })
  beforeEach(() => bench.clear())
  after(() => bench.close())

  for (const { what, name = 'export.csv', content, ...expected } of exports)
    it(what, async () => {
      const { questions, text } = await drafted(name, content)
      for (const said of expected.draft ?? []) expect(text).to.contain(said)
      for (const asked of expected.asks ?? []) expect(questions, text).to.contain(asked)
      const totals = await bench.take(parseSource(text, 'draft.yaml'), name, content)
      const read = [...bench.lines().values()]
      const added = (of: 'revenue' | 'quantity') => read.reduce((all, line) => all + line[of], 0)
      expect(totals.accepted + totals.rejected + totals.duplicates).to.equal(totals.rows)
      expect(
        { lines: read.length, sales: totals.sales, revenue: cents(added('revenue')), units: added('quantity') / 1e6 },
        text,
      ).to.deep.equal({
        lines: expected.lines ?? lines.length,
        sales: expected.sales ?? tickets.length,
        revenue: cents((expected.revenue ?? sum) * 10_000),
        units: expected.units ?? read.reduce((all, line) => all + line.quantity, 0) / 1e6,
      })
      expect(bench.rejected().filter(record => record.rule !== 'skipped')).to.deep.equal([])
    })

  it('short numbers of a single day: the next day replaces nothing', async () => {
    const day = (date: string) =>
      `Ticket,Date,Store,SKU,Qty,Total\n1,${date} 10:00,A,x,1,5.00\n2,${date} 11:00,A,y,1,6.00\n`
    const { text } = await drafted('day.csv', day('2024-03-13'))
    await bench.take(parseSource(text, 'draft.yaml'), 'day.csv', day('2024-03-13'))
    await bench.take(parseSource(text, 'draft.yaml'), 'next.csv', day('2024-03-14'))
    expect(bench.lines().size, text).to.equal(4)
  })

  it('a return that names the first ticket replaces none of its lines when it comes in a later file', async () => {
    const header = 'Ticket,Date,Store,SKU,Qty,Total\n'
    const sold = Array.from({ length: 100 }, (_, i) => `${i},2024-03-${10 + Math.floor(i / 10)},A,x,1,5.00`).join('\n')
    const { text } = await drafted('sold.csv', `${header}${sold}\n1,2024-03-19,A,x,-1,-5.00\n`)
    await bench.take(parseSource(text, 'draft.yaml'), 'sold.csv', `${header}${sold}\n`)
    await bench.take(parseSource(text, 'draft.yaml'), 'back.csv', `${header}1,2024-03-20,A,x,-1,-5.00\n`)
    expect(bench.lines().size, text).to.equal(101)
  })

  it('accents that come late are read, as the draft states no encoding for plain letters', async () => {
    const header = 'Ticket,Date,Store,SKU,Qty,Total\n'
    const plain = Array.from({ length: 9_000 }, (_, i) => `${i},2024-03-13 10:00,A,product ${i},1,5.00`).join('\n')
    const content = Buffer.from(`${header}${plain}\n9001,2024-03-13 10:00,A,Pão,1,5.00\n`, 'latin1')
    const { text } = await drafted('late.csv', content)
    await bench.take(parseSource(text, 'draft.yaml'), 'late.csv', content)
    expect([...bench.lines().values()].at(-1)?.product).to.equal('Pão')
  })

  it('asks about numbers that a spreadsheet has shortened, and about sheets that would be left out', async () => {
    const shortened = table(
      'Ticket;Data;Loja;EAN;Qtde;Total',
      line => `${line.number};${line.day}/03/2024;${line.store};7,89100E+12;1;${de(line.total)}`,
    )
    expect((await drafted('ean.csv', shortened)).questions).to.contain(
      'a spreadsheet has shortened the numbers in "EAN"',
    )
    const sheet = (from: number) => [
      ['Nota', 'Data', 'Loja', 'Produto', 'Quantidade', 'Total'],
      ...lines
        .slice(from)
        .map(({ number, day, store, sku, pieces, total }): Cell[] => [
          number,
          { date: 45351 + day },
          store,
          sku,
          pieces,
          total / 100,
        ]),
    ]
    const book = await drafted('months.xlsx', workbook(sheet(0), sheet(3)))
    expect(book.questions).to.contain('only the sheet "Plan1" is read; "Plan2" has the same columns')
  })

  it('asks whether a discount below one is a share or money where no total tells', async () => {
    const content = table(
      'Ticket,Date,Store,SKU,Qty,Price,Discount',
      (line, i) => `${line.number},${iso(line)},${line.store},${line.sku},1,${us(line.price)},0.${10 + (i % 5)}`,
    )
    expect((await drafted('below.csv', content)).questions).to.contain('is it a share')
  })

  it('names the columns that it does not read', async () => {
    const { text } = await drafted(
      'more.csv',
      table(
        'Ticket,Date,Store,SKU,Qty,Total,Weather',
        line => `${line.number},${iso(line)},${line.store},${line.sku},1,${us(line.total)},dry`,
      ),
    )
    expect(text).to.contain('# Not read: Weather')
  })

  async function drafted(name: string, content: string | Buffer): Promise<{ text: string; questions: string }> {
    const draft = await bench.draft(name, content)
    return { text: draftText(draft), questions: draft.questions.join('\n') }
  }
})

function cents(value: number): string {
  const exact = micros(Math.round(value / 10_000) * 10_000)
  return exact === undefined || Math.abs(value - exact) > 50 ? `not exact: ${value}` : formatMicros(exact)
}
