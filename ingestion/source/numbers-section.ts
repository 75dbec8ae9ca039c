import { currenciesOf, foreignCurrency } from '../map/currency.ts'
import type { Draft, Line } from './draft.ts'
import type { Sample } from './evidence.ts'
import type { Profile } from './profile.ts'
import type { Role } from './roles.ts'

/** Drafts the signs of the `numbers` section; nothing where no column holds numbers. */
export function numberLines(
  numbers: { decimal: string; thousands: string; certain: boolean },
  profiles: readonly Profile[],
): Line[] {
  if (!profiles.some(profile => profile.numeric > 0.9)) return []
  const lines: Line[] = [
    {
      key: 'decimal',
      value: `"${numbers.decimal}"`,
      ...(numbers.certain
        ? {}
        : {
            question:
              numbers.thousands === ''
                ? 'no number in the file decides this. Which sign stands before the cents?'
                : `no number in the file has cents: every "${numbers.thousands}" has three digits behind it. Is it the sign between thousands?`,
          }),
    },
  ]
  if (numbers.thousands !== '') lines.push({ key: 'thousands', value: `"${numbers.thousands}"` })
  return lines
}

const money = ['unitPrice', 'revenue', 'gross', 'discount', 'cost', 'unitCost', 'profit'] as const

/** The codes and signs of other currencies than the chain's that amounts name, the commonest first, and whether most amounts do. */
export function foreignNames(
  roles: ReadonlyMap<Role, Profile>,
  rows: Sample['rows'],
  chain: string,
): { names: string[]; most: boolean } {
  const amounts = money.flatMap(role => {
    const profile = roles.get(role)
    return profile === undefined ? [] : rows.map(row => (row[profile.index] ?? '').trim()).filter(text => text !== '')
  })
  const named = amounts.flatMap(text => foreignCurrency(text, chain) ?? [])
  const counts = new Map<string, number>()
  for (const name of named) counts.set(name, (counts.get(name) ?? 0) + 1)
  const names = [...counts].sort(([, x], [, y]) => y - x).map(([name]) => name)
  return { names, most: named.length > amounts.length / 2 }
}

/** States the currency of amounts that name another than the chain's; where only some do, says what becomes of them. */
export function draftCurrency(draft: Draft, { names, most }: ReturnType<typeof foreignNames>, chain: string): void {
  const [name] = names
  if (name === undefined) return
  const [code] = currenciesOf(name)
  const said = `amounts name ${names.join(', ')}, and the chain's money is ${chain}`
  if (most && code !== undefined)
    draft.numbers.push({
      key: 'currency',
      value: code,
      question: `${said}. Does a \`currency\` rule convert them (docs/quality.md)? Without one they count as they stand.`,
    })
  else
    draft.questions.push(
      `some ${said}: those rows will be rejected. Should they go into a file and a source of their own?`,
    )
}
