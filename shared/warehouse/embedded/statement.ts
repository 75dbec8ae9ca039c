/** A statement as the engine gets it. */
export type Statement = {
  writes: boolean
  /** True for `INSERT … FORMAT x`, whose rows come in the body. */
  inlineData: boolean
  /** Parameters that the text asks for and that were not sent: a session would take them from whichever statement set them last, where a server refuses. */
  missing: string[]
  /** With `SET param_a = '…';` before it where it has parameters: the engine itself binds them as `{a:Type}`. */
  sql: (file: string | undefined) => string
}

const insertWithData = /^\s*INSERT\s+INTO\s+(?:TABLE\s+)?([\w.`"]+)\s*(\([^)]*\))?\s*FORMAT\s+(\w+)\s*$/i
const reads = /^\s*(?:\/\*.*?\*\/\s*|--[^\n]*\n\s*)*(?:SELECT|WITH|SHOW|DESCRIBE|DESC|EXPLAIN|EXISTS)\b/i
const takesSettings = /^\s*(?:\/\*.*?\*\/\s*|--[^\n]*\n\s*)*(?:SELECT|WITH|INSERT)\b/i

/** URL parameters of the HTTP protocol that are no settings of a query. */
const protocol = new Set(
  'query query_id database default_format session_id session_timeout session_check user password role compress decompress wait_end_of_query buffer_size enable_http_compression http_zlib_compression_level send_progress_in_http_headers http_headers_progress_interval_ms add_http_cors_header'.split(
    ' ',
  ),
)

/** A place for a parameter; before it what only looks like one: comments, strings, quoted names. */
const placeholder = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\.)*'|`[^`]*`|"[^"]*"|\{(\w+):/gs

function asksFor(text: string): Set<string> {
  const names = text.includes('{') ? [...text.matchAll(placeholder)].map(([, name]) => name) : []
  return new Set(names.filter(name => name !== undefined))
}

/** Reads a statement of the HTTP protocol: its text, its `param_*` and its settings. Settings go into the statement, so that none leaks into the session. */
export function statementOf(text: string, url: URLSearchParams): Statement {
  const parameters: string[] = []
  const missing = asksFor(text)
  const settings: string[] = []
  for (const [name, value] of url) {
    if (/^param_\w+$/.test(name)) {
      parameters.push(`${name} = ${quoted(value)}`)
      missing.delete(name.slice('param_'.length))
    } else if (!protocol.has(name) && /^\w+$/.test(name)) settings.push(`${name} = ${quoted(value)}`)
  }
  const tail = settings.length > 0 && takesSettings.test(text) ? `\nSETTINGS ${settings.join(', ')}` : ''
  const insert = insertWithData.exec(text)
  const set = parameters.length === 0 ? '' : `SET ${parameters.join(', ')};\n`
  return {
    writes: !reads.test(text),
    inlineData: insert !== null,
    missing: [...missing],
    sql: file => {
      if (insert === null || file === undefined) return set + text + tail
      const [, table, columns = '', format] = insert
      return `${set}INSERT INTO ${table} ${columns} SELECT * FROM file(${quoted(file)}, ${format})${tail === '' ? '\nSETTINGS' : `${tail},`} use_structure_from_insertion_table_in_table_functions = 1`
    },
  }
}

function quoted(value: string): string {
  return `'${value.replace(/[\\']/g, character => `\\${character}`)}'`
}
