import type { Firing } from '#shared/alerts/firing.ts'
import type { Action } from '#shared/alerts/suggestion.ts'
import type { NameOf } from '#shared/alerts/wording.ts'
import { loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'

const sql = loadSql('./names.sql', import.meta.url)

/** What everything in some firings and their suggestions is called; ids where there is no name. */
export async function namesOf(
  warehouse: Warehouse,
  suggested: readonly { readonly firing: Firing; readonly action: Action | undefined }[],
): Promise<NameOf> {
  const ids = new Set<string>()
  for (const { firing, action } of suggested) {
    for (const { subject } of firing.breaches.slice(0, 200)) ids.add(subject.id).add(subject.store)
    for (const value of Object.values(action ?? {})) if (typeof value === 'string') ids.add(value)
  }
  if (ids.size === 0) return (_, id) => id
  const rows = await warehouse.rows<{ kind: string; id: string; name: string }>(sql, { ids: [...ids].slice(0, 2_000) })
  const names = new Map(rows.map(row => [`${row.kind}:${row.id}`, row.name]))
  return (kind, id) => names.get(`${kind}:${id}`) ?? id
}
