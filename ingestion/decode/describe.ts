import { isAscii } from 'node:buffer'
import type { Line } from '../source/draft.ts'
import { yamlText } from '../source/field-text.ts'
import { sourceSchema } from '../source/schema.ts'
import { type Bytes, headOf, unpacked } from './bytes.ts'
import { guessDelimiter, guessHeader } from './delimited.ts'
import { jsonShape } from './json-shape.ts'
import { DelimitedParser } from './parser.ts'
import { type FileType, typeOf } from './table.ts'
import { encodingOf, notText, textOf } from './text.ts'
import { sheetsOf } from './workbook.ts'

/** How a file is laid out, found from its beginning: as the `format` of a source and as lines of a draft. */
export type Description = { format: Record<string, unknown>; lines: Line[]; questions: string[] }

export async function describeFile(bytes: Bytes): Promise<Description> {
  const type: FileType = await typeOf(bytes)
  if (type === 'parquet') return { format: { type }, lines: [{ key: 'type', value: type }], questions: [] }
  if (type === 'xlsx') return describeWorkbook(bytes)
  const head = await headOf(unpacked(bytes), 256 * 1024)
  if (type !== 'delimited') {
    const shape = jsonShape(head.toString('utf8'), type)
    const lines = Object.entries(shape).map(([key, value]) => ({ key, value: yamlText(value) }))
    return { format: { type, ...shape }, lines: [{ key: 'type', value: type }, ...lines], questions: [] }
  }
  const encoding = encodingOf(head)
  if (encoding === undefined) throw notText(bytes.name)
  let text = ''
  for await (const piece of textOf(one(head), bytes.name, encoding)) text += piece
  const delimiter = guessDelimiter(text, quoteIn(text), [])
  const quote = quoteOf(text, delimiter)
  const rows = new DelimitedParser({ delimiter, quote, escape: undefined }).push(`${text}\n`)
  const header = guessHeader(rows, { delimiter, quote, escape: undefined })
  const format = {
    delimiter,
    ...(quote === undefined ? { quote: 'none' } : {}),
    ...(isAscii(head) ? {} : { encoding }),
    ...(header === undefined ? { header: 'none' } : header > 1 ? { header } : {}),
  }
  const parsed = sourceSchema.shape.format.parse(format)
  return {
    format,
    lines: [
      { key: 'delimiter', value: delimiter === '\t' ? '"\\t"' : `"${delimiter}"` },
      ...(quote === undefined ? [{ key: 'quote', value: 'none', note: 'quotes in it are ordinary characters' }] : []),
      // Plain letters alone say nothing about the accents that may come later.
      ...(parsed.encoding === undefined ? [] : [{ key: 'encoding', value: parsed.encoding }]),
      ...(header === undefined
        ? [
            {
              key: 'header',
              value: 'none',
              question: 'the first line looks like data. Name the columns from left to right under `columns`?',
            },
          ]
        : []),
    ],
    questions: [],
  }
}

/** The sheet with most rows; others with the same columns would be left out unseen, so they are asked about. */
async function describeWorkbook(bytes: Bytes): Promise<Description> {
  const sheets = await sheetsOf(bytes)
  const visible = sheets.filter(sheet => !sheet.hidden)
  const [best] = [...visible].sort((a, b) => b.rows - a.rows)
  const type: Line = { key: 'type', value: 'xlsx' }
  if (best === undefined) return { format: { type: 'xlsx' }, lines: [type], questions: [] }
  const alike = sheets.filter(sheet => sheet !== best && sheet.header !== '' && sheet.header === best.header)
  const isFirst = best === sheets[0]
  return {
    format: { type: 'xlsx', ...(isFirst ? {} : { sheet: best.name }) },
    lines: [type, ...(isFirst ? [] : [{ key: 'sheet', value: JSON.stringify(best.name), note: 'it has most rows' }])],
    questions:
      alike.length === 0
        ? []
        : [
            `only the sheet "${best.name}" is read; ${alike.map(sheet => `"${sheet.name}"`).join(', ')} ${alike.length === 1 ? 'has' : 'have'} the same columns. Put all rows into one sheet, or make a source file for each (\`format.sheet\`).`,
          ],
  }
}

function quoteIn(text: string): '"' | undefined {
  return /(^|[,;\t|])"/m.test(text) ? '"' : undefined
}

/** Quotes mean quoting when rows come out as wide as one another with it; single stray ones are ordinary characters. */
function quoteOf(text: string, delimiter: string): '"' | undefined {
  if (!text.includes('"')) return '"'
  const evenness = (quote: '"' | undefined) => {
    const rows = new DelimitedParser({ delimiter, quote, escape: undefined }).push(text).slice(0, 2_000)
    const widths = new Map<number, number>()
    for (const row of rows)
      if (row.broken === undefined) widths.set(row.fields.length, (widths.get(row.fields.length) ?? 0) + 1)
    return Math.max(0, ...widths.values()) / Math.max(1, rows.length)
  }
  return evenness('"') >= evenness(undefined) - 0.001 ? '"' : undefined
}

async function* one(head: Buffer): AsyncGenerator<Buffer> {
  yield head
}
