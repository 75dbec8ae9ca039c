import { amountReader } from '../map/decimal.ts'
import type { Line } from './draft.ts'
import { moneyColumn, yamlText } from './field-text.ts'
import type { Profile } from './profile.ts'
import type { Role } from './roles.ts'
import type { NumberFormat } from './schema.ts'

type Rows = readonly (readonly string[])[]
export type Skip = { when: string; reason: string; note: string }

const yesWord = /^(s|sim|si|sí|y|yes|ja|j|oui|x|1|true|t|cancel.*|.*storn.*|void.*|an+ul.*)$/i

/** Rows that a status column calls cancelled are no sales. */
export function cancelled(profiles: readonly Profile[], rows: Rows): Skip[] {
  return profiles.flatMap(profile => {
    if (!/status|situa|cancel|estado|void|storn|annul|anulad/i.test(profile.name) || profile.distinct > 20) return []
    const isFlag = /cancel|void|storn|annul|anulad/i.test(profile.name)
    const words = valuesOf(profile, rows).filter(value =>
      isFlag ? yesWord.test(value) : /cancel|storn|void|an+ul|annul/i.test(value),
    )
    if (words.length === 0) return []
    return [
      {
        when: `[${profile.name}] in (${quoted(words)})`,
        reason: 'cancelled',
        note: 'cancelled sales are taken out; leave this away if they also come with negative quantities',
      },
    ]
  })
}

const returnWord =
  /^(returns?|returned|refund(ed)?|devol(u[cç][aã]o|uci[oó]n|vid[oa])?|troca|estorno|credit( note)?|nota de cr[eé]dito|retour(e|en)?|r[uü]ckgabe|gutschrift|storno|avoir|rembours(ement|[eé])|reso|remboursement)$/i

/** Returns that a type column tells apart and whose figures are positive: the drafted figures of those rows change their sign. */
export function turnReturns(
  lines: readonly Line[],
  profiles: readonly Profile[],
  roles: ReadonlyMap<Role, Profile>,
  rows: Rows,
  numbers: NumberFormat,
): Line[] {
  const [found] = profiles
    .filter(
      ({ name, distinct }) =>
        /tipo|type|typ\b|art$|natureza|opera|moviment|transac|kind|status|vorgang/i.test(name) && distinct <= 20,
    )
    .map(kind => ({ kind, words: valuesOf(kind, rows).filter(value => returnWord.test(value)) }))
    .filter(({ words }) => words.length > 0)
  if (found === undefined) return [...lines]
  const { kind, words } = found
  const returned = rows.filter(row => words.includes((row[kind.index] ?? '').trim()))
  const amount = amountReader(numbers)
  const figures = (['quantity', 'revenue', 'gross', 'discount', 'cost'] as const).flatMap(role => roles.get(role) ?? [])
  return lines.map(line => {
    const figure = figures.find(profile =>
      [moneyColumn(profile), moneyColumn(profile, '-'), yamlText(profile.name)].includes(line.value),
    )
    if (figure === undefined || !turned.has(line.key)) return line
    const signs = returned
      .map(row => Math.sign(amount((row[figure.index] ?? '').trim()) ?? 0))
      .filter(sign => sign !== 0)
    // A figure whose minus the draft takes away is written with it on returns too.
    const asSold = line.value === moneyColumn(figure, '-') ? -1 : 1
    if (signs.filter(sign => sign === asSold).length < signs.length * 0.9 || signs.length === 0) return line
    const column = line.value.startsWith('"= ') ? line.value.slice(3, -1) : `[${figure.name}]`
    const back = column.startsWith('-') ? column.slice(1) : `-${column}`
    return {
      ...line,
      value: yamlText(`= if([${kind.name}] in (${quoted(words)}), ${back}, ${column})`),
      note: 'returns come with the figures of sales',
    }
  })
}

const turned = new Set(['quantity', 'revenue', 'discount', 'cost'])

function valuesOf(profile: Profile, rows: Rows): string[] {
  return [...new Set(rows.map(row => (row[profile.index] ?? '').trim()))]
}

function quoted(words: readonly string[]): string {
  return words.map(word => `"${word}"`).join(', ')
}

/** Columns that are written on the first row of a sale only: the one that identifies it, and those that are blank where it is. */
export function filledColumns(columns: readonly string[], rows: Rows, isSaleName: (name: string) => boolean): string[] {
  const isBlank = (row: readonly string[], at: number) => (row[at] ?? '').trim() === ''
  const sale = columns.findIndex((name, at) => {
    const blanks = rows.filter(row => isBlank(row, at)).length
    return (
      isSaleName(name) &&
      blanks > rows.length * 0.1 &&
      blanks < rows.length &&
      rows[0] !== undefined &&
      !isBlank(rows[0], at)
    )
  })
  if (sale < 0) return []
  const below = rows.filter(row => isBlank(row, sale))
  const first = rows.filter(row => !isBlank(row, sale))
  return columns.filter(
    (_, at) =>
      below.filter(row => isBlank(row, at)).length > below.length * 0.95 &&
      first.filter(row => !isBlank(row, at)).length > first.length * 0.5,
  )
}
