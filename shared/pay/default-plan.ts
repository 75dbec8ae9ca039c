import { type Plan, type PlanText, planSchema } from './plan.ts'

/** The plans a chain begins with, until it writes its own: a seller's commission rising with what they sell and a bonus on target; a manager's share of the team's commissions. */
const texts: readonly PlanText[] = [
  {
    id: 'default-seller',
    name: 'Vendedor',
    validFrom: '2000-01-01',
    base: '1800.00',
    commissions: [
      {
        id: 'sales',
        measure: 'revenue',
        how: 'marginal',
        tiers: [
          { from: '0', rate: '1' },
          { from: '50000', rate: '1.5' },
          { from: '150000', rate: '2' },
        ],
      },
    ],
    bonuses: [
      {
        id: 'target',
        measure: 'revenue',
        steps: [
          { attainment: '100', amount: '500' },
          { attainment: '120', amount: '1000' },
        ],
      },
    ],
  },
  {
    id: 'default-manager',
    name: 'Gerente',
    validFrom: '2000-01-01',
    base: '4000.00',
    teamShare: '10',
  },
]

export const defaultPlans: readonly Plan[] = texts.map(text => planSchema.parse(text))
export const defaultPlanTexts = texts
