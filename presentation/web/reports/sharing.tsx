import { useState } from 'preact/hooks'
import { mayPass, type Role } from '#presentation/access.ts'
import { CallFailed, call } from '../call.ts'
import { locale, words } from '../words.ts'
import { listOf, type Report, type Schedule } from './report.ts'
import { reportWords } from './words.ts'

/** With whom a report is shared, by which link, and when it goes out by mail. */
export function Sharing({ report, role }: { report: Report; role: Role }) {
  const w = reportWords()
  const [said, setSaid] = useState('')
  const path = `/api/v1/reports/${report.id}`
  const tried = async (work: () => Promise<string>) =>
    setSaid(
      await work().catch((error: unknown) =>
        error instanceof CallFailed && error.message !== '' ? error.message : words().failed.title,
      ),
    )
  const share = (event: SubmitEvent) => {
    event.preventDefault()
    const form = formOf(event)
    const people = listOf(String(form.get('people') ?? '')).map(target => ({ kind: 'person', target }))
    const managers = form.get('managers') === null ? [] : [{ kind: 'role', target: 'manager' }]
    void tried(async () => {
      await call(`${path}/shares`, { method: 'PUT', body: { items: [...people, ...managers] } })
      return w.saved
    })
  }
  const link = (open: boolean) =>
    tried(async () => {
      const { secret } = await call<{ secret: string }>(`${path}/${open ? 'open-links' : 'links'}`, {
        method: 'POST',
        body: { days: 7 },
      })
      const to = open ? `/api/v1/open-reports/${secret}.pdf` : `/reports?link=${secret}`
      return `${w.linkReady} ${window.location.origin}${to}`
    })
  const send = (event: SubmitEvent) => {
    event.preventDefault()
    const form = formOf(event)
    void tried(async () => {
      const { nextAt } = await call<Schedule>(`${path}/schedules`, {
        method: 'POST',
        body: {
          rhythm: { every: String(form.get('every')), at: String(form.get('at')) },
          format: 'pdf',
          recipients: listOf(String(form.get('to') ?? '')),
        },
      })
      return w.next(new Date(nextAt).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' }))
    })
  }
  return (
    <section class="card report-sharing" aria-label={w.share}>
      {mayPass(role, 'reports.share') && (
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
      <form onSubmit={send}>
        <h2>{w.send}</h2>
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
      <p role="status">{said}</p>
    </section>
  )
}

function formOf(event: SubmitEvent): FormData {
  return event.currentTarget instanceof HTMLFormElement ? new FormData(event.currentTarget) : new FormData()
}
