import type { Skip } from './set-aside.ts'

/** One thing the draft says: a value, and why it was guessed or what has to be decided. */
export type Line = {
  key: string
  value: string
  note?: string
  question?: string
  /** What else could be said here, where a person may know better. */
  choice?: string
}
export type Draft = {
  name: string
  file: string
  /** What is read from the top of the file, as the `format`, `numbers`, `dates` and `empty` sections. */
  layout: Line[]
  numbers: Line[]
  dates: Line[]
  empty: string[]
  sale: Line[]
  dimensions: { kind: string; lines: Line[] }[]
  skip: Skip[]
  questions: string[]
  /** Decimals that calculated money is rounded to, where lines have more of them. */
  round: Line | undefined
  /** Columns that the draft does not use. */
  unread: string[]
}

/** The draft as a source file. Guesses carry their reason, open questions stand at the top and beside what they are about. */
export function draftText(draft: Draft): string {
  const head = [
    '# yaml-language-server: $schema=./source.schema.json',
    `# Drafted from ${draft.file}. Lines with "guess" were guessed from names and figures; check them.`,
    ...(draft.questions.length === 0
      ? []
      : ['#', '# Open questions:', ...draft.questions.map(question => `#   - ${question}`)]),
    ...(draft.unread.length === 0 ? [] : ['#', `# Not read: ${draft.unread.join(', ').replace(/[\r\n]+/g, ' ')}`]),
    `name: ${draft.name}`,
  ]
  const sections = [
    ...section('format', draft.layout),
    ...section('numbers', draft.numbers),
    ...section('dates', draft.dates),
    ...(draft.empty.length === 0 ? [] : [`empty: [${draft.empty.map(text => JSON.stringify(text)).join(', ')}]`]),
    ...(draft.round === undefined ? [] : [`round: ${draft.round.value} # guess: ${draft.round.note ?? ''}`]),
    ...skips(draft),
    ...section('sale', draft.sale),
    ...draft.dimensions.flatMap(({ kind, lines }) => section(kind, lines)),
  ]
  return `${[...head, ...sections].join('\n')}\n`
}

function section(name: string, lines: readonly Line[]): string[] {
  if (lines.length === 0) return []
  return [
    `${name}:`,
    ...lines.flatMap(({ key, value, note, question, choice }) => [
      ...(question === undefined ? [] : [`  # question: ${question}`]),
      `  ${key}: ${value}${note === undefined ? '' : ` # guess: ${note.replace(/[\r\n]+/g, ' ').slice(0, 100)}`}${choice === undefined ? '' : ` # ${choice}`}`,
    ]),
  ]
}

function skips(draft: Draft): string[] {
  if (draft.skip.length === 0) return []
  return [
    'skip:',
    ...draft.skip.flatMap(({ when, reason, note }) => [
      `  - when: ${JSON.stringify(when)} # guess: ${note}`,
      `    reason: ${reason}`,
    ]),
  ]
}
