import { expect } from 'chai'
import fc from 'fast-check'
import type { Assignment, PayFacts, PayLine } from './facts.ts'
import { payMonth, statementOf } from './month.ts'
import { type PlanText, planSchema } from './plan.ts'
import { formatCents, type Statement } from './statement.ts'

const month = '2024-03'
const ana: Assignment = { person: 'ana', plan: 'p', from: '2024-01-01', store: 'S1', manages: [] }
const plan = (more: Partial<PlanText>): PlanText => ({
  id: 'p',
  name: 'Vendas',
  validFrom: '2024-01-01',
  base: '0',
  ...more,
})
const sold = (revenue: number, more: Partial<PayLine> = {}): PayLine => ({
  id: `l${revenue}`,
  day: '2024-03-10',
  store: 'S1',
  category: 'shoes',
  revenue: Math.round(revenue * 1e6),
  cost: null,
  credits: [{ person: 'ana', share: '1' }],
  ...more,
})
const facts = (plans: PlanText[], lines: PayLine[], more: Partial<PayFacts> = {}): PayFacts => ({
  plans: plans.map(one => planSchema.parse(one)),
  assignments: [ana],
  lines,
  targets: new Map(),
  ...more,
})
const pay = (given: PayFacts, person = 'ana'): Statement => {
  const statement = statementOf(payMonth(given, month), person)
  if (!statement) throw new Error(`nothing for ${person}`)
  return statement
}
const amounts = ({ parts }: Statement) => parts.map(({ rule, cents }) => [rule, formatCents(cents)])

const tiers = [
  { from: '0', rate: '1' },
  { from: '1000', rate: '2' },
  { from: '5000.00', rate: '3.5' },
]
const onRevenue = { id: 'sales', measure: 'revenue', how: 'marginal', tiers } as const

