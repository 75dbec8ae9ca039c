import { createReadStream } from 'node:fs'
import { DataAppError, systemCodeOf } from '#shared/error.ts'

/** Series as they stand in a table: one value a step from `first` on, NaN where the table has no row. */
export type Series = { readonly id: string; readonly first: number; readonly values: Float64Array }

const COLUMNS = ['series_id', 'step', 'value'] as const
type Column = (typeof COLUMNS)[number]
const LARGEST = 1e15

type Rows = { readonly steps: number[]; readonly values: number[]; sorted: boolean }

/**
 * Reads `series_id,step,value` from a CSV file (UTF-8, columns in any order, rows in any order). Series come in the order of their
 * first row. A bad row throws `FORECAST_BAD_ROW` and names file, line, field and rule.
 */
export async function readSeries(file: string): Promise<Series[]> {
  const table = new Map<string, Rows>()
  let where: Record<Column, number> | undefined
  let line = 0
  let lastId = ''
  let last: Rows | undefined
  for await (const text of lines(file)) {
    line++
    if (text === '') continue
    const fields = split(text, file, line)
    if (where === undefined) {
      where = header(fields, file, line)
      continue
    }
    const id = fields[where.series_id]
    if (id === undefined || id === '') throw badRow(file, line, 'series_id', 'present', id)
    const stepText = fields[where.step] ?? ''
    const step = Number(stepText)
    if (!/^\s*[-+]?\d+\s*$/.test(stepText) || !Number.isSafeInteger(step))
      throw badRow(file, line, 'step', 'integer', stepText)
    const valueText = fields[where.value] ?? ''
    const value = Number(valueText)
    if (!/^\s*[-+]?[\d.]/.test(valueText) || !Number.isFinite(value))
      throw badRow(file, line, 'value', 'number', valueText)
    if (Math.abs(value) > LARGEST) throw badRow(file, line, 'value', 'at most 1e15', valueText)
    if (last === undefined || id !== lastId) {
      last = table.get(id) ?? { steps: [], values: [], sorted: true }
      table.set(id, last)
      lastId = id
    }
    const before = last.steps[last.steps.length - 1]
    if (before !== undefined && step <= before) last.sorted = false
    last.steps.push(step)
    last.values.push(value)
  }
  if (where === undefined || table.size === 0) {
    throw new DataAppError('FORECAST_EMPTY', `${file} has no rows to forecast`, {
      hint: `Needed: ${COLUMNS.join(',')}`,
    })
  }
  return [...table].map(([id, rows]) => dense(id, rows, file))
}

function dense(id: string, rows: Rows, file: string): Series {
  const order = rows.steps.map((_, i) => i)
  if (!rows.sorted) order.sort((a, b) => (rows.steps[a] ?? 0) - (rows.steps[b] ?? 0))
  const first = rows.steps[order[0] ?? 0] ?? 0
  const last = rows.steps[order[order.length - 1] ?? 0] ?? first
  const length = last - first + 1
  if (length > 10_000 + 100 * order.length) {
    throw new DataAppError(
      'FORECAST_BAD_ROW',
      `${file}: series "${id}", field "step", rule "consecutive integers": ${order.length} rows are spread over ${length} steps`,
      { hint: 'Number the steps 1, 2, 3… (days since the first day, not seconds)' },
    )
  }
  const values = new Float64Array(length).fill(Number.NaN)
  for (const i of order) {
    const step = rows.steps[i] ?? 0
    if (!Number.isNaN(values[step - first])) {
      throw new DataAppError(
        'FORECAST_BAD_ROW',
        `${file}: series "${id}", field "step", rule "once in a series": step ${step} comes twice`,
      )
    }
    values[step - first] = rows.values[i] ?? 0
  }
  return { id, first, values }
}

function header(fields: readonly string[], file: string, line: number): Record<Column, number> {
  const names = fields.map(field => field.trim())
  const find = (column: Column): number => {
    const position = names.indexOf(column)
    if (position >= 0) return position
    throw new DataAppError(
      'FORECAST_BAD_HEADER',
      `${file}, line ${line}: field "${column}", rule "column present": the columns are ${names.join(', ')}`,
      { hint: `The first line must be ${COLUMNS.join(',')}` },
    )
  }
  return { series_id: find('series_id'), step: find('step'), value: find('value') }
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
    }
    const comma = text.indexOf(',', i)
    field += text.slice(i, comma < 0 ? text.length : comma)
    fields.push(field)
    if (comma < 0) return fields
    i = comma + 1
  }
}

async function* lines(file: string): AsyncGenerator<string> {
  let rest = ''
  try {
    let start = true
    for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
      let text = rest + String(chunk)
      if (start && text.startsWith('\uFEFF')) text = text.slice(1)
      start = false
      const parts = text.split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) yield part.endsWith('\r') ? part.slice(0, -1) : part
    }
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === '') throw error
    throw new DataAppError('FORECAST_UNREADABLE', `Can't read ${file}: ${code}`, { cause: error })
  }
  if (rest !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest
}
