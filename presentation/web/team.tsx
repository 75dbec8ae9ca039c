import type { SessionView } from '../server/session-routes.ts'
import { TablePage } from './table-page.tsx'
import { words } from './words.ts'

export function TeamPage({ session }: { session: SessionView }) {
  return <TablePage kind="sellers" title={words().team} session={session} />
}
