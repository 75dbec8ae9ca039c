import { DataAppError } from '#shared/error.ts'
import { ownOf } from '#shared/own.ts'
import type { FileFormat } from '../source/schema.ts'
import { headedTable } from './delimited.ts'
import type { Row, Table } from './row.ts'
import { numberText } from './typed.ts'
import { readMember, type ZipMember, zipMembers } from './zip.ts'

/** A spreadsheet has at most a million rows; unpacked beyond this it is a bomb. */
const largestMember = 400 * 1024 * 1024

/** A workbook is unpacked as a whole; larger ones are better exported as CSV. */
export const largestXlsx = 100 * 1024 * 1024

/** One sheet of a workbook as rows. Numbers carry no format but their dates; formulas count with the value they had when it was saved. */
export function xlsxTable(
  bytes: Buffer,
  name: string,
  format: FileFormat,
  wanted: readonly string[],
  decimal: string,
): Table {
  const book = openWorkbook(bytes, name)
  return headedTable(sheetRows(book.sheet(format.sheet), { ...book, decimal }), name, format, wanted)
}

/** A sheet of a workbook, its rows read when they are asked for. */
export type Sheet = { name: string; hidden: boolean; rows: () => Iterable<Row[]> }

/** All sheets of a workbook, in order. */
export function workbookSheets(bytes: Buffer, name: string): Sheet[] {
  const book = openWorkbook(bytes, name)
  return book.sheets.map(sheet => ({
    name: sheet.name,
    hidden: sheet.hidden,
    rows: () => sheetRows(book.sheet(sheet.name), { ...book, decimal: '.' }),
  }))
}

type Workbook = Omit<Grid, 'decimal'> & {
  sheets: readonly SheetPlace[]
  sheet: (wanted: string | number | undefined) => string
}

function openWorkbook(bytes: Buffer, name: string): Workbook {
  const members = zipMembers(bytes)
  if (members === undefined) throw damaged(name, 'its list of contents is missing')
  const read = (path: string) => {
    const member = members.find(candidate => candidate.name === path)
    return member === undefined ? undefined : memberText(bytes, member, name)
  }
  const workbook = read('xl/workbook.xml')
  if (workbook === undefined) throw damaged(name, 'it is no workbook')
  const sheets = sheetPlaces(workbook, read('xl/_rels/workbook.xml.rels') ?? '')
  return {
    sheets,
    sheet: wanted => {
      const sheet = read(sheetPath(sheets, wanted, name))
      if (sheet === undefined) throw damaged(name, 'the sheet is missing')
      return sheet
    },
    strings: sharedStrings(read('xl/sharedStrings.xml') ?? ''),
    isDate: dateStyles(read('xl/styles.xml') ?? ''),
    // Workbooks from old Macs count their days from 1904.
    dayShift: /<workbookPr\b[^>]*\bdate1904="(1|true)"/.test(workbook) ? 1_462 : 0,
  }
}

function memberText(bytes: Buffer, member: ZipMember, name: string): string {
  if (member.size > largestMember)
    throw new DataAppError('FILE_BOMB', `${name} holds a part of ${Math.round(member.size / 1e6)} MB.`, {
      hint: 'Export it as CSV: that is read as a stream, whatever its size.',
    })
  try {
    const text = readMember(bytes, member, largestMember).toString('utf8')
    // Some programs write every name with a prefix: `<x:row>`.
    return text.includes('<x:') ? text.replace(/<(\/?)x:/g, '<$1') : text
  } catch (error) {
    throw damaged(name, String(error))
  }
}

type SheetPlace = { name: string; target: string; hidden: boolean }

function sheetPlaces(workbook: string, relations: string): SheetPlace[] {
  const targets = new Map(
    [...relations.matchAll(/<Relationship\b[^>]*>/g)].map(([tag]) => [attribute(tag, 'Id'), attribute(tag, 'Target')]),
  )
  return [...workbook.matchAll(/<sheet\b[^>]*>/g)].map(([tag]) => ({
    name: unescaped(attribute(tag, 'name')),
    target: targets.get(attribute(tag, 'r:id')) ?? '',
    hidden: /hidden/i.test(attribute(tag, 'state')),
  }))
}

function sheetPath(sheets: readonly SheetPlace[], wanted: string | number | undefined, name: string): string {
  const sheet =
    typeof wanted === 'string' ? sheets.find(candidate => candidate.name === wanted) : sheets[(wanted ?? 1) - 1]
  if (sheet === undefined)
    throw new DataAppError(
      'FILE_NO_SHEET',
      `${name} has no sheet ${typeof wanted === 'string' ? `"${wanted}"` : (wanted ?? 1)} (found: ${sheets.map(s => `"${s.name}"`).join(', ')}).`,
      {
        hint: 'Put the name or number of the sheet under `format.sheet`.',
      },
    )
  return sheet.target.startsWith('/') ? sheet.target.slice(1) : `xl/${sheet.target}`
}

