import { useState } from 'preact/hooks'
import { ruleNameIn } from '#shared/alerts/ready-made-names.ts'
import type { Rule, RuleText } from '#shared/alerts/rule.ts'
import type { MailState } from '#shared/mail.ts'
import type { SessionView } from '../server/session-routes.ts'
import { CallFailed, call } from './call.ts'
import { Failure } from './failure.tsx'
import { day } from './format.ts'
import { useResource } from './resource.ts'
import { soon, useDone } from './undo.tsx'
import { locale, words } from './words.ts'

type ListedRule = Rule & { readyMade: boolean }
type NewRule = Omit<RuleText, 'id' | 'owner'>
type Try = { days: number; items: { day: string; breaches: { id: string; value: number; reference: number }[] }[] }
type ConditionKind = 'weekdayFall' | 'belowAverage' | 'belowPace' | 'marginBelow' | 'noSales'
type ScopeKind = 'store' | 'seller' | 'product'

/** The rules alerts come from, and a new one as a sentence to fill in. */
export function RulesPanel({ session }: { session: SessionView }) {
  const w = words().alerts
  const { answer, failed, again } = useResource<{ items: ListedRule[]; mail: MailState }>('/api/v1/insights/rules')
  const isDone = useDone()
  if (failed !== undefined && answer === undefined) return <Failure failed={failed} again={again} />
  const items = answer?.items ?? []
  const pathOf = (rule: ListedRule) => `/api/v1/insights/rules/${encodeURIComponent(rule.id)}`
  const remove = (rule: ListedRule) =>
    soon({ text: w.removed(rule.name), method: 'DELETE', path: pathOf(rule), done: again })
  const mayChange = (rule: ListedRule) => !rule.readyMade || session.person.role === 'admin'
  const turn = async (rule: ListedRule) => {
    const { id, owner: _, readyMade: __, ...text } = rule
    await call(`/api/v1/insights/rules/${encodeURIComponent(id)}`, { method: 'PUT', body: { ...text, on: !rule.on } })
    again()
  }
  return (
    <div class="page-body">
      <RuleEditor role={session.person.role} made={again} />
      <section class="card table-card" aria-label={w.tabs.rules}>
        {answer?.mail === 'off' && items.some(rule => rule.on && rule.channels.includes('email')) && (
          <p class="notice">{w.mailOff}</p>
        )}
        <ul class="rules">
          {items
            .filter(rule => !isDone('DELETE', pathOf(rule)))
            .map(rule => (
              <li key={rule.id}>
                <span>
                  <strong>{ruleNameIn(locale(), rule.id, rule.name)}</strong>
                  <small>{rule.readyMade ? w.readyMade : w.own}</small>
                </span>
                {mayChange(rule) && (
                  <button type="button" class="plain" aria-pressed={rule.on} onClick={() => turn(rule)}>
                    {rule.on ? w.isOn : w.isOff}
                  </button>
                )}
                {!rule.readyMade && (
                  <button type="button" class="ghost" onClick={() => remove(rule)}>
                    {w.remove}
                  </button>
                )}
              </li>
            ))}
        </ul>
      </section>
    </div>
  )
}

function RuleEditor({ role, made }: { role: string; made: () => void }) {
  const w = words().alerts
  const [scope, setScope] = useState<ScopeKind>(role === 'seller' ? 'seller' : 'store')
  const [kind, setKind] = useState<ConditionKind>('weekdayFall')
  const [amount, setAmount] = useState(20)
  const [tried, setTried] = useState<Try | undefined>(undefined)
  const [wrong, setWrong] = useState('')
  const [busy, setBusy] = useState(false)
  const rule: NewRule = {
    name: w.sentence(w.scopes[scope], w.conditions[kind](amount)),
    scope: { kind: scope },
    condition: conditionOf(kind, amount),
  }
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true)
    setWrong('')
    try {
      await work()
    } catch (error) {
      setWrong(error instanceof CallFailed && error.message !== '' ? error.message : words().failed.title)
    }
    setBusy(false)
  }
  const dryRun = () =>
    attempt(async () => setTried(await call<Try>('/api/v1/insights/rules/dry-run', { method: 'POST', body: rule })))
  const save = () =>
    attempt(async () => {
      await call('/api/v1/insights/rules', { method: 'POST', body: rule })
      setTried(undefined)
      made()
    })
  const scopes: ScopeKind[] = role === 'seller' ? ['seller'] : ['store', 'seller', 'product']
  return (
    <section class="card editor" aria-label={w.newRule}>
      <h2>{w.newRule}</h2>
      <div class="sentence">
        <label>
          {w.when}
          <select
            value={scope}
            onChange={event => setScope(scopes.find(one => one === event.currentTarget.value) ?? scope)}
          >
            {scopes.map(name => (
              <option key={name} value={name}>
                {w.scopes[name]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {w.does}
          <select
            value={kind}
            onChange={event => setKind(kinds.find(one => one === event.currentTarget.value) ?? kind)}
          >
            {kinds.map(name => (
              <option key={name} value={name}>
                {w.kinds[name]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {kind === 'noSales' ? w.days : w.percent}
          <input
            type="number"
            min={kind === 'marginBelow' ? -100 : 1}
            max={kind === 'noSales' ? 365 : 100}
            value={amount}
            onInput={event => setAmount(Number(event.currentTarget.value))}
          />
        </label>
      </div>
      <p class="quiet">{rule.name}</p>
      <div class="alert-actions">
        <button type="button" class="plain" disabled={busy} onClick={dryRun}>
          {w.dryRun}
        </button>
        <button type="button" class="primary" disabled={busy} onClick={save}>
          {w.save}
        </button>
      </div>
      <div role="status">
        {tried !== undefined && (
          <>
            <p>
              <strong>{w.wouldHave(tried.items.length, tried.days)}</strong>
            </p>
            <ul class="breaches">
              {tried.items.slice(0, 8).map((item, index) => (
                <li key={`${item.day} ${index}`}>
                  {day(item.day)}: {w.subjects(item.breaches.length)}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      {wrong !== '' && (
        <p class="field-error" role="alert">
          {wrong}
        </p>
      )}
    </section>
  )
}

const kinds: readonly ConditionKind[] = ['weekdayFall', 'belowAverage', 'belowPace', 'marginBelow', 'noSales']

function conditionOf(kind: ConditionKind, amount: number): RuleText['condition'] {
  return kind === 'noSales' ? { kind, days: Math.max(1, Math.round(amount)) } : { kind, percent: amount }
}
