import type { Warehouse } from '#shared/warehouse/warehouse.ts'

export class CutOff extends Error {}

/** A warehouse whose caller dies after so many statements, counted from the first one, or from behind the first that begins with `from`. */
export function cutOff(warehouse: Warehouse, statements: number, from?: string): Warehouse {
  let left = from === undefined ? statements : undefined
  const tick = (sql: string) => {
    if (left === undefined) {
      if (from !== undefined && sql.startsWith(from)) left = statements
      return
    }
    if (left-- <= 0) throw new CutOff()
  }
  return {
    ...watched(warehouse, tick),
    // Of these the last one is written before the caller dies: the next caller writes it anew.
    runOnce: async (...given) => {
      await warehouse.runOnce(...given)
      tick(given[0])
    },
  }
}

/** A warehouse of which every statement is told `before` it is sent; one that says nothing of itself is told as ''. */
export function watched(warehouse: Warehouse, before: (sql: string) => Promise<void> | void): Warehouse {
  return {
    kind: warehouse.kind,
    client: warehouse.client,
    database: warehouse.database,
    layout: warehouse.layout,
    rows: async (...given) => {
      await before(given[0])
      return warehouse.rows(...given)
    },
    run: async (...given) => {
      await before(given[0])
      await warehouse.run(...given)
    },
    runOnce: async (...given) => {
      await before(given[0])
      await warehouse.runOnce(...given)
    },
    insert: async (...given) => {
      await before('')
      await warehouse.insert(...given)
    },
    insertBlock: async (...given) => {
      await before('')
      await warehouse.insertBlock(...given)
    },
    parquet: async (...given) => {
      await before('')
      return warehouse.parquet(...given)
    },
    insertParquet: async (...given) => {
      await before('')
      await warehouse.insertParquet(...given)
    },
    ready: () => warehouse.ready(),
    close: async () => {},
  }
}
