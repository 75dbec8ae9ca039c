import type { ComponentChildren } from 'preact'
import { TableBox } from '../table-box.tsx'

type Column<T> = {
  title: string
  /** `amount` stands right; `col-units` is left out on a phone. */
  class: string
  cell: (item: T) => ComponentChildren
  /** True where the cell is bad news. */
  isLoss?: (item: T) => boolean
}
type Given<T> = {
  /** What the rows are named by. */
  title: string
  name: (item: T) => ComponentChildren
  columns: readonly Column<T>[]
  items: readonly T[]
  keyOf: (item: T) => string
}

/** What was counted of each source, day or file. */
export function CountedTable<T>({ title, name, columns, items, keyOf }: Given<T>) {
  return (
    <TableBox>
      <table class="quality">
        <thead>
          <tr>
            <th scope="col">{title}</th>
            {columns.map(column => (
              <th key={column.title} scope="col" class={column.class}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map(item => (
            <tr key={keyOf(item)}>
              <th scope="row">{name(item)}</th>
              {columns.map(column => (
                <td key={column.title} class={column.isLoss?.(item) === true ? `${column.class} loss` : column.class}>
                  {column.cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}
