import { expect } from 'chai'
import fc from 'fast-check'
import { dryRun } from './dry-run.ts'
import { acknowledge, type Change, evaluate, type RuleState, snooze } from './evaluate.ts'
import type { Facts, Reading, SubjectFacts } from './facts.ts'
import { notifyAt } from './firing.ts'
import { type Causes, evaluateAll, type States } from './round.ts'
import { type RuleText, ruleSchema } from './rule.ts'

const minute = 60_000
const hour = 60 * minute
const noon = Date.UTC(2024, 4, 6, 15)

const rule = (more: Partial<RuleText> = {}) =>
  ruleSchema.parse({
    id: 'r',
    owner: 'rui',
    name: 'Queda',
    scope: { kind: 'store' },
    condition: { kind: 'weekdayFall', percent: 20 },
    coolDownMinutes: 60,
    ...more,
  })
const store = (id: string, reading: Partial<Reading>, more: Partial<SubjectFacts> = {}): SubjectFacts => ({
  subject: { kind: 'store', id, store: id },
  readings: { revenue: { value: 0, ...reading } },
  ...more,
})
const facts = (...subjects: SubjectFacts[]): Facts => ({ day: '2024-05-06', zone: 'America/Sao_Paulo', subjects })
const selling = (value: number, id = 'S1') => facts(store(id, { value, sameWeekdays: 100 }))

/** Runs the rule over facts an hour apart; says what changed at each. */
function story(of: ReturnType<typeof rule>, ...seen: Facts[]) {
  let state: RuleState = new Map()
  return seen.map((given, i) => {
    const result = evaluate(of, given, state, noon + i * hour)
    state = result.state
    return result.changes.map(({ kind }) => kind).join()
  })
}
const firings = (changes: readonly Change[]) =>
  changes.flatMap(change => (change.kind === 'fired' ? [change.firing] : []))

