import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { DataAppError } from '#shared/error.ts'
import { formatMicros } from '#shared/records/micros.ts'
import { openPreparedSettings } from '../test/parts/prepared.ts'
import { StoppedIntake } from './intake.ts'
import { source, workbench } from './testing.ts'
import { workbook, zipped } from './testing-files.ts'
import { noTotals, type Totals } from './totals.ts'

/** One dirty file: what is in it, what the source says about it, and what must come of it. */
type Case = {
  what: string
  yaml?: string
  name?: string
  content: string | Buffer
  /** Revenue of the accepted lines in order, or the code of the error that stops the file. */
  accepted: string[]
  rejected?: string[]
  duplicates?: number
  stops?: string
  soldAt?: string[]
  sales?: string[]
  said: string
}

const map = 'sale: { id: id, store: loja, soldAt: dia, product: p, quantity: q, revenue: total }'
const head = 'id,loja,dia,p,q,total\n'
const row = (total: string, dia = '2024-03-05', id = '1') => `${id},1,${dia},x,1,${total}\n`
const dated = (format: string, zone = '') => `dates: { format: ${format}${zone} }\n${map}`
/** A zip whose members say that they are encrypted. */
const locked = (zip: Buffer) => {
  for (const [signature, flags] of [
    [0x04034b50, 6],
    [0x02014b50, 8],
  ] as const)
    for (let at = 0; at + 30 < zip.length; at++)
      if (zip.readUInt32LE(at) === signature) zip.writeUInt16LE(1, at + flags)
  return zip
}
const zero = (text: string, bytes: number) => text.padEnd(bytes, '\u0000')

