import { useId, useState } from 'preact/hooks'
import { payWords } from './pay-words.ts'
import {
  type BonusDraft,
  type CommissionDraft,
  emptyBonus,
  emptyCommission,
  freeId,
  type PlanDraft,
  withItem,
} from './plan.ts'

type Given = { plan: PlanDraft; save: (plan: PlanDraft) => void; cancel: () => void }

/** A remuneration plan in words: base, commissions by tier, bonuses on target, and what bounds them. */
export function PlanForm({ plan, save, cancel }: Given) {
  const w = payWords()
  const [draft, setDraft] = useState(plan)
  const set = (change: Partial<PlanDraft>) => setDraft({ ...draft, ...change })
  return (
    <form
      class="plan-form"
      aria-label={draft.name === '' ? w.newPlan : draft.name}
      onSubmit={event => {
        event.preventDefault()
        save(draft)
      }}
    >
      <div class="plan-fields">
        <Text label={w.name} value={draft.name} set={name => set({ name })} required />
        <Text label={w.base} value={draft.base} set={base => set({ base })} amount required />
        <Text label={w.from} type="date" value={draft.validFrom} set={validFrom => set({ validFrom })} required />
        <Text label={w.to} type="date" value={draft.validTo} set={validTo => set({ validTo })} />
      </div>
      {draft.commissions.map((rule, at) => (
        <Commission
          key={rule.id}
          rule={rule}
          set={next => set({ commissions: withItem(draft.commissions, at, next) })}
        />
      ))}
      {draft.bonuses.map((rule, at) => (
        <Bonus key={rule.id} rule={rule} set={next => set({ bonuses: withItem(draft.bonuses, at, next) })} />
      ))}
      <p class="row-actions">
        <button
          type="button"
          class="plain"
          onClick={() => set({ commissions: [...draft.commissions, emptyCommission(freeId('commission', draft))] })}
        >
          {w.addCommission}
        </button>
        <button
          type="button"
          class="plain"
          onClick={() => set({ bonuses: [...draft.bonuses, emptyBonus(freeId('bonus', draft))] })}
        >
          {w.addBonus}
        </button>
      </p>
      <div class="plan-fields">
        <Text label={w.teamShare} value={draft.teamShare} set={teamShare => set({ teamShare })} amount />
        <Text label={w.variableCap} value={draft.variableCap} set={variableCap => set({ variableCap })} amount />
        <Text label={w.guaranteed} value={draft.guaranteed} set={guaranteed => set({ guaranteed })} amount />
        <Choice
          label={w.returns}
          value={draft.returns}
          choices={[
            ['clawBack', w.returnsAre.clawBack],
            ['keep', w.returnsAre.keep],
          ]}
          set={returns => set({ returns })}
        />
      </div>
      <p class="quiet small">{w.pastHint}</p>
      <p class="row-actions">
        <button type="submit" class="primary">
          {w.save}
        </button>
        <button type="button" class="plain" onClick={cancel}>
          {w.cancel}
        </button>
      </p>
    </form>
  )
}

function Commission({ rule, set }: { rule: CommissionDraft; set: (rule: CommissionDraft | undefined) => void }) {
  const w = payWords()
  return (
    <fieldset class="plan-rule">
      <legend>{w.commission}</legend>
      <div class="plan-fields">
        <On rule={rule} set={change => set({ ...rule, ...change })} />
        <Choice
          label={w.how}
          value={rule.how}
          choices={[
            ['marginal', w.hows.marginal],
            ['total', w.hows.total],
          ]}
          set={how => set({ ...rule, how })}
        />
        <Text label={w.cap} value={rule.cap} set={cap => set({ ...rule, cap })} amount />
      </div>
      <Rows
        heads={[w.tierFrom, w.rate]}
        rows={rule.tiers.map(tier => [tier.from, tier.rate])}
        fixedFirst
        set={rows => set({ ...rule, tiers: rows.map(([from, rate]) => ({ from, rate })) })}
        add={w.addTier}
      />
      <button type="button" class="ghost" onClick={() => set(undefined)}>
        {w.removeRule}
      </button>
    </fieldset>
  )
}

