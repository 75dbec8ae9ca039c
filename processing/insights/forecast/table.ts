import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { DataAppError, systemCodeOf } from '#shared/error.ts'

/** Series as they stand in a table: one value a step from `first` on, NaN where the table has no row. */
export type Series = { readonly id: string; readonly first: number; readonly values: Float64Array }

const COLUMNS = ['series_id', 'step', 'value'] as const
type Column = (typeof COLUMNS)[number]
const LARGEST = 1e15

type Rows = { readonly steps: number[]; readonly values: number[]; readonly lines: number[]; sorted: boolean }

/**
 * Reads `series_id,step,value` from a CSV file (UTF-8, also packed as `.gz`, columns in any order, rows in any order). Series come in the order of their
 * first row. A bad row throws `FORECAST_BAD_ROW` and names file, line, field and rule.
 */
export async function readSeries(file: string): Promise<Series[]> {
  const table = new Map<string, Rows>()
  let where: Record<Column, number> | undefined
  let width = 0
  let line = 0
  let lastId = ''
  let last: Rows | undefined
  const keep = (text: string, columns: Record<Column, number>): void => {
    const fields = text.includes('"') ? split(text, file, line) : text.split(',')
    // A decimal comma makes one field more of a row: its value would be taken for the whole part alone.
    if (fields.length > width && fields.slice(width).some(field => field !== '')) throw tooWide(file, line, width, text)
    const id = fields[columns.series_id]
    if (id === undefined || id === '') throw badRow(file, line, 'series_id', 'present', id)
    if (last === undefined || id !== lastId) {
      // Bytes that are not UTF-8 read as one and the same mark: two series could become one.
      if (id.includes('\uFFFD')) throw badRow(file, line, 'series_id', 'UTF-8', id)
      last = table.get(id) ?? { steps: [], values: [], lines: [], sorted: true }
      table.set(id, last)
      lastId = id
    }
    const step = asStep(fields[columns.step] ?? '', file, line)
    const value = asValue(fields[columns.value] ?? '', file, line)
    const before = last.steps[last.steps.length - 1]
    if (before !== undefined && step <= before) last.sorted = false
    last.steps.push(step)
    last.values.push(value)
    last.lines.push(line)
  }
  for await (const batch of lineBatches(file)) {
    for (const text of batch) {
      line++
      const row = text.endsWith('\r') ? text.slice(0, -1) : text
      if (row === '') continue
      if (where === undefined) {
        const names = split(row, file, line)
        where = header(names, file, line)
        width = names.length
      } else keep(row, where)
    }
  }
  if (where === undefined || table.size === 0) {
    throw new DataAppError('FORECAST_EMPTY', `${file} has no rows to forecast`, {
      hint: `Needed: ${COLUMNS.join(',')}`,
    })
  }
  return [...table].map(([id, rows]) => dense(id, rows, file))
}

function asStep(text: string, file: string, line: number): number {
  const step = Number(text)
  if (!Number.isSafeInteger(step) || !/^\s*[-+]?\d+\s*$/.test(text)) throw badRow(file, line, 'step', 'integer', text)
  if (Math.abs(step) > LARGEST) throw badRow(file, line, 'step', 'at most 1e15', text)
  return step
}

function asValue(text: string, file: string, line: number): number {
  const value = Number(text)
  if (!Number.isFinite(value) || !/^\s*[-+]?[\d.]+(e[-+]?\d+)?\s*$/i.test(text)) {
    throw badRow(file, line, 'value', 'number', text)
  }
  if (Math.abs(value) > LARGEST) throw badRow(file, line, 'value', 'at most 1e15', text)
  return value
}

function dense(id: string, rows: Rows, file: string): Series {
  const count = rows.steps.length
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const step of rows.steps) {
    first = Math.min(first, step)
    last = Math.max(last, step)
  }
  const length = last - first + 1
  if (rows.steps.every(isDate) || areMonths(rows.steps)) {
    throw new DataAppError(
      'FORECAST_BAD_ROW',
      `${file}, line ${rows.lines[0]}: series "${id}", field "step", rule "consecutive integers": ${rows.steps[0]} looks like a date written as a number`,
      { hint: 'Number the steps 1, 2, 3… (days since the first day); between 20240131 and 20240201 lie 70 numbers' },
    )
  }
  if (rows.sorted && length === count) return { id, first, values: Float64Array.from(rows.values) }
  if (length > 10_000 + 100 * count) {
    throw new DataAppError(
      'FORECAST_BAD_ROW',
      `${file}, line ${rows.lines[0]}: series "${id}", field "step", rule "consecutive integers": ${count} rows are spread over ${length} steps`,
      { hint: 'Number the steps 1, 2, 3… (days since the first day, not seconds)' },
    )
  }
  const values = new Float64Array(length).fill(Number.NaN)
  for (const [i, step] of rows.steps.entries()) {
    if (!Number.isNaN(values[step - first])) {
      throw new DataAppError(
        'FORECAST_BAD_ROW',
        `${file}, line ${rows.lines[i]}: series "${id}", field "step", rule "once in a series": step ${step} comes twice`,
      )
    }
    values[step - first] = rows.values[i] ?? 0
  }
  return { id, first, values }
}

