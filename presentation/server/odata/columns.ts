import type { EdmType } from './model.ts'

/** What a stage of a query has: names with their types. */
export type Column = { type: EdmType; nullable: boolean; sealed: boolean }
export type Columns = ReadonlyMap<string, Column>

/** Values on their way to the engine, bound by it; no value is ever part of a statement's text. */
export class Bound {
  readonly values: Record<string, unknown> = {}
  #count = 0

  add(type: string, value: unknown): string {
    const name = `v${this.#count++}`
    this.values[name] = value
    return `{${name}:${type}}`
  }
}

/** A name as SQL. Only names of the model and aliases of this shape get here. */
export function nameSql(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) throw new TypeError(`not a name: ${name}`)
  return `\`${name}\``
}
