import { useState } from 'preact/hooks'
import type { Ranking } from '../../server/figures-schema.ts'
import type { PersonInList } from '../../server/people/people.ts'
import { day, money } from '../format.ts'
import { useResource } from '../resource.ts'
import { StorePicker } from '../store-picker.tsx'
import { soon, useDone } from '../undo.tsx'
import { payWords } from './pay-words.ts'
import { draftOf, emptyPlan, type PlanDraft, type PlanText, textOf } from './plan.ts'
import { PlanForm } from './plan-form.tsx'
import { Asked, fieldsOf, Table, useAct } from './table.tsx'

type Assignment = {
  id: string
  person: string
  plan: string
  from: string
  to?: string
  store: string
  manages: string[]
}
type Plans = { plans: PlanText[]; assignments: Assignment[] }

/** Remuneration plans, written without a programmer, and who has which. */
export function Plans({ today }: { today: string }) {
  return (
    <Asked<Plans>
      path="/api/v1/insights/pay/plans"
      show={(answer, { again }) => (
        <>
          <PlanList plans={answer.plans} again={again} today={today} />
          <Assignments answer={answer} again={again} today={today} />
        </>
      )}
    />
  )
}

function PlanList({ plans, again, today }: { plans: PlanText[]; again: () => void; today: string }) {
  const w = payWords()
  const [edited, edit] = useState<PlanDraft | undefined>()
  const { act, notice } = useAct(again)
  const save = async (draft: PlanDraft) => {
    const text = textOf(draft)
    const saved = await act('PUT', `/insights/pay/plans/${encodeURIComponent(text.id)}`, text)
    if (saved !== undefined) edit(undefined)
  }
  return (
    <section class="card table-card" aria-label={w.plans}>
      <div class="table-tools">
        <h2>{w.plans}</h2>
        <button type="button" class="plain push" onClick={() => edit(emptyPlan(today, crypto.randomUUID()))}>
          {w.newPlan}
        </button>
      </div>
      {notice}
      {edited !== undefined && <PlanForm key={edited.id} plan={edited} save={save} cancel={() => edit(undefined)} />}
      <ul class="rules">
        {plans.map(plan => (
          <li key={plan.id}>
            <span>
              <strong>{plan.name}</strong>
              <small>
                {day(plan.validFrom)} – {plan.validTo === undefined ? w.open : day(plan.validTo)} ·{' '}
                {w.summary(money(plan.base), partsOf(plan))}
              </small>
            </span>
            <button type="button" class="plain" onClick={() => edit(draftOf(plan))}>
              {w.change}
            </button>
            <button
              type="button"
              class="ghost"
              onClick={() => edit({ ...draftOf(plan), id: crypto.randomUUID(), name: w.copyOf(plan.name) })}
            >
              {w.copy}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

const pathOf = (id: string) => `/api/v1/insights/pay/assignments/${encodeURIComponent(id)}`

function partsOf({ commissions = [], bonuses = [], teamShare }: PlanText): number {
  return commissions.length + bonuses.length + (teamShare === undefined ? 0 : 1)
}

function Assignments({ answer, again, today }: { answer: Plans; again: () => void; today: string }) {
  const w = payWords()
  const isDone = useDone()
  const [given, give] = useState<readonly Assignment[]>([])
  const [home, setHome] = useState<string[]>([])
  const [manages, setManages] = useState<string[]>([])
  const people = useResource<{ people: PersonInList[] }>('/api/v1/people').answer?.people ?? []
  const sellers = useResource<Ranking>('/api/v1/rankings/sellers?preset=12m&limit=1000').answer?.items ?? []
  const managers = people.filter(({ role }) => role === 'manager')
  const names = new Map([
    ...managers.map(({ id, name }) => [id, name] as const),
    ...sellers.map(({ id, name }) => [id, name === '' ? id : name] as const),
  ])
  const nameOf = (person: string) => names.get(person) ?? person
  const planName = (id: string) => answer.plans.find(plan => plan.id === id)?.name ?? id
  const assign = (event: Event) => {
    const fields = fieldsOf(event)
    const { person = '', plan = '', from = '', to = '' } = fields
    const body = { person, plan, from, ...(to === '' ? {} : { to }), store: home[0] ?? '', manages }
    const id = crypto.randomUUID()
    give([...given, { id, ...body }])
    soon({ text: w.assigned(nameOf(person), planName(plan)), method: 'PUT', path: pathOf(id), body, done: again })
  }
  const remove = ({ id, person }: Assignment) =>
    soon({ text: w.removed(nameOf(person)), method: 'DELETE', path: pathOf(id), done: again })
  const kept = new Set(answer.assignments.map(({ id }) => id))
  const assignments = [
    ...answer.assignments,
    ...given.filter(({ id }) => !kept.has(id) && isDone('PUT', pathOf(id))),
  ].filter(({ id }) => !isDone('DELETE', pathOf(id)))
  return (
    <section class="card table-card" aria-label={w.assignments}>
      <div class="table-tools">
        <h2>{w.assignments}</h2>
      </div>
      <p class="quiet pad">{w.assignmentsHint}</p>
      {assignments.length > 0 && (
        <Table
          head={[w.person, w.plan, w.from, w.to, w.remove]}
          rows={assignments.map(assignment => ({
            key: assignment.id,
            cells: [
              nameOf(assignment.person),
              planName(assignment.plan),
              day(assignment.from),
              assignment.to === undefined ? w.open : day(assignment.to),
              <button key="remove" type="button" class="ghost" onClick={() => remove(assignment)}>
                {w.remove}
              </button>,
            ],
          }))}
        />
      )}
      {names.size === 0 ? (
        <p class="quiet pad">{w.nobody}</p>
      ) : (
        <form class="plan-form" onSubmit={assign}>
          <div class="plan-fields">
            <NamedSelect label={w.person} name="person" options={[...names]} />
            <NamedSelect label={w.plan} name="plan" options={answer.plans.map(plan => [plan.id, plan.name])} />
            <label>
              {w.from}
              <input type="date" name="from" required defaultValue={`${today.slice(0, 8)}01`} />
            </label>
            <label>
              {w.to}
              <input type="date" name="to" />
            </label>
            <StorePicker
              label={w.home}
              none={w.noStores}
              chosen={home}
              change={stores => setHome(stores.slice(-1))}
              mayAdd
            />
            <StorePicker label={w.manages} none={w.noStores} chosen={manages} change={setManages} mayAdd />
          </div>
          <p>
            <button type="submit" class="primary">
              {w.assign}
            </button>
          </p>
        </form>
      )}
    </section>
  )
}

type SelectGiven = { label: string; name: string; options: readonly (readonly [id: string, name: string])[] }

/** One of several by its name; the form gets its id. */
function NamedSelect({ label, name, options }: SelectGiven) {
  return (
    <label>
      {label}
      <select name={name} required>
        {options.map(([id, text]) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}
