import type { Way } from './reachability.ts'

/** The ways as a Markdown table: a row per speaker, a column per listener, the open ports in the cells. */
export function matrixOf(ways: readonly Way[]): string {
  const speakers = [...new Set(ways.map(({ from }) => from))]
  const listeners = [...new Set(ways.map(({ to }) => to))]
  const cell = (from: string, to: string) =>
    ways
      .filter(way => way.from === from && way.to === to)
      .map(({ port }) => port)
      .sort((a, b) => a - b)
      .join(', ') || '·'
  const rows = speakers.map(from => `| ${label(from)} | ${listeners.map(to => cell(from, to)).join(' | ')} |`)
  return [
    `| from \\ to | ${listeners.map(label).join(' | ')} |`,
    `|---|${listeners.map(() => '---').join('|')}|`,
    ...rows,
  ].join('\n')
}

function label(name: string): string {
  return name === '0.0.0.0/0' ? 'the internet' : name
}
