import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { access, openDoors, roles } from './access.ts'

const accessPageFile = fileURLToPath(new URL('../docs/access.md', import.meta.url))

const reachWords = {
  all: 'every store and seller',
  scope: 'the stores in their scope',
  own: 'their own',
  no: '–',
} as const

/** `docs/access.md`, made from the table that the server checks. */
export function accessPage(): string {
  return `# Who may do what

Made from \`presentation/access.ts\`, the one table from which the server checks every request and the page hides what can't be used. After a change there:
\`npx tsx presentation/access-page.ts\`.

${table(
  ['door', 'what', ...roles],
  Object.entries(access).map(([door, row]) => [`\`${door}\``, row.what, ...roles.map(role => reachWords[row[role]])]),
)}

A manager sees the stores of their store scope, a seller their own lines. The scope is written into each query where queries are built, after the person
is known; nothing in a request can widen it. Asking for a store, seller or id outside it is answered like one that does not exist or with 403, and never
with data.

## Before signing in

${table(
  ['door', 'what'],
  Object.entries(openDoors).map(([door, what]) => [`\`${door}\``, what]),
)}

Everything else answers 401 to somebody who has not signed in. \`presentation/server/matrix.test.ts\` walks every door that the API's description names, with
every role, and with ids that are the person's own, somebody else's and made up.
`
}

/** A table whose columns are as wide as their widest cell. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

export function writtenAccessPage(): string {
  return readFileSync(accessPageFile, 'utf8')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(accessPageFile, accessPage())
