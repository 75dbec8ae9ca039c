import type { Role } from '#presentation/access.ts'
import { type Preferences, readPreferences } from '#presentation/preferences.ts'

/** Somebody who signed in, with what bounds what they see. The store scope is fixed here; no route can widen it. */
export type Person = {
  id: string
  email: string
  name: string
  locale: 'pt-BR' | 'en' | undefined
  preferences?: Preferences
} & Bounds

export type Bounds =
  | { role: 'admin' }
  | { role: 'manager'; stores: readonly string[] }
  | { role: 'seller'; seller: string }

/** Two persons with the same key may see exactly the same rows. */
export function scopeKey(person: Bounds): string {
  switch (person.role) {
    case 'admin':
      return 'admin'
    case 'manager':
      return `manager ${JSON.stringify([...person.stores].sort())}`
    case 'seller':
      return `seller ${JSON.stringify(person.seller)}`
  }
}

export type PersonRow = {
  id: string
  email: string
  name: string
  role: Role
  stores: string[] | null
  seller: string | null
  locale: string | null
  preferences?: unknown
}

/** The row of `people` as a person. Bounds that are missing become the narrowest: no store, no line. */
export function personOf(row: PersonRow): Person {
  const { id, email, name } = row
  const locale: Person['locale'] = row.locale === 'pt-BR' || row.locale === 'en' ? row.locale : undefined
  const who = { id, email, name, locale, preferences: readPreferences(row.preferences) }
  switch (row.role) {
    case 'admin':
      return { ...who, role: 'admin' }
    case 'manager':
      return { ...who, role: 'manager', stores: row.stores ?? [] }
    case 'seller':
      return { ...who, role: 'seller', seller: row.seller ?? '' }
  }
}