const cases: Case[] = [
  {
    what: 'UTF-8 with a byte order mark',
    content: `\ufeff${head}${row('5')}`,
    accepted: ['5'],
    said: 'The mark is dropped.',
  },
  {
    what: 'One id in several writings: two Unicode forms, blanks twice or hard, characters without width, another case',
    content: `${head}V 1,São,2024-03-05,x,1,5\nV 1,Sa\u0303o,2024-03-05,x,1,6\nV\u00a0\u200b1, São,2024-03-05,x,1,7\nv 1,SÃO,2024-03-05,x,1,8\n`,
    accepted: ['5', '6', '7', '8'],
    sales: ['V 1', 'V 1', 'V 1', 'v 1'],
    said: 'One sale, whose lines are counted on; another case is another id unless a quality rule says otherwise, but never the same line.',
  },
  {
    what: 'UTF-16, little or big end first',
    content: Buffer.from(`\ufeff${head}${row('5')}`, 'utf16le'),
    accepted: ['5'],
    said: 'Recognised, with or without a byte order mark.',
  },
  {
    what: 'Latin-1 or Windows-1252 accents',
    content: Buffer.from(`${head}1,São,2024-03-05,ção,1,5\n`, 'latin1'),
    accepted: ['5'],
    said: 'Recognised when most accents are no UTF-8.',
  },
  {
    what: 'UTF-8 with some rows that another program wrote in Latin-1',
    content: Buffer.concat([
      Buffer.from(`${head}${row('5', '2024-03-05', 'ção')}${row('6', '2024-03-05', 'café')}`),
      Buffer.from(row('7', '2024-03-05', 'pão'), 'latin1'),
    ]),
    accepted: ['5', '6', '7'],
    sales: ['ção', 'café', 'pão'],
    said: 'A file is what most of its accents are. In UTF-8, also when the source file states it, a byte that is no part of it is read as Windows-1252.',
  },
  {
    what: 'Decimal comma, point between thousands',
    yaml: `numbers: { decimal: ",", thousands: "." }\nformat: { delimiter: ";" }\n${map}`,
    content: 'id;loja;dia;p;q;total\n1;1;2024-03-05;x;1;1.234,56\n',
    accepted: ['1234.56'],
    said: 'Read exactly as `numbers` says.',
  },
  {
    what: '`1,234` without a declared thousands sign',
    content: `${head}1,1,2024-03-05,x,1,"1,234"\n${row('5')}`,
    accepted: ['5'],
    rejected: ['number'],
    said: 'Rejected: it could be one or a thousand. Declare `numbers.thousands`.',
  },
  {
    what: 'Currency signs and blanks inside numbers',
    yaml: `numbers: { decimal: "," }\nformat: { delimiter: ";" }\n${map}`,
    content: 'id;loja;dia;p;q;total\n1;1;2024-03-05;x;1;R$ 1 234,50\n1;1;2024-03-05;x;1;$3\n',
    accepted: ['1234.5', '3'],
    said: "The sign or the code of the source's currency and blanks, also hard ones, are dropped. `$` alone may be any dollar, peso or real.",
  },
  {
    what: 'Negative in parentheses, or with the minus behind',
    content: `${head}${row('(5.50)')}${row('7-')}${row('-1')}`,
    accepted: ['-5.5', '-7', '-1'],
    said: 'Read as negative.',
  },
  {
    what: 'The sign of a currency outside the parentheses of a negative amount',
    content: `${head}${row('$(5.50)')}${row('"$ (1,007.25)"').replace(',1,"', ',2,"')}`,
    yaml: `numbers: { thousands: "," }\n${map}`,
    accepted: ['-5.5', '-1007.25'],
    said: 'Read as negative.',
  },
  {
    what: '`12,-`: an amount without cents as German and Dutch tills print it',
    yaml: `numbers: { decimal: ",", thousands: ".", currency: EUR }\nformat: { delimiter: ";" }\n${map}`,
    content: 'id;loja;dia;p;q;total\n1;1;2024-03-05;x;1;12,-\n1;1;2024-03-05;x;1;€ 1.200,--\n1;1;2024-03-05;x;1;-3,-\n',
    accepted: ['12', '1200', '-3'],
    said: 'The dashes stand for the cents and are no minus.',
  },
  {
    what: 'Indian grouping: `1,23,456.78`',
    yaml: `numbers: { thousands: ",", currency: INR }\n${map}`,
    content: `${head}${row('"1,23,456.78"')}${row('"₹ 12,34,56,789.50"')}${row('"Rs. 7,500.00"')}${row('"1,2,345"')}`,
    accepted: ['123456.78', '123456789.5', '7500'],
    rejected: ['number'],
    said: 'Read with `numbers.thousands: ","`; other groups than of two and then three digits are rejected.',
  },
  {
    what: 'Currencies written with letters',
    yaml: `numbers: { decimal: ",", thousands: " ", currency: SEK }\nformat: { delimiter: ";" }\n${map}`,
    content: `id;loja;dia;p;q;total\n${['1 299,00 kr', 'kr. 45,00', 'SEK 9,90'].map((text, i) => `${i};1;2024-03-05;x;1;${text}`).join('\n')}\n`,
    accepted: ['1299', '45', '9.9'],
    said: 'Dropped, as signs are: the code, and `Rs.`, `kr`, `zł`, `Kč`, `Ft`, `lei`.',
  },
  {
    what: 'An amount that names another currency, as `US$ 10.00` in a chain whose money is in reais',
    content: `${head}${['USD 10', 'US$ 10', '10 EUR', '£10', 'BRL 10'].map((total, i) => row(total, '2024-03-05', `${i}`)).join('')}`,
    accepted: ['10'],
    rejected: ['currency', 'currency', 'currency', 'currency'],
    said: "Rejected, with the name: it would count as if it were the chain's. A source whose money is in another currency says `numbers.currency`, and a `currency` rule of [quality](quality.md) converts it.",
  },
  {
    what: 'Amounts of another currency inside a calculation',
    yaml: map.replace(
      'revenue: total',
      `revenue: '= if(startsWith([total], "US$"), number(replace([total], "US$", "")) * 5.4, [total] - 1)'`,
    ),
    content: `${head}${row('US$ 10')}${row('€ 10')}${row('R$ 10')}`,
    accepted: ['54', '9'],
    rejected: ['currency'],
    said: 'The same, unless the calculation takes the sign away and converts.',
  },
  {
    what: 'A code of three letters that is no currency',
    yaml: map.replace('quantity: q', `quantity: '= [q] * 2'`),
    content: `${head}${row('XXX 10')}${row('10 ABC')}1,1,2024-03-05,x,3 UND,12\n`,
    accepted: ['12'],
    rejected: ['number', 'number'],
    said: 'No number. Behind a quantity it is a unit and dropped.',
  },
  {
    what: 'A derived column with decimals where the export writes a decimal comma',
    yaml: 'numbers: { decimal: ",", thousands: "." }\nformat: { delimiter: ";" }\nderive: { kilos: "[q] / 1000", twice: "kilos + kilos" }\nsale: { id: id, store: loja, soldAt: dia, product: p, quantity: { expression: "[q] / 1000", default: 0.125 }, revenue: kilos, cost: { column: twice, default: 0.5 } }',
    content: 'id;loja;dia;p;q;total\n1;1;2024-03-05;x;1234;1\n',
    accepted: ['1.234'],
    said: 'A number that was calculated stays that number.',
  },
  {
    what: 'Per cent',
    yaml: `${map.replace('revenue: total', 'unitPrice: q, discountShare: total')}`,
    content: `${head}1,1,2024-03-05,x,100,15%\n`,
    accepted: ['8500'],
    said: '`15%` is 0.15.',
  },
  {
    what: 'Two-digit years',
    yaml: dated('DD/MM/YY'),
    content: head + row('5', '05/03/24') + row('6', '05/03/98'),
    accepted: ['5', '6'],
    soldAt: ['2024-03-05T00:00:00', '1998-03-05T00:00:00'],
    said: '70 to 99 are the last century, 00 to 69 this one.',
  },
  {
    what: 'Month names in Portuguese and English',
    yaml: dated('["DD MMM YYYY", "MMM D, YYYY"]'),
    content: `${head}1,1,5 fev 2024,x,1,5\n2,1,"Aug 7, 2024",x,1,6\n3,1,1 março 2024,x,1,7\n`,
    accepted: ['5', '6', '7'],
    soldAt: ['2024-02-05T00:00:00', '2024-08-07T00:00:00', '2024-03-01T00:00:00'],
    said: 'Short and long, letter case and accents aside.',
  },
  {
    what: 'Month names in Spanish, French, German, Italian and Dutch',
    yaml: dated('["D MMM YYYY", "D. MMM YYYY"]'),
    content: `${head}${['5 ene 2024', '5 févr. 2024', '5 avril 2024', '5 juillet 2024', '5. Okt 2024', '5. März 2024', '5 giu 2024', '5 mei 2024'].map((day, i) => row(`${i}`, day, `${i}`)).join('')}`,
    accepted: ['0', '1', '2', '3', '4', '5', '6', '7'],
    soldAt: ['01', '02', '04', '07', '10', '03', '06', '05'].map(month => `2024-${month}-05T00:00:00`),
    said: 'Short and long; June and July are told apart by the fourth letter.',
  },
  {
    what: 'Excel serial dates',
    yaml: dated('excel'),
    content: head + row('5', '45356.5'),
    accepted: ['5'],
    soldAt: ['2024-03-05T12:00:00'],
    said: 'Format `excel`.',
  },
  {
    what: 'A moment with an offset from UTC',
    content: head + row('5', '2024-03-05T23:30:00Z'),
    accepted: ['5'],
    soldAt: ['2024-03-05T20:30:00'],
    said: "Becomes the chain's own time (`DATAAPP_TIME_ZONE`).",
  },
  {
    what: 'Another time zone than the chain',
    yaml: dated('"YYYY-MM-DD HH:mm"', ', zone: America/New_York'),
    content: head + row('5', '2024-07-05 12:00'),
    accepted: ['5'],
    soldAt: ['2024-07-05T13:00:00'],
    said: 'Converted with the rules of that day; a bare day is never moved.',
  },
  {
    what: 'The hour that does not exist (clocks go forward)',
    yaml: dated('"YYYY-MM-DD HH:mm"', ', zone: America/New_York'),
    content: head + row('5', '2024-03-10 02:30'),
    accepted: ['5'],
    soldAt: ['2024-03-10T04:30:00'],
    said: 'Moves forward by the gap, as a clock that nobody had set. The hour that comes twice is the first of the two.',
  },
  {
    what: '30 February, or a date in another order',
    yaml: dated('DD/MM/YYYY'),
    content: head + row('5', '30/02/2024') + row('6', '12/31/2024') + row('7', '31/12/2024'),
    accepted: ['7'],
    rejected: ['date', 'date'],
    said: 'Rejected, never guessed.',
  },
  {
    what: 'A date before 1970 or after 2105',
    yaml: dated('["DD/MM/YYYY[ HH:mm]", unix]'),
    content:
      head +
      ['31/12/1969', '01/01/2106', '31/12/2199', '99999999999999', '31/12/2105 23:59']
        .map((day, i) => row(`${i}`, day, `${i}`))
        .join(''),
    accepted: ['4'],
    rejected: ['date', 'date', 'date', 'date'],
    soldAt: ['2105-12-31T23:59:00'],
    said: 'Rejected: a typing error. The warehouse keeps the days and times between.',
  },
  {
    what: 'A moment with an offset whose day in the chain lies before 1970',
    content: head + row('5', '1970-01-01T02:59:59Z') + row('6', '1970-01-01T03:00:00Z'),
    accepted: ['6'],
    rejected: ['date'],
    soldAt: ['1970-01-01T00:00:00'],
    said: 'The same.',
  },
  {
    what: 'A date format in the letters of another program',
    yaml: dated('dd/mm/yyyy'),
    content: head + row('5', '05/03/2024'),
    accepted: [],
    stops: 'SOURCE_WRONG',
    said: 'Fails before any row is read and says which letters are meant.',
  },
  {
    what: 'A date format whose brackets are no pairs',
    yaml: dated('"DD/MM/YYYY[ HH:mm"'),
    content: head + row('5', '05/03/2024'),
    accepted: [],
    stops: 'SOURCE_WRONG',
    said: 'The same.',
  },
  {
    what: 'A draft whose questions are still open',
    yaml: map.replace('product: p', 'product: "?"'),
    content: head + row('5'),
    accepted: [],
    stops: 'SOURCE_OPEN',
    said: 'Fails before any row is read and says so.',
  },
  {
    what: 'Ragged rows: fields too few or too many',
    content: `${head}1,1,2024-03-05,x,1\n1,1,2024-03-05,x,1,5,9\n${row('6')}`,
    accepted: ['6'],
    rejected: ['columns', 'columns'],
    said: 'Rejected: fields have shifted. Empty fields at the end do no harm; `format.ragged: pad` allows missing ones.',
  },
  {
    what: 'Cells that Excel was told to take as text: `="00123"`',
    content: `${head}1,="01",2024-03-05,"=""00123""",1,="5.5"\n1,="01",2024-03-05,x,1,6\n`,
    accepted: ['5.5', '6'],
    sales: ['1', '1'],
    said: 'Read as the text inside.',
  },
  {
    what: 'Repeated header names',
    yaml: map.replace('revenue: total', 'revenue: q (2)'),
    content: 'id,loja,dia,p,q,q\n1,1,2024-03-05,x,1,5\n',
    accepted: ['5'],
    said: 'The second is called `q (2)`.',
  },
  {
    what: 'A header line wrapped whole in quotes',
    content: `"id,loja,dia,p,q,total"\n${row('5')}`,
    accepted: ['5'],
    said: 'Unwrapped; rows wrapped in the same way too.',
  },
  {
    what: 'Title lines above the header',
    content: `Vendas de março\n\nLoja 1\n${head}${row('5')}`,
    accepted: ['5'],
    said: 'The header is the first line that has the columns the source names.',
  },
  {
    what: 'Totals below the data',
    yaml: `skip: [{ when: 'startsWith(id, "Total")', reason: total }]\n${map}`,
    content: `${head}${row('5')}Total,,,,,5\n`,
    accepted: ['5'],
    rejected: ['skipped'],
    said: 'Set aside by `skip` with its reason (rule `skipped`, no bad row); without it rejected as incomplete.',
  },
  {
    what: 'The header once more in the middle',
    content: `${head}${row('5')}${head}${row('6')}`,
    accepted: ['5', '6'],
    rejected: ['skipped'],
    said: 'Set aside.',
  },
  {
    what: 'Stray quotes',
    content: `${head}1,1,2024-03-05,"5" pipe",1,5\n2,1,2024-03-05,5" pipe,1,6\n`,
    accepted: ['5', '6'],
    said: 'A quote that opens or closes nothing is an ordinary sign. `format.quote: none` makes all of them so.',
  },
  {
    what: 'A quote that is never closed',
    content: `${head}1,1,2024-03-05,"x,1,5\n${row('6')}`,
    accepted: ['6'],
    rejected: ['quote'],
    said: 'That line is rejected, reading goes on with the next.',
  },
  {
    what: 'Line breaks inside quoted fields',
    content: `${head}1,1,2024-03-05,"x",1,"5"\n2,1,2024-03-05,y,1,"6\n"\n3,1,soon,y,1,6\n`,
    accepted: ['5', '6'],
    rejected: ['date'],
    said: 'Part of the field; line numbers stay those of the file.',
  },
  {
    what: 'NUL bytes',
    content: `${head}1,1,2024-03-05,x\u0000,1,5\n${row('6')}`,
    accepted: ['6'],
    rejected: ['characters'],
    said: 'The row is rejected.',
  },
  {
    what: 'An id of nothing but characters without width, as web pages leave them behind',
    yaml: map.replace('product: p', 'product: p, seller: q').replace('quantity: q, ', ''),
    content: `${head}1,\u200b,2024-03-05,x,,5\n1,1,2024-03-05,\u2060\ufeff,,5\n\u00ad,1,2024-03-05,x,,5\n1,1,2024-03-05,x,\u200b,6\n`,
    accepted: ['6'],
    rejected: ['missing', 'missing', 'missing'],
    said: 'Empty: rejected where the id must be there, nothing where it may be missing.',
  },
  {
    what: 'Mixed line ends, blank lines, no line end at the end',
    content: `${head.trim()}\r\n${row('5').trim()}\r\n\r\n\n${row('6').trim()}`,
    accepted: ['5', '6'],
    said: 'All the same. Blank lines are no rows.',
  },
  {
    what: 'Exact repeats of a row',
    content: head + row('5') + row('5') + row('6'),
    accepted: ['5', '6'],
    duplicates: 1,
    said: 'Duplicates, unless the source says `duplicates: none`.',
  },
  {
    what: 'A line number said twice with other values',
    yaml: map.replace('quantity: q', 'line: q'),
    content: head + row('5') + row('6'),
    accepted: ['5'],
    rejected: ['line-twice'],
    said: 'The first counts, the other is rejected.',
  },
  {
    what: 'Gzip',
    name: 'a.csv.gz',
    content: gzipSync(`${head}${row('5')}`),
    accepted: ['5'],
    said: 'Recognised by its first bytes, whatever the name.',
  },
  {
    what: 'Zip of one member',
    name: 'a.zip',
    content: zipped([['vendas.csv', `${head}${row('5')}`]]),
    accepted: ['5'],
    said: 'Read as a stream.',
  },
  {
    what: 'Zip whose one export lies in a folder, beside what a Mac adds',
    name: 'a.zip',
    content: zipped([
      ['export/', ''],
      ['__MACOSX/export/._vendas.csv', '\u0000\u0005\u0016\u0007'],
      ['export/vendas.csv', `${head}${row('5')}`],
    ]),
    accepted: ['5'],
    said: 'The export is read, folders and hidden files are passed over.',
  },
  {
    what: 'Zip of several exports',
    name: 'a.zip',
    content: zipped([
      ['a.csv', `${head}${row('5')}`],
      ['b.csv', `${head}${row('6', '2024-03-06', '2')}`],
    ]),
    accepted: [],
    stops: 'FILE_SEVERAL',
    said: 'Stopped: it names them, so that none is left out unseen. Unpacked they can be read as a directory.',
  },
  {
    what: 'Zip with a password',
    name: 'a.zip',
    content: locked(zipped([['vendas.csv', `${head}${row('5')}`]])),
    accepted: [],
    stops: 'FILE_LOCKED',
    said: 'Fails and says so.',
  },
  {
    what: 'Gzip cut in the middle',
    name: 'a.csv.gz',
    content: gzipSync(
      head + Array.from({ length: 2000 }, (_, i) => row(String((i * 7919) % 9973), '2024-03-05', String(i))).join(''),
    ).subarray(0, 6000),
    accepted: ['*'],
    stops: 'FILE_CUT',
    said: 'What was whole is kept, the command fails and says so.',
  },
  {
    what: 'A file cut in the middle of a row',
    content: `${head}${row('5')}2,1,2024-03`,
    accepted: ['5'],
    rejected: ['columns'],
    said: 'The last row is rejected.',
  },
  {
    what: 'A gzip bomb',
    name: 'bomb.csv.gz',
    content: gzipSync(Buffer.concat([Buffer.from(head), Buffer.alloc(80 * 1024 * 1024, 10)])),
    accepted: [],
    stops: 'FILE_BOMB',
    said: 'Stopped when it grows beyond 300 times its size (and 64 MB).',
  },
  { what: 'An empty file', content: '', accepted: [], stops: 'FILE_EMPTY', said: 'Fails and says so.' },
  {
    what: 'A file that is not text',
    content: Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7) % 251)),
    accepted: [],
    stops: 'FILE_NOT_TEXT',
    said: 'Fails and says what can be read.',
  },
  {
    what: 'A file that is not text, whatever encoding the source file states',
    yaml: `format: { delimiter: ",", encoding: utf-8 }\n${map}`,
    content: Buffer.concat([Buffer.from('\u007fELF'), Buffer.alloc(3000), Buffer.from('data\n')]),
    accepted: [],
    stops: 'FILE_NOT_TEXT',
    said: 'The same.',
  },
  {
    what: 'The wrong delimiter',
    yaml: `format: { delimiter: ";" }\n${map}`,
    content: head + row('5'),
    accepted: [],
    stops: 'SOURCE_WRONG_DELIMITER',
    said: 'Fails and names the delimiter that the file seems to have.',
  },
  {
    what: 'A column that is not there',
    content: 'id,loja,dia,p,q,totals\n1,1,2024-03-05,x,1,5\n',
    accepted: [],
    stops: 'SOURCE_UNKNOWN_COLUMN',
    said: 'Fails before any row is read, with the nearest name.',
  },
  {
    what: 'JSON: an array of records',
    name: 'a.json',
    content: JSON.stringify([{ id: '1', loja: 1, dia: '2024-03-05', p: 'x', q: 2, total: 0.1 }]),
    accepted: ['0.1'],
    said: 'Numbers as they are written.',
  },
  {
    what: 'JSON: numbers with more digits than a binary fraction holds',
    name: 'a.json',
    content:
      '[{"id":1234567890123456789,"loja":"1","dia":"2024-03-05","p":"x \\"1234567890123456789\\"","q":1,"total":5},{"id":1234567890123456788,"loja":"1","dia":"2024-03-05","p":"x","q":1,"total":0.1234560000000000001}]',
    yaml: map.replace('id: id', 'id: { columns: [id, p], join: " " }'),
    accepted: ['5', '0.123456'],
    sales: ['1234567890123456789 x "1234567890123456789"', '1234567890123456788 x'],
    said: 'Read as they are written: long order numbers stay apart.',
  },
  {
    what: 'JSON: an array deep inside, lines inside sales',
    name: 'a.json',
    yaml: 'format: { records: data.sales, each: items }\nsale: { id: id, store: shop.code, soldAt: at, product: items.sku, quantity: items.n, revenue: items.total }',
    content: JSON.stringify({
      meta: [1],
      data: {
        sales: [
          {
            id: 9,
            shop: { code: 'A' },
            at: '2024-03-05',
            items: [
              { sku: 'x', n: 1, total: '5.00' },
              { sku: 'y', n: 1, total: 6 },
            ],
          },
        ],
      },
    }),
    accepted: ['5', '6'],
    said: '`format.records` says where, `format.each` makes one row for each element.',
  },
  {
    what: 'NDJSON with a broken line',
    name: 'a.ndjson',
    content:
      '{"id":1,"loja":"1","dia":"2024-03-05","p":"x","q":1,"total":5}\n{"id":2,\n{"id":3,"loja":"1","dia":"2024-03-05","p":"x","q":1,"total":6}\n',
    accepted: ['5', '6'],
    rejected: ['json'],
    said: 'That line is rejected.',
  },
  {
    what: 'A sale written on its first row only, blanks below',
    yaml: `format: { fill: [id, loja, dia] }\n${map}`,
    content: `${head}1,1,2024-03-05,x,1,5\n,,,x,1,5\n,,,y,1,7\n2,1,2024-03-06,x,1,5\n,,,y,1,7\n`,
    accepted: ['5', '7', '5', '7'],
    duplicates: 1,
    said: '`format.fill` names the columns whose blank cells repeat the one above; rows are repeats only when they mean the same.',
  },
  {
    what: 'Ruled lines of a report for a printer',
    content: `${head}------------\n${row('5')}==========\n`,
    accepted: ['5'],
    rejected: ['skipped', 'skipped'],
    said: 'Set aside.',
  },
  {
    what: 'JSON whose records are not where they are looked for',
    name: 'a.json',
    content: JSON.stringify({ meta: {}, data: { sales: [{ id: 1 }] } }),
    accepted: [],
    stops: 'FILE_DAMAGED',
    said: 'Fails and says so. `format.records` names their place; `source infer` finds it.',
  },
  {
    what: 'JSON cut in the middle',
    name: 'a.json',
    content: '[{"id":1,"loja":"1","dia":"2024-03-05","p":"x","q":1,"total":5},{"id":2,"lo',
    accepted: ['*'],
    stops: 'FILE_CUT',
    said: 'What was whole is kept, the command fails and says so.',
  },
  {
    what: 'XLSX with titles, real dates, formulas',
    name: 'a.xlsx',
    content: workbook([
      ['Vendas'],
      [],
      ['id', 'loja', 'dia', 'p', 'q', 'total'],
      ['1', 'A', { date: 45356 }, 'x', 2, 0.30000000000000004],
    ]),
    accepted: ['0.3'],
    soldAt: ['2024-03-05T00:00:00'],
    said: 'Date cells come as dates, numbers without binary noise, formulas with their last value.',
  },
  {
    what: 'XLSX from an old Mac, whose names have a prefix: days since 1904, times in a column of their own',
    name: 'a.xlsx',
    yaml: map.replace('soldAt: dia', 'soldAt: { columns: [dia, hora], join: " " }'),
    content: zipped([
      ['[Content_Types].xml', '<Types/>'],
      [
        'xl/workbook.xml',
        '<x:workbook><x:workbookPr date1904="1"/><x:sheets><x:sheet name="A" r:id="r"/></x:sheets></x:workbook>',
      ],
      ['xl/_rels/workbook.xml.rels', '<Relationships><Relationship Id="r" Target="/xl/s.xml"/></Relationships>'],
      [
        'xl/styles.xml',
        '<x:styleSheet><x:cellXfs><x:xf numFmtId="14"/><x:xf numFmtId="20"/><x:xf numFmtId="0"/></x:cellXfs></x:styleSheet>',
      ],
      [
        'xl/s.xml',
        `<x:worksheet><x:sheetData><x:row>${['id', 'loja', 'dia', 'hora', 'p', 'q', 'total'].map(name => `<x:c t="str"><x:v>${name}</x:v></x:c>`).join('')}</x:row><x:row>${[1, 1].map(value => `<x:c s="2"><x:v>${value}</x:v></x:c>`).join('')}<x:c s="0"><x:v>43894</x:v></x:c><x:c s="1"><x:v>0.75</x:v></x:c>${[7, 1, 5].map(value => `<x:c s="2"><x:v>${value}</x:v></x:c>`).join('')}</x:row></x:sheetData></x:worksheet>`,
      ],
    ]),
    accepted: ['5'],
    soldAt: ['2024-03-05T18:00:00'],
    said: 'Read as what they show.',
  },
  {
    what: 'An Excel workbook of the old kind (.xls)',
    name: 'a.xls',
    content: Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]),
    accepted: [],
    stops: 'FILE_OTHER_KIND',
    said: 'Fails and says what it is.',
  },
  {
    what: 'A web page that is called .xls',
    name: 'a.xls',
    content: '<html><body><table><tr><td>id</td></tr></table></body></html>',
    accepted: [],
    stops: 'FILE_OTHER_KIND',
    said: 'The same.',
  },
  {
    what: 'XLSX without its list of contents',
    name: 'a.xlsx',
    yaml: `format: { type: xlsx }\n${map}`,
    content: workbook([['id']]).subarray(0, 300),
    accepted: [],
    stops: 'FILE_DAMAGED',
    said: 'Fails and says so.',
  },
  {
    what: 'Parquet with a wrong footer',
    name: 'a.parquet',
    content: Buffer.from(`${zero('PAR1', 400)}PAR1`),
    accepted: [],
    stops: 'FILE_DAMAGED',
    said: 'Fails and says so.',
  },
]

