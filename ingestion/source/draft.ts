import type { Draft, Line } from './infer.ts'

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
