import type { Received } from '#shared/bus/bus.ts'
import type { Sale } from '#shared/records/sale.ts'
import { Integers, nativeBlock, Smalls, Strings } from '#shared/warehouse/native.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import type { Hit } from '../quality/judge.ts'
import { dayNumber } from './line-block.ts'

/** A message that is a sale, and what the sale is after cleaning. */
export type Read = { message: Received; sale: Sale }
/** What the rules made of it. */
export type Arrived = Read & { hits: readonly Hit[] }

/** Keeps messages as they arrived, until the lake has them. The same message again replaces itself within its ten minutes. */
export async function keepRaw(warehouse: Warehouse, arrived: readonly Arrived[]): Promise<void> {
  if (arrived.length === 0) return
  const columns = rawColumns(arrived)
  pushRaw(columns, arrived, Math.floor(Date.now() / 1000))
  await warehouse.insertBlock('raw_sales', nativeBlock(Object.values(columns), arrived.length))
}

function rawColumns(arrived: readonly Arrived[]) {
  const rows = arrived.length
  const bytes = arrived.reduce((sum, { message }) => sum + message.value.length + 5, 0)
  return {
    arrived: new Smalls('arrived', "DateTime('UTC')", rows),
    store: new Strings('store', rows),
    month: new Smalls('month', 'Date', rows),
    partition: new Smalls('partition', 'UInt32', rows),
    offset: new Integers('offset', 'UInt64', rows),
    message: new Strings('message', rows, bytes),
  }
}

function pushRaw(column: ReturnType<typeof rawColumns>, arrived: readonly Arrived[], now: number): void {
  for (const { message, sale } of arrived) {
    column.arrived.push(now)
    column.store.push(sale.store)
    column.month.push(dayNumber(`${sale.soldAt.slice(0, 7)}-01`))
    column.partition.push(message.partition)
    column.offset.push(Number(message.offset))
    column.message.pushBytes(message.value)
  }
}
