import type { Warehouse } from '#shared/warehouse/warehouse.ts'

/** What sales refer to and dimensions describe. */
export type Described = 'product' | 'store' | 'seller' | 'customer'
export const tables = { product: 'products', store: 'stores', seller: 'sellers', customer: 'customers' } as const

export const isDescribedField = (field: string): field is Described => Object.hasOwn(tables, field)

/** The descriptions of a kind, for `FROM`. What a rule names as a service stands among products without being described. */
export const describedRows = (kind: Described): string =>
  kind === 'product' ? `products FINAL WHERE NOT (source = 'quality' AND version = 0)` : `${tables[kind]} FINAL`

/** How ids of one kind are written where they are described: by their small letters. `any`: something of the kind is described at all. */
export type Spellings = { any: boolean; of: ReadonlyMap<string, readonly string[]> }

export const isDescribed = ({ any, of }: Spellings, id: string): boolean =>
  !any || id === '' || (of.get(id.toLowerCase())?.includes(id) ?? false)

/** The id as its description writes it, where exactly one differs only in case; else as it is. */
export function describedAs({ of }: Spellings, id: string): string {
  const known = of.get(id.toLowerCase()) ?? []
  const [only, another] = known
  return only === undefined || another !== undefined ? id : only
}

/** What is described in the warehouse, asked for as ids come by. What was found once is remembered; what was not is asked for again each time. */
export class SpellingBook {
  readonly #warehouse: Warehouse
  readonly #found = new Map<Described, Map<string, readonly string[]>>()
  readonly #described = new Set<Described>()

  constructor(warehouse: Warehouse) {
    this.#warehouse = warehouse
  }

  /** Learns about these ids and returns what is known of the kind. */
  async look(kind: Described, ids: Iterable<string>): Promise<Spellings> {
    const found = this.#found.get(kind) ?? new Map<string, readonly string[]>()
    this.#found.set(kind, found)
    const missing = [...new Set(ids)].filter(id => id !== '' && !(found.get(id.toLowerCase())?.includes(id) ?? false))
    for (let at = 0; at < missing.length; at += 1_000) {
      const rows = await this.#warehouse.rows<{ small: string; written: string[] }>(
        `SELECT lowerUTF8(${kind}) AS small, groupUniqArray(${kind}) AS written FROM ${tables[kind]}
         WHERE small IN {ids:Array(String)} GROUP BY small`,
        { ids: missing.slice(at, at + 1_000).map(id => id.toLowerCase()) },
      )
      for (const { small, written } of rows) found.set(small, written)
    }
    return { any: await this.#isAnyDescribed(kind), of: found }
  }

  async #isAnyDescribed(kind: Described): Promise<boolean> {
    if (this.#described.has(kind)) return true
    const [row] = await this.#warehouse.rows<{ some: string }>(`SELECT count() AS some FROM ${describedRows(kind)}`)
    if (row?.some === '0') return false
    this.#described.add(kind)
    return true
  }
}