function Bonus({ rule, set }: { rule: BonusDraft; set: (rule: BonusDraft | undefined) => void }) {
  const w = payWords()
  return (
    <fieldset class="plan-rule">
      <legend>{w.bonus}</legend>
      <div class="plan-fields">
        <On rule={rule} set={change => set({ ...rule, ...change })} />
      </div>
      <Rows
        heads={[w.attainment, w.amount]}
        rows={rule.steps.map(step => [step.attainment, step.amount])}
        set={rows => set({ ...rule, steps: rows.map(([attainment, amount]) => ({ attainment, amount })) })}
        add={w.addStep}
      />
      <button type="button" class="ghost" onClick={() => set(undefined)}>
        {w.removeRule}
      </button>
    </fieldset>
  )
}

type Counted = Pick<CommissionDraft, 'measure' | 'scope'>

function On({ rule, set }: { rule: Counted; set: (change: Partial<Counted>) => void }) {
  const w = payWords()
  return (
    <>
      <Choice
        label={w.measure}
        value={rule.measure}
        choices={[
          ['revenue', w.measures.revenue],
          ['margin', w.measures.margin],
        ]}
        set={measure => set({ measure })}
      />
      <Choice
        label={w.scope}
        value={rule.scope}
        choices={[
          ['own', w.scopes.own],
          ['team', w.scopes.team],
        ]}
        set={scope => set({ scope })}
      />
    </>
  )
}

type Pair = [string, string]
type RowsGiven = {
  heads: readonly [string, string]
  rows: readonly Pair[]
  fixedFirst?: boolean
  set: (rows: Pair[]) => void
  add: string
}

/** Tiers or steps: two amounts a row. The first tier begins at nothing, always. */
function Rows({ heads, rows, fixedFirst = false, set, add }: RowsGiven) {
  const w = payWords()
  return (
    <table class="tiers">
      <thead>
        <tr>
          <th scope="col">{heads[0]}</th>
          <th scope="col">{heads[1]}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {rows.map(([first, second], at) => (
          <tr key={at}>
            <td>
              <input
                aria-label={`${heads[0]} ${at + 1}`}
                inputMode="decimal"
                value={first}
                readOnly={fixedFirst && at === 0}
                onInput={event => set(withItem<Pair>(rows, at, [event.currentTarget.value, second]))}
              />
            </td>
            <td>
              <input
                aria-label={`${heads[1]} ${at + 1}`}
                inputMode="decimal"
                value={second}
                onInput={event => set(withItem<Pair>(rows, at, [first, event.currentTarget.value]))}
              />
            </td>
            <td>
              {rows.length > 1 && !(fixedFirst && at === 0) && (
                <button type="button" class="ghost" onClick={() => set(withItem(rows, at, undefined))}>
                  <span class="sr-only">
                    {w.removeTier} {at + 1}
                  </span>
                  <span aria-hidden="true">×</span>
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <td colSpan={3}>
            <button type="button" class="ghost" onClick={() => set([...rows, ['', '']])}>
              + {add}
            </button>
          </td>
        </tr>
      </tfoot>
    </table>
  )
}

type TextGiven = {
  label: string
  value: string
  set: (value: string) => void
  type?: 'text' | 'date'
  amount?: boolean
  required?: boolean
}

function Text({ label, value, set, type = 'text', amount = false, required = false }: TextGiven) {
  const id = useId()
  const given = {
    id,
    value,
    required,
    onInput: (event: { currentTarget: HTMLInputElement }) => set(event.currentTarget.value),
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {type === 'date' ? (
        <input type="date" {...given} />
      ) : (
        <input inputMode={amount ? 'decimal' : 'text'} {...given} />
      )}
    </div>
  )
}

type ChoiceGiven<T extends string> = {
  label: string
  value: T
  choices: readonly (readonly [T, string])[]
  set: (value: T) => void
}

function Choice<T extends string>({ label, value, choices, set }: ChoiceGiven<T>) {
  return (
    <label>
      {label}
      <select
        value={value}
        onChange={event => {
          const chosen = choices.find(([name]) => name === event.currentTarget.value)
          if (chosen !== undefined) set(chosen[0])
        }}
      >
        {choices.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}
