import type { Warehouse } from '#shared/warehouse/warehouse.ts'

export class CutOff extends Error {}

/** A warehouse whose caller dies after so many statements, counted from the first one, or from behind the first that begins with `from`. */
export function cutOff(warehouse: Warehouse, statements: number, from?: string): Warehouse {
  let left = from === undefined ? statements : undefined
  const tick = (sql = '') => {
    if (left === undefined) {
      if (from !== undefined && sql.startsWith(from)) left = statements
      return
    }
    if (left-- <= 0) throw new CutOff()
  }
  return {
    kind: warehouse.kind,
    client: warehouse.client,
    database: warehouse.database,
    layout: warehouse.layout,
    rows: async (...given) => {
      tick(given[0])
      return warehouse.rows(...given)
    },
    run: async (...given) => {
      tick(given[0])
      await warehouse.run(...given)
    },
    // Of these the last one is written before the caller dies: the next caller writes it anew.
    runOnce: async (...given) => {
      await warehouse.runOnce(...given)
      tick(given[0])
    },
    insert: async (...given) => {
      tick()
      await warehouse.insert(...given)
    },
    insertBlock: async (...given) => {
      tick()
      await warehouse.insertBlock(...given)
    },
    parquet: async (...given) => {
      tick()
      return warehouse.parquet(...given)
    },
    insertParquet: async (...given) => {
      tick()
      await warehouse.insertParquet(...given)
    },
    ready: () => warehouse.ready(),
    close: async () => {},
  }
}
