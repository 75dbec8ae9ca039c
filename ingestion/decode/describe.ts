import { yamlText } from '../source/field-text.ts'
import type { Line } from '../source/infer.ts'
import { sourceSchema } from '../source/schema.ts'
import { type Bytes, headOf, unpacked } from './bytes.ts'
import { guessDelimiter, guessHeader } from './delimited.ts'
import { jsonShape } from './json-shape.ts'
import { DelimitedParser } from './parser.ts'
import { type FileType, typeOf } from './table.ts'
import { encodingOf, notText, textOf } from './text.ts'

/** How a file is laid out, found from its beginning: as the `format` of a source and as lines of a draft. */
export type Description = { format: Record<string, unknown>; lines: Line[] }

export async function describeFile(bytes: Bytes): Promise<Description> {
  const type: FileType = await typeOf(bytes)
  if (type === 'parquet' || type === 'xlsx') return { format: { type }, lines: [{ key: 'type', value: type }] }
  const head = await headOf(unpacked(bytes), 256 * 1024)
  if (type !== 'delimited') {
    const shape = jsonShape(head.toString('utf8'), type)
    const lines = Object.entries(shape).map(([key, value]) => ({ key, value: yamlText(value) }))
    return { format: { type, ...shape }, lines: [{ key: 'type', value: type }, ...lines] }
  }
  const encoding = encodingOf(head)
  if (encoding === undefined) throw notText(bytes.name)
  let text = ''
  for await (const piece of textOf(one(head), bytes.name, encoding)) text += piece
  const quote = quoteOf(text)
  const delimiter = guessDelimiter(text, quote, [])
  const rows = new DelimitedParser({ delimiter, quote, escape: undefined }).push(`${text}\n`)
  const header = guessHeader(rows, { delimiter, quote, escape: undefined })
  const format = {
    delimiter,
    ...(quote === undefined ? { quote: 'none' } : {}),
    encoding,
    ...(header === undefined ? { header: 'none' } : header > 1 ? { header } : {}),
  }
  const parsed = sourceSchema.shape.format.parse(format)
  return {
    format,
    lines: [
      { key: 'delimiter', value: delimiter === '\t' ? '"\\t"' : `"${delimiter}"` },
      ...(quote === undefined ? [{ key: 'quote', value: 'none', note: 'quotes in it are ordinary characters' }] : []),
      { key: 'encoding', value: parsed.encoding ?? 'utf-8' },
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
  }
}

/** Quotes mean quoting when fields begin with one and end with one; single stray ones are ordinary characters. */
function quoteOf(text: string): '"' | undefined {
  if (!text.includes('"')) return '"'
  const lines = text.split(/\r\n|\r|\n/).slice(0, 2_000)
  const opened = /(^|[,;\t|])"/
  const paired = /(^|[,;\t|])"(?:[^"]|"")*"($|[,;\t|])/
  const quoted = lines.filter(line => opened.test(line)).length
  const closed = lines.filter(line => paired.test(line)).length
  return quoted > 0 && closed >= quoted * 0.5 ? '"' : undefined
}

async function* one(head: Buffer): AsyncGenerator<Buffer> {
  yield head
}