describe('a pay statement', () => {
  it('pays each tier on its part when marginal, and everything at the tier reached when on the total', () => {
    const lines = [sold(6000)]
    expect(pay(facts([plan({ commissions: [onRevenue] })], lines)).cents).to.equal(1000 + 8000 + 3500)
    expect(pay(facts([plan({ commissions: [{ ...onRevenue, how: 'total' }] })], lines)).cents).to.equal(21000)
  })

  it('opens into tiers and lines', () => {
    const [, part] = pay(facts([plan({ base: '1500', commissions: [onRevenue] })], [sold(600), sold(900)])).parts
    expect(part?.steps).to.deep.equal([
      { from: { n: 0n, d: 1n }, amount: { n: 100000n, d: 1n }, rate: { n: 1n, d: 100n } },
      { from: { n: 100000n, d: 1n }, amount: { n: 50000n, d: 1n }, rate: { n: 1n, d: 50n } },
    ])
    expect(part?.lines.map(({ line }) => line)).to.deep.equal(['l600', 'l900'])
    expect(part?.on).to.deep.equal({ n: 150000n, d: 1n })
  })

  it('pays different rates by category', () => {
    const shoes = { ...onRevenue, id: 'shoes', categories: ['shoes'], tiers: [{ from: '0', rate: '10' }] }
    const rest = { ...onRevenue, id: 'rest', exceptCategories: ['shoes'], tiers: [{ from: '0', rate: '1' }] }
    const lines = [sold(100), sold(200, { category: 'hats' })]
    expect(amounts(pay(facts([plan({ commissions: [shoes, rest] })], lines)))).to.deep.equal([
      ['base', '0.00'],
      ['shoes', '10.00'],
      ['rest', '2.00'],
    ])
  })

  it('takes the margin, names lines whose cost is unknown', () => {
    const margin = { ...onRevenue, measure: 'margin' as const, tiers: [{ from: '0', rate: '10' }] }
    const { parts, cents } = pay(facts([plan({ commissions: [margin] })], [sold(100, { cost: 60e6 }), sold(50)]))
    expect(cents).to.equal(400)
    expect(parts[1]?.withoutCost).to.deep.equal(['l50'])
  })

  it('rounds each amount once, half away from zero', () => {
    const tenth = { ...onRevenue, tiers: [{ from: '0', rate: '0.5' }] }
    const cents = (revenue: number) => pay(facts([plan({ commissions: [tenth] })], [sold(revenue)])).cents
    expect([cents(1), cents(0.99), cents(-1), cents(3)]).to.deep.equal([1, 0, -1, 2])
  })

  it('takes returns back, or leaves them', () => {
    const lines = [sold(500), sold(-200)]
    expect(pay(facts([plan({ commissions: [onRevenue] })], lines)).cents).to.equal(300)
    expect(pay(facts([plan({ commissions: [onRevenue], returns: 'keep' })], lines)).cents).to.equal(500)
    expect(pay(facts([plan({ commissions: [onRevenue] })], [sold(-200)])).cents).to.equal(-200)
  })

  it('splits a sale in thirds without losing a cent of it', () => {
    const credits = ['ana', 'bia', 'caio'].map(person => ({ person, share: '1/3' }))
    const assignments = ['ana', 'bia', 'caio'].map(person => ({ ...ana, person }))
    const given = facts([plan({ commissions: [onRevenue] })], [sold(100, { credits })], { assignments })
    expect(payMonth(given, month).map(({ cents }) => cents)).to.deep.equal([33, 33, 33])
    expect(pay(given).parts[1]?.on).to.deep.equal({ n: 10000n, d: 3n })
  })

  it('refuses shares that do not add up to one, and overlapping plans', () => {
    const credits = [
      { person: 'ana', share: '0.5' },
      { person: 'bia', share: '0.4' },
    ]
    expect(() => pay(facts([plan({ commissions: [onRevenue] })], [sold(1, { credits })]))).to.throw('add up to 9/10')
    expect(() => pay(facts([plan({})], [], { assignments: [ana, ana] }))).to.throw('two plans on 2024-03-01')
  })

  it('pays the highest bonus step reached, nothing without a target', () => {
    const bonus = {
      id: 'goal',
      measure: 'revenue' as const,
      steps: [
        { attainment: '100', amount: '300' },
        { attainment: '120', amount: '700.50' },
      ],
    }
    const at = (revenue: number, target?: number) =>
      pay(
        facts([plan({ bonuses: [bonus] })], [sold(revenue)], {
          targets: new Map(target ? [['ana|2024-03', target * 1e6]] : []),
        }),
      ).cents
    expect([at(999.99, 1000), at(1000, 1000), at(1200, 1000), at(5000)]).to.deep.equal([0, 30000, 70050, 0])
  })

  it('caps a rule and everything variable, and guarantees a least', () => {
    const capped = plan({
      base: '1000',
      commissions: [
        { ...onRevenue, cap: '100' },
        { ...onRevenue, id: 'more' },
      ],
      variableCap: '150',
    })
    expect(amounts(pay(facts([capped], [sold(6000)])))).to.deep.equal([
      ['base', '1000.00'],
      ['sales', '100.00'],
      ['more', '125.00'],
      ['cap', '-75.00'],
    ])
    expect(amounts(pay(facts([plan({ base: '1000', guaranteed: '1412' })], [])))).to.deep.equal([
      ['base', '1000.00'],
      ['guaranteed', '412.00'],
    ])
  })

  it('gives a manager a commission on the team and a share of its commissions', () => {
    const manager = plan({
      id: 'm',
      teamShare: '20',
      commissions: [{ ...onRevenue, id: 'team', scope: 'team', tiers: [{ from: '0', rate: '0.1' }] }],
    })
    const assignments = [
      ana,
      { ...ana, person: 'bia', store: 'S2' },
      { ...ana, person: 'rui', plan: 'm', manages: ['S1'] },
    ]
    const lines = [sold(1000), sold(700, { store: 'S2', credits: [{ person: 'bia', share: '1' }] })]
    const given = facts([plan({ commissions: [onRevenue] }), manager], lines, { assignments })
    expect(amounts(pay(given, 'rui'))).to.deep.equal([
      ['base', '0.00'],
      ['team', '1.00'],
      ['teamShare', '2.00'],
    ])
    expect(pay(given, 'rui').parts[2]?.lines.map(({ line }) => line)).to.deep.equal(['l1000'])
  })

  it('pays the team share of a month once when its manager, or the plan of its manager, changes', () => {
    const manager = (id: string, more: Partial<PlanText> = {}) => plan({ id, teamShare: '20', ...more })
    const rui = { ...ana, person: 'rui', plan: 'm', manages: ['S1'] }
    const commissions = [{ ...onRevenue, tiers: [{ from: '0', rate: '10' }] }]
    const given = (plans: PlanText[], others: Assignment[]) =>
      facts([plan({ commissions }), ...plans], [sold(3100)], { assignments: [ana, ...others] })
    const followed = given(
      [manager('m')],
      [
        { ...rui, to: '2024-03-10' },
        { ...rui, person: 'eva', from: '2024-03-11' },
      ],
    )
    expect(amounts(pay(followed, 'rui'))).to.deep.equal([
      ['base', '0.00'],
      ['teamShare', '20.00'],
    ])
    expect(amounts(pay(followed, 'eva'))).to.deep.equal([
      ['base', '0.00'],
      ['teamShare', '42.00'],
    ])
    expect(pay(followed, 'eva').parts[1]?.lines).to.deep.equal([{ line: 'l3100', amount: { n: 210000n, d: 1n } }])
    const changed = given(
      [manager('m', { validTo: '2024-03-10' }), manager('n', { validFrom: '2024-03-11' })],
      [rui, { ...rui, plan: 'n' }],
    )
    expect(pay(changed, 'rui').cents).to.equal(6200)
  })

  it('takes a bound, an attainment and a cap that are met exactly as reached, and a target of 0 as none', () => {
    const total = plan({ commissions: [{ ...onRevenue, how: 'total' }] })
    const cents = (one: PlanText, ...lines: number[]) =>
      pay(
        facts(
          [one],
          lines.map(value => sold(value)),
        ),
      ).cents
    expect([cents(total, 999.999999), cents(total, 1000), cents(total, 400, 600)]).to.deep.equal([1000, 2000, 2000])
    expect(cents(plan({ commissions: [onRevenue] }), 5000)).to.equal(1000 + 8000)
    expect(cents(plan({ commissions: [{ ...onRevenue, cap: '0' }] }), 5000)).to.equal(0)
    expect(cents(plan({ base: '10', variableCap: '0', commissions: [onRevenue] }), 5000)).to.equal(1000)
    const goal = { id: 'goal', measure: 'revenue' as const, steps: [{ attainment: '100', amount: '300' }] }
    const bonus = (target: number, ...lines: number[]) =>
      pay(
        facts(
          [plan({ bonuses: [goal] })],
          lines.map(value => sold(value)),
          {
            targets: new Map([['ana|2024-03', target]]),
          },
        ),
      ).cents
    expect([bonus(0, 500), bonus(0), bonus(1, 0.000001), bonus(1000e6, 1000.5, -0.500001)]).to.deep.equal([
      0, 0, 30000, 0,
    ])
  })

  it('counts a plan that holds for part of a month by its days', () => {
    const plans = [
      plan({ base: '3100', validTo: '2024-03-10' }),
      plan({ id: 'q', base: '6200', validFrom: '2024-03-11' }),
    ]
    const assignments = [ana, { ...ana, plan: 'q' }]
    expect(amounts(pay(facts(plans, [], { assignments })))).to.deep.equal([
      ['base', '1000.00'],
      ['base', '4200.00'],
    ])
  })

  it('reckons the month to date', () => {
    const given = facts([plan({ commissions: [onRevenue] })], [sold(100), sold(200, { day: '2024-03-11' })])
    expect(payMonth(given, month, '2024-03-10')[0]?.cents).to.equal(100)
  })
})

