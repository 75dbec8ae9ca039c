import { expect } from 'chai'
import fc from 'fast-check'
import { parseMicros, zero } from '#shared/records/micros.ts'
import type { Sale } from '#shared/records/sale.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { openPreparedWarehouse } from '../../test/parts/prepared.ts'
import { loadSales } from '../load/load-sales.ts'
import { audit } from './audit.ts'
import { keepHits, openJudge } from './hits.ts'
import { parseRules } from './rules.ts'

const rules = parseRules(
  `version: 1
rules:
  - { rule: renamed, kind: replace, field: product, values: { OLD: NEW }, severity: correct }
  - { rule: moved, kind: replace, field: store, values: { OLD-STORE: NEW-STORE }, severity: correct }
  - { rule: numbered, kind: replace, field: line, values: { I: '1' }, severity: correct }
  - { rule: once, kind: unique, field: product, severity: reject, sources: [once] }
  - { rule: no-loss, kind: below-cost, severity: reject, sources: [costed] }
  - { rule: described, kind: known, field: product, severity: reject, sources: [described] }
`,
  'rules.yaml',
)

describe('sales as rules let them through', () => {
  const home = temporaryHome()
  let warehouse: Warehouse

  before(async () => {
    warehouse = await openPreparedWarehouse(home.config)
  })
  after(async () => {
    await warehouse.close()
    home.remove()
  })

  const cost = (product: string, version: number, amount: string | null) =>
    warehouse.insert('products', ['product', 'cost', 'version'], [[product, amount, version]])

  /** Delivers one batch as processing does, or breaks off before its lines are there. Returns the lines that were turned away, as "sale line product". */
  const deliver = async (sales: readonly Sale[], breaksOff = false): Promise<string[]> => {
    const message = { partition: 0, offset: '0', key: '', value: Buffer.alloc(0), headers: {}, timestampMs: 0 }
    const { arrived } = await openJudge(rules, warehouse)(sales.map(sale => ({ message, sale })))
    const hits = arrived.flatMap(each => each.hits)
    await keepHits(warehouse, hits)
    if (!breaksOff)
      await loadSales(
        warehouse,
        arrived.map(({ sale }) => sale),
        async () => {},
      )
    return hits.filter(({ severity }) => severity === 'reject').map(({ sale, line }) => `${sale.sale} ${line}`)
  }
  const standing = async (store: string) =>
    (
      await warehouse.rows<{ at: string }>(
        "SELECT concat(sale, ' ', line, ' ', product) AS at FROM sale_lines FINAL WHERE store = {store:String} ORDER BY at",
        { store },
      )
    ).map(({ at }) => at)

  describe('unique', () => {
    const once = (store: string, sale: string, version: number, lines: Lines, more: Partial<Sale> = {}) =>
      saleOf({ source: 'once', store, sale, version, ...more }, lines)

    it('sees lines of a sale that do not follow one another, in one batch and over several', async () => {
      const sales = (store: string) => [
        once(store, 'S2', 10, { 1: 'PB' }),
        once(store, 'S9', 12, { 1: 'PB' }),
        once(store, 'S2', 14, { 2: 'PB', 3: 'PC' }),
      ]
      expect(await deliver(sales('together'))).to.deep.equal(['S2 2'])
      expect(await standing('together')).to.deep.equal(['S2 1 PB', 'S2 3 PC', 'S9 1 PB'])
      const turnedAway = []
      for (const sale of sales('apart')) turnedAway.push(...(await deliver([sale])))
      expect(turnedAway).to.deep.equal(['S2 2'])
      expect(await standing('apart')).to.deep.equal(['S2 1 PB', 'S2 3 PC', 'S9 1 PB'])
    })

    it('turns nothing away that stands, and the same as before, when everything is delivered again', async () => {
      const sales = [
        once('again', 'S', 10, { 1: 'PB' }),
        once('again', 'S', 12, { 2: 'PB' }),
        once('again', 'S', 14, { 1: 'PC' }),
        once('again', 'S', 16, { 3: 'PB' }),
      ]
      for (const sale of sales) await deliver([sale])
      const stands = ['S 1 PC', 'S 3 PB']
      expect(await standing('again')).to.deep.equal(stands)
      for (const sale of sales) await deliver([sale])
      expect(await standing('again')).to.deep.equal(stands)
      expect(await deliver(sales)).to.deep.equal(['S 2'])
      expect(await standing('again')).to.deep.equal(stands)
    })

    it('follows corrections: what no longer stands beside a line is no reason', async () => {
      await deliver([once('fixed', 'S', 10, { 1: 'PA', 2: 'PB' }), once('fixed', 'S', 12, { 3: 'PA' })])
      expect(await deliver([once('fixed', 'S', 20, { 1: 'PB', 2: 'PA' })])).to.deep.equal([])
      expect(await standing('fixed')).to.deep.equal(['S 1 PB', 'S 2 PA'])
      expect(await deliver([once('fixed', 'S', 30, { 5: 'PB', 6: 'PA' }, { extent: 'whole' })])).to.deep.equal([])
      expect(await standing('fixed')).to.deep.equal(['S 5 PB', 'S 6 PA'])
      expect(await deliver([once('fixed', 'S', 10, { 1: 'PA', 2: 'PB' })])).to.deep.equal([])
      // A correction that is turned away leaves the line as it was, which counts.
      expect(await deliver([once('fixed', 'S', 31, { 3: 'PA', 6: 'PB' })])).to.deep.equal(['S 3', 'S 6'])
      expect(await standing('fixed')).to.deep.equal(['S 5 PB', 'S 6 PA'])
      expect(await deliver([once('fixed', 'S', 32, { 7: 'PA' }, { soldAt: '2024-05-07T10:00:00' })])).to.deep.equal([
        'S 7',
      ])
    })

    it('ends the same however a history is cut into batches, broken off and delivered again', async () => {
      const statement = fc.record({
        extent: fc.constantFrom('whole' as const, 'lines' as const, 'lines' as const),
        day: fc.constantFrom('2024-05-06', '2024-05-07'),
        lines: fc.dictionary(fc.constantFrom('1', '2', '3'), fc.constantFrom('PA', 'PB', 'PC'), { minKeys: 1 }),
      })
      const cut = fc.record({
        from: fc.integer({ min: 0, max: 7 }),
        to: fc.integer({ min: 1, max: 8 }),
        breaksOff: fc.boolean(),
      })
      let run = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(statement, { minLength: 2, maxLength: 8 }),
          fc.array(cut, { maxLength: 5 }),
          async (statements, cuts) => {
            run++
            const told = (store: string) =>
              statements.map(({ extent, day, lines }, at) =>
                once(store, 'S', 10 + 2 * at, lines, { extent, soldAt: `${day}T10:00:00` }),
              )
            const [plain, again] = [told(`plain ${run}`), told(`again ${run}`)]
            const turnedAway = new Set<string>()
            for (const sale of plain)
              for (const line of await deliver([sale])) turnedAway.add(`${sale.version} ${line}`)
            let done = 0
            const turnedAwayAgain = new Set<string>()
            for (const { from, to, breaksOff } of [...cuts, { from: 8, to: 8, breaksOff: false }]) {
              // What was not loaded comes again before anything after it.
              const begin = Math.min(from, done)
              const batch = again.slice(begin, Math.max(begin, to))
              for (const line of await deliver(batch, breaksOff)) turnedAwayAgain.add(line)
              if (!breaksOff) done = Math.max(done, begin + batch.length)
            }
            const stand = await standing(`again ${run}`)
            expect(new Set(stand.map(line => line.slice(-2))).size).to.equal(stand.length)
            // Of each line only the latest that was turned away is known.
            const lines = [...turnedAway].map(line => line.replace(/^\d+ /, ''))
            if (new Set(lines).size < lines.length) return
            expect(stand).to.deep.equal(await standing(`plain ${run}`))
            expect([...turnedAwayAgain].sort()).to.deep.equal(lines.sort())
          },
        ),
        { numRuns: 5, endOnFailure: true },
      )
    })
  })

  describe('below cost', () => {
    const costed = (store: string, version: number, revenue: string, more: Partial<Sale['lines'][number]> = {}) =>
      saleOf({ source: 'costed', store, sale: 'T1', version }, { 1: 'pa' }, { revenue: amount(revenue), ...more })

    it('is judged by the product table where a line does not state its cost', async () => {
      await cost('pa', 1, '5')
      expect(await deliver([costed('loss', 10, '4')])).to.deep.equal(['T1 1'])
      expect(await deliver([costed('even', 10, '5')])).to.deep.equal([])
      expect(await deliver([costed('two', 10, '9', { quantity: amount('2') })])).to.deep.equal(['T1 1'])
      expect(await deliver([costed('stated', 10, '4', { cost: amount('3') })])).to.deep.equal([])
    })

    it('turns away what is given away, and no returns', async () => {
      expect(await deliver([costed('gift', 10, '0')])).to.deep.equal(['T1 1'])
      expect(await deliver([costed('back', 10, '-4', { quantity: amount('-1') })])).to.deep.equal([])
      expect(await deliver([costed('nothing', 10, '0', { quantity: zero })])).to.deep.equal([])
      expect(await deliver([costed('unknown', 10, '0', { product: 'undescribed' })])).to.deep.equal([])
    })

    it('is decided once: a cost that changed since turns nothing away that stands, and lets nothing in', async () => {
      await cost('pa', 2, '5')
      const [cheap, fair] = [costed('cheap', 10, '4'), costed('fair', 10, '6')]
      expect(await deliver([cheap, fair])).to.deep.equal(['T1 1'])
      await cost('pa', 3, '7')
      expect(await deliver([cheap, fair])).to.deep.equal(['T1 1'])
      await cost('pa', 4, '3')
      expect(await deliver([cheap, fair])).to.deep.equal(['T1 1'])
      expect(await standing('cheap')).to.deep.equal([])
      expect(await standing('fair')).to.deep.equal(['T1 1 pa'])
      // Told anew, as when somebody has it read once more, it is judged anew.
      expect(await deliver([{ ...cheap, version: 20 }])).to.deep.equal([])
    })
  })

  describe('what rules did', () => {
    /** Of one source, "day rule hits". */
    const counted = async (source: string) => {
      await audit(warehouse, rules, {
        today: '2024-09-30',
        signal: new AbortController().signal,
        onFailed: (rule, reason) => {
          throw new Error(`${rule}: ${reason}`)
        },
      })
      const rows = await warehouse.rows<{ found: string }>(
        "SELECT concat(toString(day), ' ', rule, ' ', toString(hits)) AS found FROM quality_days WHERE source = {source:String} ORDER BY found",
        { source },
      )
      return rows.map(({ found }) => found)
    }
    const told = (source: string, version: number, lines: Lines, more: Partial<Sale> = {}) =>
      saleOf({ source, store: source, sale: 'S', version, ...more }, lines)
    const nextDay = { soldAt: '2024-05-07T10:00:00' }

    it('counts on the day on which the corrected line stands', async () => {
      await deliver([told('moves', 10, { 1: 'OLD', 2: 'OLD' })])
      expect(await counted('moves')).to.deep.equal(['2024-05-06 renamed 2'])
      await deliver([told('moves', 12, { 1: 'OLD' }, nextDay)])
      expect(await counted('moves')).to.deep.equal(['2024-05-06 renamed 1', '2024-05-07 renamed 1'])
    })

    it('goes with a line that is cancelled, and with one that comes right later', async () => {
      await deliver([told('goes', 10, { 1: 'OLD', 2: 'OLD', 3: 'OLD' })])
      await deliver([told('goes', 12, { 1: 'OLD', 2: 'NEW' }, { extent: 'whole' })])
      expect(await counted('goes')).to.deep.equal(['2024-05-06 renamed 1'])
      await deliver([told('goes', 10, { 1: 'OLD', 2: 'OLD', 3: 'OLD' })])
      expect(await counted('goes'), 'delivered again').to.deep.equal(['2024-05-06 renamed 1'])
      await deliver([told('goes', 14, {}, { extent: 'whole' })])
      expect(await counted('goes')).to.deep.equal([])
    })

    it('is found under the store and the number with which the line is loaded', async () => {
      await deliver([saleOf({ source: 'both', store: 'OLD-STORE', sale: 'S', version: 10 }, { I: 'OLD' })])
      const hits = ['2024-05-06 moved 1', '2024-05-06 numbered 1', '2024-05-06 renamed 1']
      expect(await counted('both')).to.deep.equal(hits)
      await deliver([saleOf({ source: 'both', store: 'NEW-STORE', sale: 'S', version: 12 }, { 1: 'NEW' })])
      expect(await counted('both')).to.deep.equal([])
    })

    it('is turned away until the line is accepted, on whatever day, or left out of its whole sale', async () => {
      const refused = ['2024-05-06 no-loss 1']
      const costed = (sale: string, version: number, revenue: string, more: Partial<Sale> = {}): Sale => ({
        ...saleOf(
          { source: 'costed', store: `${sale} store`, sale, version },
          { 1: 'dear' },
          { cost: amount('5'), revenue: amount(revenue) },
        ),
        ...more,
      })
      const all = async () => (await counted('costed')).filter(found => found.includes('no-loss'))
      for (const [what, accepted] of [
        ['same', costed('same', 12, '6')],
        ['other', costed('other', 12, '6', nextDay)],
        ['left', costed('left', 12, '6', { extent: 'whole', lines: [] })],
      ] as const) {
        await warehouse.run("DELETE FROM quality_hits WHERE source = 'costed'")
        await deliver([costed(what, 10, '4')])
        expect(await all(), what).to.deep.equal(refused)
        await deliver([accepted])
        expect(await all(), what).to.deep.equal([])
        await deliver([costed(what, 14, '3'), costed(what, 16, '2', nextDay)])
        expect(await all(), `${what}, turned away again`).to.deep.equal(['2024-05-07 no-loss 1'])
      }
    })
  })

  it('are judged as corrections leave them', async () => {
    await cost('NEW', 1, null)
    const sale = saleOf({ source: 'described', store: 'renamed', sale: 'S', version: 1 }, { 1: 'OLD', 2: 'other' })
    expect(await deliver([sale])).to.deep.equal(['S 2'])
  })
})

type Lines = Readonly<Record<string, string>>

function amount(text: string) {
  return parseMicros(text) ?? zero
}

function saleOf(
  given: Pick<Sale, 'source' | 'store' | 'sale' | 'version'> & Partial<Sale>,
  lines: Lines,
  more: Partial<Sale['lines'][number]> = {},
): Sale {
  return {
    soldAt: '2024-05-06T10:00:00',
    seller: '',
    customer: '',
    file: 'f',
    extent: 'lines',
    ...given,
    lines: Object.entries(lines).map(([line, product], at) => ({
      line,
      product,
      quantity: amount('1'),
      unitPrice: amount('10'),
      discount: zero,
      revenue: amount('10'),
      cost: null,
      row: at + 1,
      ...more,
    })),
  }
}