describe('an alert rule', () => {
  it('fires with the numbers that caused it', () => {
    const [firing] = firings(evaluate(rule(), selling(70), new Map(), noon).changes)
    expect(firing).to.deep.include({ rule: 'r', owner: 'rui', at: noon, notifyAt: noon, reminder: 1 })
    expect(firing?.breaches[0]).to.deep.include({ value: 70, reference: 100 })
    expect(firing?.breaches[0]?.badness).to.be.closeTo(30, 1e-9)
  })

  it('fires once while it lasts, and resolves only well inside the limit', () => {
    expect(story(rule(), selling(70), selling(60), selling(82), selling(90))).to.deep.equal([
      'fired',
      '',
      '',
      'resolved',
    ])
  })

  it('is silent after it resolved until the cool-down is over', () => {
    const cooling = rule({ coolDownMinutes: 120 })
    expect(story(cooling, selling(70), selling(95), selling(70), selling(70))).to.deep.equal([
      'fired',
      'resolved',
      '',
      'fired',
    ])
  })

  it('waits until it has held for as long as the rule wants', () => {
    const patient = rule({ forMinutes: 90 })
    expect(story(patient, selling(70), selling(95), selling(70), selling(70), selling(70))).to.deep.equal([
      '',
      '',
      '',
      '',
      'fired',
    ])
  })

  it('leaves as they are the subjects of which nothing is known', () => {
    expect(story(rule(), selling(70), facts(), facts(store('S1', {})), selling(95))).to.deep.equal([
      'fired',
      '',
      '',
      'resolved',
    ])
  })

  it('gives the same firing again when it is evaluated again after a crash, another one the next time', () => {
    const id = (given: Facts, state: RuleState, now: number) =>
      firings(evaluate(rule(), given, state, now).changes)[0]?.id
    const first = evaluate(rule(), selling(70), new Map(), noon)
    expect(id(selling(65), new Map(), noon + 1000)).to.equal(firings(first.changes)[0]?.id)
    const over = evaluate(rule(), selling(95), first.state, noon + hour)
    expect(id(selling(70), over.state, noon + 3 * hour)).to.not.equal(firings(first.changes)[0]?.id)
  })

  it('tells again only when a snooze ends and it is still so', () => {
    const first = evaluate(rule(), selling(70), new Map(), noon)
    const id = firings(first.changes)[0]?.id ?? ''
    const state = snooze(first.state, id, noon + 2 * hour, noon)
    expect(evaluate(rule(), selling(60), state, noon + hour).changes).to.deep.equal([])
    const [again] = firings(evaluate(rule(), facts(), state, noon + 2 * hour).changes)
    expect(again?.reminder).to.equal(2)
    expect(again?.id).to.not.equal(id)
    expect(again?.follows, 'the one that was snoozed is over').to.equal(id)
    expect(evaluate(rule(), selling(99), state, noon + hour).changes.map(({ kind }) => kind)).to.deep.equal([
      'resolved',
    ])
  })

  it('keeps an acknowledged alert quiet and resolves it by itself', () => {
    const first = evaluate(rule(), selling(70), new Map(), noon)
    const state = acknowledge(first.state, firings(first.changes)[0]?.id ?? '', noon)
    const later = evaluate(rule(), selling(50), state, noon + hour)
    expect(later.changes).to.deep.equal([])
    expect(later.state.get('store:S1')?.status).to.equal('acknowledged')
    expect(evaluate(rule(), selling(99), later.state, noon + 2 * hour).changes[0]?.kind).to.equal('resolved')
    expect(acknowledge(state, 'unknown', noon)).to.equal(state)
  })

  it('puts off all but the page in quiet hours, over midnight too', () => {
    const quiet = rule({ quietHours: { from: '22:00', to: '07:00' } })
    const at = (utcHour: number, minutes = 0) => Date.UTC(2024, 4, 6, utcHour, minutes)
    // São Paulo is three hours behind UTC.
    expect(notifyAt(quiet, at(2, 30), 'America/Sao_Paulo')).to.equal(at(10))
    expect(notifyAt(quiet, at(9, 59), 'America/Sao_Paulo')).to.equal(at(10))
    expect(notifyAt(quiet, at(10), 'America/Sao_Paulo')).to.equal(at(10))
    expect(notifyAt(quiet, at(15), 'America/Sao_Paulo')).to.equal(at(15))
  })

  it('makes one alert a store of many products, worst first', () => {
    const late = (id: string, days: number): SubjectFacts => ({
      subject: { kind: 'product', id, store: 'S1' },
      readings: {},
      lastSaleAt: noon - days * 24 * hour,
    })
    const standing = rule({ scope: { kind: 'product' }, condition: { kind: 'noSales', days: 10 } })
    const found = firings(
      evaluate(standing, facts(late('a', 11), late('b', 30), late('c', 9)), new Map(), noon).changes,
    )
    expect(found.map(({ breaches }) => breaches.map(({ subject }) => subject.id))).to.deep.equal([['b', 'a']])
  })

  const breaks: [string, Partial<RuleText>, SubjectFacts, SubjectFacts][] = [
    [
      'below average',
      { condition: { kind: 'belowAverage', percent: 25 } },
      store('S', { value: 75, average: 100 }),
      store('S', { value: 76, average: 100 }),
    ],
    [
      'below the pace of the target',
      { condition: { kind: 'belowPace', percent: 10 } },
      store('S', { pace: { soFar: 400, target: 1000, due: 0.5 } }),
      store('S', { pace: { soFar: 460, target: 1000, due: 0.5 } }),
    ],
    [
      'margin below cost',
      { condition: { kind: 'marginBelow' } },
      store('S', {}, { margin: { revenue: 100, cost: 100.01 } }),
      store('S', {}, { margin: { revenue: 100, cost: 100 } }),
    ],
    [
      'forecast broken',
      { condition: { kind: 'forecastBroken' } },
      store('S', { value: 59, forecast: { value: 100, lo80: 80, lo95: 60 } }),
      store('S', { value: 60, forecast: { value: 100, lo80: 80, lo95: 60 } }),
    ],
    [
      'no sales for days',
      { condition: { kind: 'noSales', days: 3 } },
      store('S', {}, { lastSaleAt: noon - 72 * hour }),
      store('S', {}, { lastSaleAt: noon - 71 * hour }),
    ],
    [
      'late data',
      { condition: { kind: 'dataLate', minutes: 30 } },
      store('S', {}, { lastDataAt: noon - 30 * minute }),
      store('S', {}, { lastDataAt: noon - 29 * minute }),
    ],
  ]
  for (const [what, more, bad, good] of breaks)
    it(`knows ${what}`, () => {
      expect(evaluate(rule(more), facts(bad), new Map(), noon).changes.map(({ kind }) => kind)).to.deep.equal(['fired'])
      expect(evaluate(rule(more), facts(good), new Map(), noon).changes).to.deep.equal([])
    })

  it('looks only inside its scope, and not while it is off', () => {
    const scoped = rule({ scope: { kind: 'store', stores: ['S2'] } })
    expect(
      evaluate(scoped, facts(store('S1', { sameWeekdays: 9 }), store('S2', { sameWeekdays: 9 })), new Map(), noon)
        .changes.length,
    ).to.equal(1)
    expect(evaluate(rule({ on: false }), selling(0), new Map(), noon).changes).to.deep.equal([])
  })

  it('is over when it is turned off, and fires under another id when it is on again', () => {
    const first = evaluate(rule(), selling(70), new Map(), noon)
    const off = evaluate(rule({ on: false }), selling(70), first.state, noon + minute)
    const [firing] = firings(first.changes)
    expect(off.changes).to.deep.equal([{ kind: 'resolved', firing: firing?.id, rule: 'r', at: noon + minute }])
    expect(evaluate(rule({ on: false }), selling(70), off.state, noon + hour).changes).to.deep.equal([])
    const [again] = firings(evaluate(rule(), selling(70), off.state, noon + 2 * minute).changes)
    expect(again?.id).to.be.a('string').and.not.equal(firing?.id)
  })

  it('lets go of what it no longer looks at, or looks at in another group', () => {
    const both = facts(store('S1', { value: 50, sameWeekdays: 100 }), store('S2', { value: 50, sameWeekdays: 100 }))
    const { state } = evaluate(rule(), both, new Map(), noon)
    const narrower = evaluate(rule({ scope: { kind: 'store', ids: ['S1'] } }), both, state, noon + minute)
    expect(narrower.changes.map(({ kind }) => kind)).to.deep.equal(['resolved'])
    const together = evaluate(rule({ group: 'rule' }), both, state, noon + minute)
    expect(together.changes.map(({ kind }) => kind)).to.have.members(['resolved', 'resolved', 'fired'])
  })

  it('whatever happens, fires and resolves take turns, ids never repeat, and a replay gives the same', () => {
    const values = fc.array(fc.option(fc.integer({ min: 50, max: 110 })), { maxLength: 60 })
    const knobs = fc.record({ coolDownMinutes: fc.constantFrom(0, 60, 180), forMinutes: fc.constantFrom(0, 60, 120) })
    fc.assert(
      fc.property(values, knobs, (list, more) => {
        const play = () => {
          let state: RuleState = new Map()
          return list.flatMap((value, i) => {
            const given = value === null ? facts() : selling(value)
            const result = evaluate(rule(more), given, state, noon + i * hour)
            state = new Map(JSON.parse(JSON.stringify([...result.state])))
            return result.changes
          })
        }
        const changes = play()
        expect(changes.map(({ kind }) => kind)).to.deep.equal(
          changes.map((_, i) => (i % 2 === 0 ? 'fired' : 'resolved')),
        )
        const ids = firings(changes).map(({ id }) => id)
        expect(new Set(ids).size).to.equal(ids.length)
        expect(play()).to.deep.equal(changes)
      }),
    )
  })
})

