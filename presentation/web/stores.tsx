import type { SessionView } from '../server/session-routes.ts'
import { TablePage } from './table-page.tsx'
import { words } from './words.ts'

export function StoresPage({ session }: { session: SessionView }) {
  return <TablePage kind="stores" title={words().stores} session={session} />
}