type Grid = {
  strings: readonly string[]
  isDate: (style: number) => boolean
  dayShift: number
  decimal: string
}

function* sheetRows(xml: string, grid: Grid): Generator<Row[]> {
  let batch: Row[] = []
  let line = 0
  let at = xml.indexOf('<row')
  while (at >= 0) {
    const close = xml.indexOf('>', at)
    const tag = xml.slice(at, close + 1)
    const end = tag.endsWith('/>') ? close : xml.indexOf('</row>', close)
    if (end < 0) return
    line = Number(attribute(tag, 'r')) || line + 1
    const fields = tag.endsWith('/>') ? [] : cells(xml.slice(close + 1, end), grid)
    if (fields.some(field => field !== '')) batch.push({ line, fields, raw: fields.join('\t') })
    if (batch.length >= 2_000) {
      yield batch
      batch = []
    }
    at = xml.indexOf('<row', end)
  }
  yield batch
}

function cells(row: string, grid: Grid): string[] {
  const fields: string[] = []
  for (const match of row.matchAll(/<c\b([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
    const [, attributes = '', content = ''] = match
    const reference = attribute(attributes, 'r').replace(/\d+$/, '')
    const index = reference === '' ? fields.length : columnIndex(reference)
    while (fields.length < index) fields.push('')
    fields[index] = cellText(attributes, content, grid)
  }
  return fields
}

function cellText(attributes: string, content: string, { strings, isDate, dayShift, decimal }: Grid): string {
  const type = attribute(attributes, 't')
  if (type === 'inlineStr') return richText(content)
  const value = /<v[^>]*>(.*?)<\/v>/s.exec(content)?.[1] ?? ''
  if (value === '') return ''
  switch (type) {
    case 's':
      return strings[Number(value)] ?? ''
    case 'str':
      return unescaped(value)
    case 'b':
      return value === '1' ? 'true' : 'false'
    case 'd':
      return value
    case 'e':
      return ''
    default:
      return isDate(Number(attribute(attributes, 's') || '0'))
        ? serialDate(Number(value), dayShift)
        : numberText(Number(value), decimal)
  }
}

function serialDate(days: number, shift: number): string {
  // A fraction of a day alone is a time.
  if (days >= 0 && days < 1) return new Date(Math.round(days * 86_400) * 1000).toISOString().slice(11, 19)
  const text = new Date(Math.round((days + shift - 25_569) * 86_400) * 1000).toISOString()
  return Number.isInteger(days) ? text.slice(0, 10) : text.slice(0, 19)
}

function sharedStrings(xml: string): string[] {
  return [...xml.matchAll(/<si\b[^>]*?(?:\/>|>(.*?)<\/si>)/gs)].map(([, content = '']) => richText(content))
}

function richText(content: string): string {
  // Phonetic runs are reading aids, not part of the text.
  const spoken = content.replace(/<rPh\b.*?<\/rPh>/gs, '')
  return unescaped([...spoken.matchAll(/<t\b[^>]*?(?:\/>|>(.*?)<\/t>)/gs)].map(([, text = '']) => text).join(''))
}

/** Which cell styles show a number as a date: the built-in formats 14 to 22 and 45 to 47, and own ones with day, month, year or hour in them. */
function dateStyles(xml: string): (style: number) => boolean {
  const own = new Map(
    [...xml.matchAll(/<numFmt\b[^>]*>/g)].map(([tag]) => [
      Number(attribute(tag, 'numFmtId')),
      unescaped(attribute(tag, 'formatCode')),
    ]),
  )
  const formats = [...(/<cellXfs\b.*?<\/cellXfs>/s.exec(xml)?.[0] ?? '').matchAll(/<xf\b[^>]*>/g)].map(([tag]) =>
    Number(attribute(tag, 'numFmtId')),
  )
  const dates = formats.map(
    id =>
      (id >= 14 && id <= 22) ||
      (id >= 45 && id <= 47) ||
      /[dmyh]/i.test((own.get(id) ?? '').replace(/"[^"]*"|\[[^\]]*\]|\\./g, '')),
  )
  return style => dates[style] ?? false
}

function columnIndex(letters: string): number {
  let index = 0
  for (const letter of letters) index = index * 26 + (letter.charCodeAt(0) - 64)
  return index - 1
}

function attribute(tag: string, name: string): string {
  return new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  if (!text.includes('&') && !text.includes('_x')) return text
  return text
    .replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
      return ownOf(entities, name ?? '') ?? whole
    })
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function damaged(name: string, why: string): DataAppError {
  return new DataAppError('FILE_DAMAGED', `${name} is no readable XLSX file: ${why}.`, {
    hint: 'Save it again, or export it as CSV.',
  })
}
