import { expect } from 'chai'
import fc from 'fast-check'
import { type ClosedMonth, closeMonth, withAdjustments } from './closing.ts'
import type { PayFacts, PayLine } from './facts.ts'
import { payMonth, statementOf } from './month.ts'
import { planSchema } from './plan.ts'
import { project, whatIf } from './project.ts'
import type { Statement } from './statement.ts'

const plan = planSchema.parse({
  id: 'p',
  name: 'Vendas',
  validFrom: '2024-01-01',
  base: '1000',
  commissions: [
    {
      id: 'sales',
      measure: 'revenue',
      how: 'total',
      tiers: [
        { from: '0', rate: '1' },
        { from: '1000', rate: '3' },
      ],
    },
  ],
})
const sold = (id: string, day: string, revenue: number): PayLine => ({
  id,
  day,
  store: 'S1',
  category: 'c',
  revenue: revenue * 1e6,
  cost: null,
  credits: [{ person: 'ana', share: '1' }],
})
const facts = (lines: PayLine[]): PayFacts => ({
  plans: [plan],
  assignments: [{ person: 'ana', plan: 'p', from: '2024-01-01', store: 'S1', manages: [] }],
  lines,
  targets: new Map(),
})
const month = (lines: PayLine[], of: string): Statement => {
  const statement = statementOf(payMonth(facts(lines), of), 'ana')
  if (!statement) throw new Error('no statement')
  return statement
}
const open = (lines: PayLine[], of: string, closed: ClosedMonth[]) =>
  withAdjustments(
    month(lines, of),
    closed,
    closed.map(one => month(lines, one.month)),
  )

describe('closing a month', () => {
  const january = sold('a', '2024-01-05', 900)
  const closed = closeMonth(open([january], '2024-01', []))

  it('freezes it and brings a later line as an adjustment in the next, with the lines that changed', () => {
    const lines = [january, sold('late', '2024-01-31', 100), sold('b', '2024-02-02', 10)]
    const february = open(lines, '2024-02', [closed])
    expect(closed.cents).to.equal(100900)
    expect(february.adjustments).to.deep.equal([
      {
        plan: 'p',
        rule: 'sales',
        month: '2024-01',
        cents: 3000 - 900,
        lines: [{ line: 'late', amount: { n: 10000n, d: 1n } }],
      },
    ])
    expect(february.cents).to.equal(100010 + 2100)
  })

  it('adjusts once: the month after owes nothing more', () => {
    const lines = [january, sold('late', '2024-01-31', 100)]
    const february = closeMonth(open(lines, '2024-02', [closed]))
    expect(open(lines, '2024-03', [closed, february]).adjustments).to.deep.equal([])
  })

  it('takes back what a withdrawn line earned', () => {
    expect(open([], '2024-02', [closed]).adjustments).to.deep.equal([
      {
        plan: 'p',
        rule: 'sales',
        month: '2024-01',
        cents: -900,
        lines: [{ line: 'a', amount: { n: -90000n, d: 1n } }],
      },
    ])
  })

  it('however the past changes, all that was paid equals what the facts give in the end', () => {
    const line = fc.record({
      month: fc.integer({ min: 1, max: 5 }),
      seenIn: fc.integer({ min: 1, max: 6 }),
      goneIn: fc.integer({ min: 1, max: 9 }),
      revenue: fc.integer({ min: -300, max: 1500 }),
    })
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), list => {
        const known = (now: number) =>
          list
            .map((one, i) => ({ ...one, line: sold(`l${i}`, `2024-0${one.month}-15`, one.revenue) }))
            .filter(one => one.month <= now && one.seenIn <= now && one.goneIn > now)
            .map(one => one.line)
        const paid: ClosedMonth[] = []
        for (let now = 1; now <= 6; now++) paid.push(closeMonth(open(known(now), `2024-0${now}`, paid)))
        const due = [1, 2, 3, 4, 5, 6].reduce((sum, now) => sum + month(known(6), `2024-0${now}`).cents, 0)
        expect(paid.reduce((sum, { cents }) => sum + cents, 0)).to.equal(due)
      }),
    )
  })
})

describe('looking ahead', () => {
  const given = facts([sold('a', '2024-01-05', 900)])

  it('projects pay with the interval of the revenue forecast, also over the jump of a tier', () => {
    const ahead = project(given, 'ana', '2024-01', '2024-01-10', { value: 50e6, lo: 0, hi: 600e6 })
    expect(ahead?.toDate.cents).to.equal(100900)
    expect([ahead?.cents, ahead?.lo, ahead?.hi]).to.deep.equal([100950, 100900, 104500])
  })

  it('leaves out what is sold after the day it looks from', () => {
    const later = facts([...given.lines, sold('b', '2024-01-20', 5000)])
    expect(project(later, 'ana', '2024-01', '2024-01-10', { value: 0, lo: 0, hi: 0 })?.cents).to.equal(100900)
  })

  it("lets what a manager's stores will sell raise the commissions they have a share of", () => {
    const manager = planSchema.parse({ id: 'm', name: 'Gerente', validFrom: '2024-01-01', base: '0', teamShare: '10' })
    const bia = { ...sold('b', '2024-01-06', 300), credits: [{ person: 'bia', share: '1' }] }
    const [ana] = given.assignments
    if (ana === undefined) throw new Error('nobody')
    const team: PayFacts = {
      ...facts([sold('a', '2024-01-05', 900), bia]),
      plans: [plan, manager],
      assignments: [ana, { ...ana, person: 'bia' }, { ...ana, person: 'rui', plan: 'm', store: '', manages: ['S1'] }],
    }
    // So far 9.00 + 3.00 of commission; 400 more are 300 of ana's, who comes to 1200 at 3 %, and 100 of bia's.
    expect(whatIf(team, 'rui', '2024-01', '2024-01-10', 400e6)).to.include({ cents: 360 + 40, more: 360 + 40 - 120 })
    const ahead = project(team, 'rui', '2024-01', '2024-01-10', { value: 400e6, lo: 0, hi: 400e6 })
    expect([ahead?.toDate.cents, ahead?.cents, ahead?.lo, ahead?.hi]).to.deep.equal([120, 400, 120, 400])
  })

  it('says what selling more would add', () => {
    expect(whatIf(given, 'ana', '2024-01', '2024-01-10', 100e6)?.more).to.equal(3000 - 900)
    expect(whatIf(given, 'rui', '2024-01', '2024-01-10', 100e6)).to.equal(undefined)
  })
})