/** Whether a number reads as a day of our time, `yyyymmdd`. */
function isDate(step: number): boolean {
  const day = step % 100
  const month = Math.floor(step / 100) % 100
  return step >= 19_000_101 && step <= 21_001_231 && month >= 1 && month <= 12 && day >= 1 && day <= 31
}

/** Whether numbers read as months (`yyyymm`) or weeks (`yyyyww`) of several years: counted steps would also end in 54 to 99. */
function areMonths(steps: readonly number[]): boolean {
  const within = (step: number): boolean => step >= 190_001 && step <= 210_053 && step % 100 >= 1 && step % 100 <= 53
  const [first = 0] = steps
  const year = Math.floor(first / 100)
  return steps.every(within) && steps.some(step => Math.floor(step / 100) !== year)
}

function header(fields: readonly string[], file: string, line: number): Record<Column, number> {
  const names = fields.map(field => field.trim())
  const find = (column: Column): number => {
    const position = names.indexOf(column)
    if (position >= 0 && names.includes(column, position + 1)) {
      throw new DataAppError(
        'FORECAST_BAD_HEADER',
        `${file}, line ${line}: field "${column}", rule "one column of that name": the columns are ${names.join(', ')}`,
      )
    }
    if (position >= 0) return position
    throw new DataAppError(
      'FORECAST_BAD_HEADER',
      `${file}, line ${line}: field "${column}", rule "column present": the columns are ${names.join(', ')}`,
      { hint: `The first line must be ${COLUMNS.join(',')}` },
    )
  }
  return { series_id: find('series_id'), step: find('step'), value: find('value') }
}

function tooWide(file: string, line: number, width: number, text: string): DataAppError {
  return new DataAppError(
    'FORECAST_BAD_ROW',
    `${file}, line ${line}: field "value", rule "must have ${width} fields": got "${text}"`,
    { hint: 'A decimal point, not a comma; a field with a comma in it needs quotes' },
  )
}

function badRow(file: string, line: number, field: string, rule: string, raw: string | undefined): DataAppError {
  return new DataAppError(
    'FORECAST_BAD_ROW',
    `${file}, line ${line}: field "${field}", rule "${rule}": got ${raw === undefined || raw === '' ? 'nothing' : `"${raw}"`}`,
  )
}

function split(text: string, file: string, line: number): string[] {
  if (!text.includes('"')) return text.split(',')
  const fields: string[] = []
  let i = 0
  for (;;) {
    let field = ''
    if (text[i] === '"') {
      for (i++; ; i++) {
        if (i >= text.length) throw badRow(file, line, COLUMNS[fields.length] ?? 'row', 'quotes closed', text)
        if (text[i] !== '"') field += text[i]
        else if (text[i + 1] === '"') field += text[++i]
        else break
      }
      i++
      if (i < text.length && text[i] !== ',') {
        throw badRow(file, line, COLUMNS[fields.length] ?? 'row', 'nothing after a closing quote', text)
      }
    }
    const comma = text.indexOf(',', i)
    field += text.slice(i, comma < 0 ? text.length : comma)
    fields.push(field)
    if (comma < 0) return fields
    i = comma + 1
  }
}

/** The text of a file, unpacked if its name ends in `.gz`. */
function textOf(file: string): AsyncIterable<unknown> {
  const raw = createReadStream(file, { highWaterMark: 1 << 18 })
  if (!file.endsWith('.gz')) return raw.setEncoding('utf8')
  const unpacked = raw.pipe(createGunzip()).setEncoding('utf8')
  // A pipe does not hand on its source's failure.
  raw.on('error', error => unpacked.destroy(error))
  return unpacked
}

/** The lines of a file, many at a time: one promise per line would cost more than reading it. */
async function* lineBatches(file: string): AsyncGenerator<string[]> {
  let rest = ''
  let start = true
  try {
    for await (const chunk of textOf(file)) {
      const text = rest + String(chunk)
      const batch = (start && text.startsWith('\uFEFF') ? text.slice(1) : text).split('\n')
      start = false
      rest = batch.pop() ?? ''
      yield batch
    }
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === '' || error instanceof DataAppError) throw error
    throw new DataAppError('FORECAST_UNREADABLE', `Can't read ${file}: ${code}`, { cause: error })
  }
  if (rest !== '') yield [rest]
}
