import type { Row } from './row.ts'

export type Dialect = { delimiter: string; quote: string | undefined; escape: string | undefined }

/** A quoted field longer than this never had its closing quote: its line is given up and reading goes on after it. */
const longestField = 64 * 1024

/**
 * Splits delimited text into rows, piece by piece. Quoted fields may hold delimiters and line breaks, doubled quotes stand for one; a quote
 * inside an unquoted field is an ordinary character. Blank lines are passed over, but counted as lines.
 */
export class DelimitedParser {
  readonly #delimiter: number
  readonly #quote: number
  readonly #escape: number
  #rest = ''
  #line = 1

  constructor(dialect: Dialect) {
    this.#delimiter = dialect.delimiter.charCodeAt(0)
    this.#quote = dialect.quote?.charCodeAt(0) ?? -1
    this.#escape = dialect.escape?.charCodeAt(0) ?? -1
  }

  /** The rows that are complete with this piece of text. */
  push(piece: string): Row[] {
    return this.#parse(this.#rest === '' ? piece : this.#rest + piece, false)
  }

  /** The last row, when the text does not end with a line break. */
  end(): Row[] {
    return this.#parse(this.#rest, true)
  }

  #parse(text: string, last: boolean): Row[] {
    const rows: Row[] = []
    const length = text.length
    const delimiter = this.#delimiter
    const quote = this.#quote
    let position = 0
    while (position < length) {
      const start = position
      const fields: string[] = []
      let from = position
      let code = -1
      let complete = false
      let quoted = false
      let high = 0x9e3779b9
      let low = 0x85ebca6b
      while (position < length) {
        code = text.charCodeAt(position)
        if (code !== 10 && code !== 13) {
          high = Math.imul(high ^ code, 0x01000193)
          low = Math.imul((low << 5) ^ (low >>> 27) ^ code, 0xcc9e2d51)
        }
        if (code === delimiter) {
          fields.push(text.substring(from, position))
          position++
          from = position
        } else if (code === 10 || code === 13) {
          complete = true
          break
        } else if (code === quote && position === from) {
          quoted = true
          const closed = this.#quoted(text, position, last)
          if (closed === undefined) break
          if (closed.broken) {
            const end = lineEnd(text, start)
            rows.push({ line: this.#line, fields, raw: text.substring(start, end), broken: unclosed })
            this.#line++
            position = end
            fields.length = 0
            from = -1
            break
          }
          fields.push(closed.text)
          position = closed.end
          from = position + 1
          if (text.charCodeAt(position) === delimiter) position++
          else from = -2
        } else position++
      }
      if (from === -1) {
        position = afterBreak(text, position)
        continue
      }
      const atEnd = position >= length
      if (!complete && !(last && atEnd)) {
        this.#rest = text.substring(start)
        return rows
      }
      if (complete && code === 13 && position + 1 >= length && !last) {
        this.#rest = text.substring(start)
        return rows
      }
      if (from !== -2) fields.push(text.substring(from, position))
      const raw = text.substring(start, position)
      if (quoted) rows.push({ line: this.#line, fields, raw })
      else if (position > start && !isBlank(fields)) rows.push({ line: this.#line, fields, raw, hash: { high, low } })
      this.#line += quoted ? 1 + breaksIn(raw) : 1
      position = afterBreak(text, position)
    }
    this.#rest = ''
    return rows
  }

  /** The field that opens with a quote at `open`: its text and where it ends. Undefined when the text so far does not tell. */
  #quoted(text: string, open: number, last: boolean): { text: string; end: number; broken: boolean } | undefined {
    const quote = this.#quote
    let plain = ''
    let from = open + 1
    let position = from
    while (position < text.length) {
      const code = text.charCodeAt(position)
      if (code === this.#escape && code !== quote) {
        if (position + 1 >= text.length) break
        plain += text.substring(from, position)
        from = position + 1
        position += 2
      } else if (code === quote) {
        if (position + 1 >= text.length && !last) return undefined
        if (text.charCodeAt(position + 1) === quote) {
          plain += text.substring(from, position + 1)
          from = position + 2
          position += 2
        } else {
          const closing = position
          const next = text.charCodeAt(closing + 1)
          if (closing + 1 >= text.length || next === this.#delimiter || next === 10 || next === 13)
            return { text: plain + text.substring(from, closing), end: closing + 1, broken: false }
          // A stray quote inside a quoted field: `"5" pipe"` keeps it, as nothing else could be meant.
          position++
        }
      } else if (position - open > longestField) {
        return { text: '', end: open, broken: true }
      } else position++
    }
    return last || text.length - open > longestField ? { text: '', end: open, broken: true } : undefined
  }
}

const unclosed = { rule: 'quote', message: 'opens a quote that is never closed' }

function lineEnd(text: string, from: number): number {
  let end = from
  while (end < text.length && text.charCodeAt(end) !== 10 && text.charCodeAt(end) !== 13) end++
  return end
}

function afterBreak(text: string, position: number): number {
  if (text.charCodeAt(position) === 13 && text.charCodeAt(position + 1) === 10) return position + 2
  return position + 1
}

function isBlank(fields: readonly string[]): boolean {
  for (const field of fields) if (field !== '' && field.trim() !== '') return false
  return true
}

/** Line breaks inside quoted fields, so that line numbers stay physical. */
function breaksIn(raw: string): number {
  if (!raw.includes('\n') && !raw.includes('\r')) return 0
  return raw.split(/\r\n|\r|\n/).length - 1
}
