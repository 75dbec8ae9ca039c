import type { SessionView } from '../server/session-routes.ts'
import { TablePage } from './table-page.tsx'
import { words } from './words.ts'

export function ProductsPage({ session }: { session: SessionView }) {
  return <TablePage kind="products" title={words().products} session={session} />
}