describe('all rules together', () => {
  const none: [States, Causes] = [new Map(), new Map()]

  it('one cause, one alert: a second rule of the same owner joins the first', () => {
    const second = rule({ id: 'r2', condition: { kind: 'belowAverage', percent: 10 } })
    const other = rule({ id: 'r3', owner: 'eva' })
    const given = facts(store('S1', { value: 50, average: 100, sameWeekdays: 100 }))
    const { changes, causes, states } = evaluateAll([rule(), second, other], given, ...none, noon)
    const [first, joins, evas] = firings(changes)
    expect([first?.joins, joins?.joins, evas?.joins]).to.deep.equal([undefined, first?.id, undefined])
    const over = evaluateAll([rule(), second, other], selling(100), states, causes, noon + hour)
    expect([...over.causes.keys()]).to.deep.equal([])
  })

  it('speaks again of a cause whose first rule is gone or off', () => {
    const second = rule({ id: 'r2', condition: { kind: 'belowAverage', percent: 10 } })
    const first = evaluateAll([rule()], selling(50), ...none, noon)
    const given = facts(store('S1', { value: 50, average: 100, sameWeekdays: 100 }))
    for (const rules of [[second], [rule({ on: false }), second]]) {
      const then = evaluateAll(rules, given, first.states, first.causes, noon + minute)
      expect(then.changes.map(({ kind }) => kind)).to.have.members(['resolved', 'fired'])
      expect(firings(then.changes)[0]?.joins).to.equal(undefined)
    }
    const nextDay = { ...facts(), day: '2024-05-07' }
    expect([...evaluateAll([second], nextDay, first.states, first.causes, noon + 24 * hour).states]).to.deep.equal([])
  })

  it('judges the numbers of a store again when the rule about late data is turned off', () => {
    const late = rule({ id: 'late', condition: { kind: 'dataLate', minutes: 60 } })
    const given = facts(store('S1', { value: 10, sameWeekdays: 100 }, { lastDataAt: noon - 2 * hour }))
    const first = evaluateAll([rule(), late], given, ...none, noon)
    const off = { ...late, on: false }
    const then = evaluateAll([rule(), off], given, first.states, first.causes, noon + minute)
    expect(firings(then.changes).map(({ rule: of }) => of)).to.deep.equal(['r'])
  })

  it('does not judge the numbers of a store whose data is late, but goes on when it has come', () => {
    const late = rule({ id: 'late', condition: { kind: 'dataLate', minutes: 60 } })
    const at = (lastDataAt: number) =>
      facts(
        store('S1', { value: 10, sameWeekdays: 100 }, { lastDataAt }),
        store('S2', { value: 10, sameWeekdays: 100 }, { lastDataAt: noon }),
      )
    const first = evaluateAll([rule(), late], at(noon - 2 * hour), ...none, noon)
    expect(firings(first.changes).map(({ rule: of, breaches }) => [of, breaches[0]?.subject.id])).to.deep.equal([
      ['late', 'S1'],
      ['r', 'S2'],
    ])
    const then = evaluateAll([rule(), late], at(noon + minute), first.states, first.causes, noon + 2 * minute)
    expect(then.changes.map(({ kind }) => kind)).to.deep.equal(['resolved', 'fired'])
  })
})

describe('a dry run', () => {
  it('says when a rule would have fired in the last 90 days and for how long', () => {
    const history = Array.from({ length: 90 }, (_, day) => ({
      at: noon + day * 24 * hour,
      facts: { ...selling(day % 30 === 10 ? 60 : 100), day: `d${day}` },
    }))
    const found = dryRun(rule(), history)
    expect(
      found.map(({ firing, resolvedAt }) => [firing.at, resolvedAt].map(at => ((at ?? 0) - noon) / (24 * hour))),
    ).to.deep.equal([
      [10, 11],
      [40, 41],
      [70, 71],
    ])
  })
})
