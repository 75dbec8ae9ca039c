import { inflateRawSync, inflateSync } from 'node:zlib'
import { expect } from 'chai'
import { excelDialect, plainDialect, toCsv } from './csv.ts'
import { toPdf } from './pdf.ts'
import { exact, type Manner, type Sheet } from './sheet.ts'
import { toXlsx } from './xlsx.ts'

const manner: Manner = { locale: 'pt-BR', currency: 'BRL', timeZone: 'America/Sao_Paulo', chain: 'Grupo X' }
const sheet: Sheet = {
  title: 'Lojas',
  notes: ['Período: 1 a 31 de maio'],
  columns: [
    { name: 'Loja', kind: 'text' },
    { name: 'Dia', kind: 'day' },
    { name: 'Receita', kind: 'money' },
    { name: 'Unidades', kind: 'number' },
    { name: 'Margem %', kind: 'share' },
  ],
  rows: [
    ['São Paulo; "Centro"', '2020-05-01', 1_234_505_000n, 2.5, 0.25],
    ['=HYPERLINK("http://elsewhere.example")', '2020-05-02', -10_000_000n, -1, null],
  ],
  total: ['Total', null, 1_224_505_000n, 1.5, 0.2],
}

describe('a table as a file', () => {
  it('is CSV with every digit, for programs and for the Excel of a country', () => {
    expect(toCsv(sheet, plainDialect).toString('utf8')).to.equal(
      '\uFEFFLoja,Dia,Receita,Unidades,Margem %\r\n"São Paulo; ""Centro""",2020-05-01,1234.505,2.5,0.25\r\n"\'=HYPERLINK(""http://elsewhere.example"")",2020-05-02,-10.00,-1,\r\n',
    )
    expect(toCsv(sheet, excelDialect('pt-BR')).toString('utf8')).to.include(';2020-05-01;1234,505;2,5;0,25\r\n')
  })

  it('keeps what a spreadsheet would run as text, in every column of text', () => {
    for (const text of ['=1', '+1', '-1', '@x', '\t=1', '  =1', '＝1']) {
      const csv = toCsv({ ...sheet, rows: [[text, null, 0n, 0, 0]] }, plainDialect).toString('utf8')
      expect(csv.split('\r\n')[1], text).to.match(/^"?'/)
    }
  })

  it('is a workbook with typed cells and no formula', async () => {
    const xml = entryOf(await toXlsx(sheet, manner), 'xl/worksheets/sheet1.xml')
    expect(xml).to.include('<v>1234.505</v>').and.include('<v>-10</v>')
    expect(xml).to.include('<v>1224.505</v>')
    expect(xml).not.to.match(/<f>/)
    expect(xml).to.match(/state="frozen"/)
  })

  it('is a PDF of as many pages as it needs, with accents', async () => {
    const rows = Array.from({ length: 120 }, (_, at) => [`Loja ção ${at}`, '2020-05-01', 10_000_000n, at, 0.1])
    const pdf = await toPdf({ ...sheet, rows }, manner, new Date(0))
    expect(pdf.subarray(0, 5).toString()).to.equal('%PDF-')
    const pages = pdf.toString('latin1').match(/\/Type \/Page\b/g) ?? []
    expect(pages).to.have.length(4)
    expect(streamsOf(pdf)).to.match(/Tf/)
  })

  it('writes amounts with at least two decimals and never fewer than they have', () => {
    expect([0n, 5n, -10_000n, 1_500_000n, 77_548_570_200_000n].map(exact)).to.deep.equal([
      '0.00',
      '0.000005',
      '-0.01',
      '1.50',
      '77548570.20',
    ])
  })
})

function entryOf(zip: Buffer, name: string): string {
  let at = zip.indexOf('PK\u0001\u0002', 0, 'latin1')
  while (at >= 0) {
    const [size, nameSize, offset] = [zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28), zip.readUInt32LE(at + 42)]
    if (zip.toString('utf8', at + 46, at + 46 + nameSize) === name) {
      const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28)
      const packed = zip.subarray(start, start + size)
      return (zip.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed)).toString('utf8')
    }
    at = zip.indexOf('PK\u0001\u0002', at + 4, 'latin1')
  }
  throw new Error(`no ${name} in the archive`)
}

function streamsOf(pdf: Buffer): string {
  const found: string[] = []
  for (let at = pdf.indexOf('stream\n'); at >= 0; at = pdf.indexOf('stream\n', at + 7)) {
    try {
      found.push(inflateSync(pdf.subarray(at + 7)).toString('latin1'))
    } catch {
      // Not every stream is deflated.
    }
  }
  return found.join('\n')
}