describe('pay equals an independent recomputation to the cent', () => {
  const days = 31n
  const unit = 10_000n * 12n * days
  const halfAway = (n: bigint, d: bigint) => (((n < 0n ? -n : n) * 2n + d) / (2n * d)) * (n < 0n ? -1n : 1n)
  const shares: Record<string, bigint> = { '1': 12n, '0.5': 6n, '1/3': 4n, '2/3': 8n, '0.25': 3n, '3/4': 9n }
  const other: Record<string, string> = { '0.5': '0.5', '1/3': '2/3', '2/3': '1/3', '0.25': '3/4', '3/4': '0.25' }

  const line = fc.record({
    day: fc.integer({ min: 1, max: 31 }),
    category: fc.constantFrom('shoes', 'hats'),
    revenue: fc.integer({ min: -40_000_000, max: 900_000_000 }),
    cost: fc.option(fc.integer({ min: 0, max: 500_000_000 })),
    share: fc.constantFrom('1', '0.5', '1/3', '2/3', '0.25', '3/4'),
  })
  const tierList = fc
    .uniqueArray(fc.integer({ min: 1, max: 400_000 }), { maxLength: 4 })
    .chain(cuts =>
      fc.tuple(
        fc.constant([0, ...cuts.sort((a, b) => a - b)]),
        fc.array(fc.integer({ min: 0, max: 20_000_000 }), { minLength: 5, maxLength: 5 }),
      ),
    )
  const rule = fc.record({
    measure: fc.constantFrom('revenue', 'margin'),
    how: fc.constantFrom('marginal', 'total'),
    tiers: tierList,
    only: fc.option(fc.constantFrom('shoes', 'hats')),
    cap: fc.option(fc.integer({ min: 0, max: 100_000 })),
  })
  const text = (hundredths: number) => (hundredths / 100).toFixed(2)

  it('for any plan, tiers, caps, splits, returns and days', () => {
    fc.assert(
      fc.property(
        fc.record({
          lines: fc.array(line, { maxLength: 15 }),
          rules: fc.array(rule, { maxLength: 3 }),
          base: fc.integer({ min: 0, max: 500_000 }),
          from: fc.integer({ min: 1, max: 31 }),
          keep: fc.boolean(),
          variableCap: fc.option(fc.integer({ min: 0, max: 200_000 })),
          target: fc.integer({ min: 1, max: 3_000_000_000 }),
        }),
        ({ lines, rules, base, from, keep, variableCap, target }) => {
          const steps = [
            [80, 1000],
            [100, 33333],
          ] as const
          const text2 = (day: number) => String(day).padStart(2, '0')
          const given = facts(
            [
              plan({
                base: text(base),
                returns: keep ? 'keep' : 'clawBack',
                ...(variableCap === null ? {} : { variableCap: text(variableCap) }),
                commissions: rules.map(({ measure, how, tiers: [cuts, rates], only, cap }, i) => ({
                  id: `r${i}`,
                  measure,
                  how,
                  tiers: cuts.map((cut, t) => ({ from: text(cut), rate: ((rates[t] ?? 0) / 1e6).toFixed(6) })),
                  ...(only === null ? {} : { categories: [only] }),
                  ...(cap === null ? {} : { cap: text(cap) }),
                })),
                bonuses: [
                  {
                    id: 'goal',
                    measure: 'revenue',
                    steps: steps.map(([attainment, amount]) => ({
                      attainment: String(attainment),
                      amount: text(amount),
                    })),
                  },
                ],
              }),
            ],
            lines.map(({ day, share, ...rest }, i) =>
              sold(0, {
                ...rest,
                id: `l${i}`,
                day: `2024-03-${text2(day)}`,
                credits: [
                  { person: 'ana', share },
                  ...(share === '1' ? [] : [{ person: 'bia', share: other[share] ?? '' }]),
                ],
              }),
            ),
            { assignments: [{ ...ana, from: `2024-03-${text2(from)}` }], targets: new Map([['ana|2024-03', target]]) },
          )

          // The same in whole numbers: amounts times 10,000 · 12 · 31, rates times 10^8.
          const k = BigInt(32 - from)
          const on = (measure: string, only: string | null) =>
            lines
              .filter(one => one.day >= from && (only === null || one.category === only) && !(keep && one.revenue < 0))
              .filter(one => measure === 'revenue' || one.cost !== null)
              .reduce(
                (sum, one) =>
                  sum +
                  BigInt(one.revenue - (measure === 'margin' ? (one.cost ?? 0) : 0)) * (shares[one.share] ?? 0n) * days,
                0n,
              )
          const earned = rules.map(({ measure, how, tiers: [cuts, rates], only, cap }) => {
            const amount = on(measure, only)
            const at = cuts.map(cut => BigInt(cut) * 10_000n * 12n * k)
            const rate = (i: number) => BigInt(rates[i] ?? 0)
            const last = at.filter(cut => cut <= amount).length - 1
            const value =
              amount < 0n || how === 'total'
                ? amount * rate(Math.max(0, last))
                : at.reduce(
                    (sum, cut, i) =>
                      sum + (amount > cut ? (amount - cut) * (rate(i) - (i > 0 ? rate(i - 1) : 0n)) : 0n),
                    0n,
                  )
            const top = BigInt(cap ?? 0) * 10_000n * 12n * k * 100_000_000n
            return halfAway(cap !== null && value > top ? top : value, unit * 100_000_000n)
          })
          const reached = steps.findLast(
            ([attainment]) => on('revenue', null) * 100n >= BigInt(target) * 12n * k * BigInt(attainment),
          )
          const bonus = reached ? halfAway(BigInt(reached[1]) * k, days) : 0n
          const variable = earned.reduce((sum, cents) => sum + cents, bonus)
          const top = variableCap === null ? undefined : halfAway(BigInt(variableCap) * k, days)
          const total = halfAway(BigInt(base) * k, days) + (top !== undefined && variable > top ? top : variable)

          expect(pay(given).cents).to.equal(Number(total))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('for the sellers of AdventureWorks in October 2019', () => {
    // Employee: revenue in cents of bikes and of all else, and the target in whole units, from Sales.csv and Targets.csv.
    const sellers = [
      ['282', 16340495, 341780 + 572963 + 3684415, 800000],
      ['283', 20113956, 406667 + 1178343 + 2635222, 100000],
      ['287', 27077299, 484977 + 838871 + 2824667, 700000],
      ['289', 9824696, 163378 + 446864 + 1378342, 500000],
      ['291', 29308783, 303082 + 824537 + 8522497, 700000],
      ['296', 5163535, 897 + 56142 + 313556, 50000],
    ] as const
    const steps = [
      { attainment: '100', amount: '500' },
      { attainment: '200', amount: '1500' },
    ]
    const given = facts(
      [
        plan({
          base: '2000',
          commissions: [
            {
              ...onRevenue,
              id: 'bikes',
              how: 'total',
              categories: ['Bikes'],
              tiers: [
                { from: '0', rate: '0.5' },
                { from: '250000', rate: '0.75' },
              ],
            },
            {
              ...onRevenue,
              id: 'rest',
              exceptCategories: ['Bikes'],
              tiers: [
                { from: '0', rate: '1' },
                { from: '20000', rate: '2' },
              ],
            },
          ],
          bonuses: [{ id: 'goal', measure: 'revenue', steps }],
        }),
      ],
      sellers.flatMap(([person, bikes, rest]) =>
        (
          [
            ['Bikes', bikes],
            ['Components', rest],
          ] as const
        ).map(([category, cents]) =>
          sold(cents / 100, { id: `${person} ${category}`, category, credits: [{ person, share: '1' }] }),
        ),
      ),
      {
        assignments: sellers.map(([person]) => ({ ...ana, person })),
        targets: new Map(sellers.map(([person, , , target]) => [`${person}|${month}`, target * 1e6])),
      },
    )
    // By hand, for 283: 2,000 + 201,139.56 · 0.5 % = 1,005.70 + 200 + 22,202.32 · 2 % = 444.05 + 1,500 (243 % of target).
    expect(amounts(pay(given, '283'))).to.deep.equal([
      ['base', '2000.00'],
      ['bikes', '1005.70'],
      ['rest', '644.05'],
      ['goal', '1500.00'],
    ])
    const byHand = sellers.map(([, bikes, rest, target]) => {
      const onBikes = Number(halfAway(BigInt(bikes) * (bikes >= 25_000_000 ? 75n : 50n), 10_000n))
      const onRest = Number(halfAway(rest > 2_000_000 ? BigInt(rest) * 2n - 2_000_000n : BigInt(rest), 100n))
      const goal = bikes + rest >= target * 200 ? 150_000 : bikes + rest >= target * 100 ? 50_000 : 0
      return 200_000 + onBikes + onRest + goal
    })
    expect(sellers.map(([person]) => pay(given, person).cents)).to.deep.equal(byHand)
  })
})