describe('dirty data', () => {
  let bench: Awaited<ReturnType<typeof workbench>>
  before(async () => {
    bench = await workbench(openPreparedSettings)
  })
  after(() => bench.close())
  beforeEach(() => bench.clear())

  for (const example of cases) {
    it(`${example.what}: ${example.said}`, async () => {
      const { totals, code } = await take(example)
      const lines = [...bench.lines().values()]
      expect(code).to.equal(example.stops)
      expect(totals.accepted + totals.rejected + totals.duplicates).to.equal(totals.rows)
      if (example.accepted[0] === '*') expect(lines.length).to.be.above(0)
      else expect(lines.map(line => formatMicros(line.revenue))).to.deep.equal(example.accepted)
      expect(bench.rejected().map(record => record.rule)).to.deep.equal(example.rejected ?? [])
      expect(totals.duplicates).to.equal(example.duplicates ?? 0)
      if (example.soldAt !== undefined) expect(lines.map(line => line.soldAt)).to.deep.equal(example.soldAt)
      if (example.sales !== undefined) expect(lines.map(line => line.sale)).to.deep.equal(example.sales)
    })
  }

  const take = async (example: Case): Promise<{ totals: Totals; code?: string }> => {
    try {
      return { totals: await bench.take(source(example.yaml ?? map), example.name ?? 'a.csv', example.content) }
    } catch (error) {
      if (!(error instanceof DataAppError)) throw error
      return { totals: error instanceof StoppedIntake ? error.totals : noTotals, code: error.code }
    }
  }

  it('is what docs/dirty-data.md says', async () => {
    const path = fileURLToPath(new URL('../docs/dirty-data.md', import.meta.url))
    const page = pageOf(cases)
    const now = await readFile(path, 'utf8').catch(() => '')
    if (now !== page && process.env.CI === undefined) await writeFile(path, page)
    expect(now, 'docs/dirty-data.md was out of date and has been written anew').to.equal(page)
  })
})

function pageOf(all: readonly Case[]): string {
  const outcome = ({ accepted, rejected = [], duplicates = 0, stops }: Case) =>
    [
      stops === undefined ? '' : `stops: \`${stops}\``,
      accepted.length > 0 ? 'accepted' : '',
      rejected.length > 0 ? `rejected: ${[...new Set(rejected)].map(rule => `\`${rule}\``).join(', ')}` : '',
      duplicates > 0 ? 'duplicates' : '',
    ]
      .filter(part => part !== '')
      .join('; ')
  const rows = all.map(
    example =>
      `| ${[example.what, outcome(example), example.said].map(text => text.replaceAll('|', '\\|')).join(' | ')} |`,
  )
  return `# Dirty data

What becomes of what real exports bring. Each line is a test (\`ingestion/dirty.test.ts\`), which also writes this table. In every case
\`accepted + rejected + duplicates = rows\`.

| in the file | comes to | how |
|---|---|---|
${rows.join('\n')}
`
}
