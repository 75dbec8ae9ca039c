/** A remuneration plan as the page holds it while somebody writes it: every amount a text. */
export type Tier = { from: string; rate: string }
export type CommissionDraft = {
  id: string
  measure: 'revenue' | 'margin'
  scope: 'own' | 'team'
  how: 'marginal' | 'total'
  tiers: Tier[]
  cap: string
  /** What the page does not edit, such as categories: kept as it is. */
  rest: Record<string, unknown>
}
export type Step = { attainment: string; amount: string }
export type BonusDraft = {
  id: string
  measure: 'revenue' | 'margin'
  scope: 'own' | 'team'
  steps: Step[]
  rest: Record<string, unknown>
}
export type PlanDraft = {
  id: string
  name: string
  validFrom: string
  validTo: string
  base: string
  commissions: CommissionDraft[]
  bonuses: BonusDraft[]
  teamShare: string
  variableCap: string
  guaranteed: string
  returns: 'clawBack' | 'keep'
}

/** A plan as the API has it. */
export type PlanText = {
  id: string
  name: string
  validFrom: string
  validTo?: string
  base: string
  commissions?: ({
    id: string
    measure: 'revenue' | 'margin'
    scope?: 'own' | 'team'
    how: 'marginal' | 'total'
    tiers: Tier[]
    cap?: string
  } & Record<string, unknown>)[]
  bonuses?: ({ id: string; measure: 'revenue' | 'margin'; scope?: 'own' | 'team'; steps: Step[] } & Record<
    string,
    unknown
  >)[]
  teamShare?: string
  variableCap?: string
  guaranteed?: string
  returns?: 'clawBack' | 'keep'
}

export function draftOf(plan: PlanText): PlanDraft {
  return {
    id: plan.id,
    name: plan.name,
    validFrom: plan.validFrom,
    validTo: plan.validTo ?? '',
    base: plan.base,
    commissions: (plan.commissions ?? []).map(({ id, measure, scope = 'own', how, tiers, cap = '', ...rest }) => ({
      id,
      measure,
      scope,
      how,
      tiers,
      cap,
      rest,
    })),
    bonuses: (plan.bonuses ?? []).map(({ id, measure, scope = 'own', steps, ...rest }) => ({
      id,
      measure,
      scope,
      steps,
      rest,
    })),
    teamShare: plan.teamShare ?? '',
    variableCap: plan.variableCap ?? '',
    guaranteed: plan.guaranteed ?? '',
    returns: plan.returns ?? 'clawBack',
  }
}

/** What the API is told: a decimal comma becomes a point, and what is empty is left out. */
export function textOf(draft: PlanDraft): PlanText {
  const optional = (name: 'teamShare' | 'variableCap' | 'guaranteed' | 'validTo') =>
    draft[name].trim() === '' ? {} : { [name]: name === 'validTo' ? draft[name] : decimal(draft[name]) }
  return {
    id: draft.id,
    name: draft.name.trim(),
    validFrom: draft.validFrom,
    ...optional('validTo'),
    base: decimal(draft.base),
    commissions: draft.commissions.map(({ rest, cap, tiers, ...rule }) => ({
      ...rest,
      ...rule,
      tiers: tiers.map(({ from, rate }) => ({ from: decimal(from), rate: decimal(rate) })),
      ...(cap.trim() === '' ? {} : { cap: decimal(cap) }),
    })),
    bonuses: draft.bonuses.map(({ rest, steps, ...rule }) => ({
      ...rest,
      ...rule,
      steps: steps.map(({ attainment, amount }) => ({ attainment: decimal(attainment), amount: decimal(amount) })),
    })),
    ...optional('teamShare'),
    ...optional('variableCap'),
    ...optional('guaranteed'),
    returns: draft.returns,
  }
}

/** `1.500,50` and `1500.50` are the same amount. */
export function decimal(text: string): string {
  const plain = text.trim().replace(/\s/g, '')
  return /,\d{1,6}$/.test(plain) ? plain.replaceAll('.', '').replace(',', '.') : plain
}

export function emptyPlan(today: string, id: string): PlanDraft {
  return {
    id,
    name: '',
    validFrom: `${today.slice(0, 8)}01`,
    validTo: '',
    base: '0',
    commissions: [emptyCommission('commission-1')],
    bonuses: [],
    teamShare: '',
    variableCap: '',
    guaranteed: '',
    returns: 'clawBack',
  }
}

export function emptyCommission(id: string): CommissionDraft {
  return { id, measure: 'revenue', scope: 'own', how: 'marginal', tiers: [{ from: '0', rate: '1' }], cap: '', rest: {} }
}

export function emptyBonus(id: string): BonusDraft {
  return { id, measure: 'revenue', scope: 'own', steps: [{ attainment: '100', amount: '500' }], rest: {} }
}

/** An id of a rule that the plan does not have yet. */
export function freeId(kind: 'commission' | 'bonus', { commissions, bonuses }: PlanDraft): string {
  const used = new Set([...commissions, ...bonuses].map(({ id }) => id))
  for (let number = 1; ; number++) if (!used.has(`${kind}-${number}`)) return `${kind}-${number}`
}

/** The list with one item replaced, or without it. */
export function withItem<T>(list: readonly T[], at: number, item: T | undefined): T[] {
  return item === undefined
    ? list.filter((_, index) => index !== at)
    : list.map((old, index) => (index === at ? item : old))
}
