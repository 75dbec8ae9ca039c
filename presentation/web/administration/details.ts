import { roles } from '#presentation/access.ts'
import { count, day } from '../format.ts'
import { words } from '../words.ts'
import { accountWords } from './words.ts'

/** What the trail keeps beside an action, in words. A name it does not know is somebody's own, as a store's beside its target. */
export function detailsText(details: Readonly<Record<string, unknown>>): string {
  const names = accountWords().detailNames
  return Object.entries(details)
    .filter(([, value]) => value !== '' && value !== null)
    .map(([name, value]) => {
      const label = Object.hasOwn(names, name) ? names[name] : name
      return value === true ? label : `${label}: ${valueText(value)}`
    })
    .join(', ')
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return count(value)
  if (Array.isArray(value)) return value.map(valueText).join(' ')
  if (typeof value !== 'string') return JSON.stringify(value)
  const role = roles.find(name => name === value)
  if (role !== undefined) return words().role[role]
  const known = accountWords().detailValues
  if (Object.hasOwn(known, value)) return known[value] ?? value
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? day(value) : value
}
