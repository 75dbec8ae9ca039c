import { useState } from 'preact/hooks'
import { mayPass, type Role } from '#presentation/access.ts'
import { CallFailed, call } from '../call.ts'
import { moment } from '../format.ts'
import { useResource } from '../resource.ts'
import { words } from '../words.ts'
import { type Definition, listOf, type Report, type Schedules } from './report.ts'
import { LinkList, ScheduleList, type Share, ShareList, VersionList } from './shared-with.tsx'
import { reportWords } from './words.ts'

/** With whom a report is shared, by which link, and when it goes out by mail. */
export function Sharing({ report, role, use }: { report: Report; role: Role; use: (definition: Definition) => void }) {
  const w = reportWords()
  const [said, setSaid] = useState('')
  const [made, setMade] = useState(0)
  const path = `/api/v1/reports/${report.id}`
  const tried = async (work: () => Promise<string>) =>
    setSaid(
      await work().catch((error: unknown) =>
        error instanceof CallFailed && error.message !== '' ? error.message : words().failed.title,
      ),
    )
  const mayShare = mayPass(role, 'reports.share')
  const known = useResource<{ items: Share[] }>(mayShare ? `${path}/shares` : `${path}/schedules`)
  const schedules = useResource<Schedules>(`${path}/schedules`)
  const isMailOff = schedules.answer?.mail === 'off'
  const shares = mayShare ? (known.answer?.items ?? []) : []
  const shareWith = async (items: readonly { kind: string; target: string }[]) => {
    const body = { items: items.map(({ kind, target }) => ({ kind, target })) }
    await call(`${path}/shares`, { method: 'PUT', body })
    known.again()
    return w.saved
  }
  const share = (event: SubmitEvent) => {
    event.preventDefault()
    const form = formOf(event)
    const people = listOf(String(form.get('people') ?? '')).map(target => ({ kind: 'person', target }))
    const managers = form.get('managers') === null ? [] : [{ kind: 'role', target: 'manager' }]
    void tried(() => shareWith([...shares, ...people, ...managers]))
  }
  const link = (open: boolean) =>
    tried(async () => {
      const { secret } = await call<{ secret: string }>(`${path}/${open ? 'open-links' : 'links'}`, {
        method: 'POST',
        body: { days: 7 },
      })
      const to = open ? `/api/v1/open-reports/${secret}.pdf` : `/reports?link=${secret}`
      setMade(made + 1)
      return `${w.linkReady} ${window.location.origin}${to}`
    })
  const send = (event: SubmitEvent) => {
    event.preventDefault()
    const form = formOf(event)
    void tried(async () => {
      const { nextAt } = await call<{ nextAt: string }>(`${path}/schedules`, {
        method: 'POST',
        body: {
          rhythm: { every: String(form.get('every')), at: String(form.get('at')) },
          format: 'pdf',
          recipients: listOf(String(form.get('to') ?? '')),
        },
      })
      schedules.again()
      return isMailOff ? w.mailOff : w.next(moment(nextAt))
    })
  }
  return (
    <section class="card report-sharing" aria-label={w.share}>
      {mayShare && (
        <form onSubmit={share}>
          <h2>{w.share}</h2>
          <p class="quiet">{w.shareHint}</p>
          <label>
            {w.shareWith}
            <input name="people" />
          </label>
          <label class="check">
            <input type="checkbox" name="managers" />
            {w.shareRole}
          </label>
          <p class="report-actions">
            <button type="submit" class="primary">
              {w.share}
            </button>
            <button type="button" class="ghost" onClick={() => link(false)}>
              {w.link}
            </button>
            {mayPass(role, 'reports.publish') && (
              <button type="button" class="ghost" onClick={() => link(true)}>
                {w.openLink}
              </button>
            )}
          </p>
        </form>
      )}
      {mayShare && (
        <ShareList shares={shares} drop={gone => void tried(() => shareWith(shares.filter(one => one !== gone)))} />
      )}
      {mayShare && <LinkList key={`links ${made}`} report={report} />}
      <form onSubmit={send}>
        <h2>{w.send}</h2>
        {isMailOff && <p class="notice">{w.mailOff}</p>}
        <label>
          {w.to}
          <input name="to" required />
        </label>
        <label>
          {w.send}
          <select name="every">
            {(['day', 'weekday', 'week', 'month'] as const).map(every => (
              <option value={every} key={every}>
                {w.every[every]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {w.at}
          <input type="time" name="at" value="07:00" required />
        </label>
        <button type="submit" class="primary">
          {w.sendStart}
        </button>
      </form>
      {schedules.answer !== undefined && (
        <ScheduleList path={`${path}/schedules`} known={schedules.answer} again={schedules.again} />
      )}
      <p role="status">{said}</p>
      <VersionList key={`versions ${report.version}`} report={report} use={use} />
    </section>
  )
}

function formOf(event: SubmitEvent): FormData {
  return event.currentTarget instanceof HTMLFormElement ? new FormData(event.currentTarget) : new FormData()
}
