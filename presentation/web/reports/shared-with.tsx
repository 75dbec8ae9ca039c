import type { ComponentChildren } from 'preact'
import { moment } from '../format.ts'
import { useResource } from '../resource.ts'
import { soon, useDone } from '../undo.tsx'
import type { Definition, Report, Schedules } from './report.ts'
import { reportWords } from './words.ts'

export type Share =
  | { kind: 'person'; target: string; name: string }
  | { kind: 'role'; target: 'admin' | 'manager' | 'seller'; name: string }
type Link = { id: string; open: boolean; expiresAt: string; createdAt: string }
type Version = { version: number; definition: Definition; savedAt: string }

/** With whom a report is shared now. */
export function ShareList({ shares, drop }: { shares: readonly Share[]; drop: (share: Share) => void }) {
  const w = reportWords()
  return (
    <List
      title={w.sharedWith}
      items={shares.map(share => ({
        key: `${share.kind} ${share.target}`,
        text: share.kind === 'person' ? share.name : w.roles[share.target],
        drop: () => drop(share),
      }))}
    />
  )
}

/** Links that still work; ending one can be taken back for a moment. */
export function LinkList({ report }: { report: Report }) {
  const w = reportWords()
  const path = `/api/v1/reports/${report.id}/links`
  const { answer, again } = useResource<{ items: Link[] }>(path)
  const isDone = useDone()
  const items = (answer?.items ?? []).filter(({ id }) => !isDone('DELETE', `${path}/${id}`))
  return (
    <List
      title={w.links}
      items={items.map(({ id, open, expiresAt }) => ({
        key: id,
        text: `${open ? w.openLinkName : w.linkName} · ${w.until(moment(expiresAt))}`,
        drop: () => soon({ text: w.linkEnded, method: 'DELETE', path: `${path}/${id}`, done: again }),
      }))}
    />
  )
}

/** When the report goes out by mail, and to whom. */
export function ScheduleList({ path, known, again }: { path: string; known: Schedules; again: () => void }) {
  const w = reportWords()
  const isDone = useDone()
  const items = known.items.filter(({ id }) => !isDone('DELETE', `${path}/${id}`))
  const next = (at: string) => (known.mail === 'off' ? w.mailOffShort : w.next(moment(at)))
  return (
    <List
      title={w.schedules}
      items={items.map(({ id, rhythm, recipients, nextAt }) => ({
        key: id,
        text: `${w.every[rhythm.every]} ${w.at} ${rhythm.at} · ${recipients.length} · ${next(nextAt)}`,
        drop: () => soon({ text: w.scheduleStopped, method: 'DELETE', path: `${path}/${id}`, done: again }),
      }))}
    />
  )
}

/** Every form the report had; an earlier one can be put into the builder again. */
export function VersionList({ report, use }: { report: Report; use: (definition: Definition) => void }) {
  const w = reportWords()
  const { answer } = useResource<{ items: Version[] }>(`/api/v1/reports/${report.id}/versions`)
  const earlier = (answer?.items ?? []).filter(({ version }) => version !== report.version)
  if (earlier.length === 0) return null
  return (
    <details>
      <summary>
        {w.versions} ({earlier.length})
      </summary>
      <ul class="kept-list">
        {earlier.map(({ version, definition, savedAt }) => (
          <li key={version}>
            <span>
              {w.version(version, moment(savedAt))}
              <small class="quiet">{definition.name}</small>
            </span>
            <button type="button" class="ghost" onClick={() => use(definition)}>
              {w.restore}
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}

type Item = { key: string; text: ComponentChildren; drop: () => void }

function List({ title, items }: { title: string; items: readonly Item[] }) {
  if (items.length === 0) return null
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul class="kept-list">
        {items.map(({ key, text, drop }) => (
          <li key={key}>
            <span>{text}</span>
            <button type="button" class="ghost" onClick={drop} aria-label={`${reportWords().end}: ${text}`}>
              {reportWords().end}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
