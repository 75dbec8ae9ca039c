import { expect } from 'chai'
import { fill, fillSome, literal, literals, pairs, sections, tuples } from './sql.ts'

describe('the text of a query', () => {
  it('is filled at its named places, and refuses a place without a text', () => {
    expect(fill('SELECT {{key}} FROM {{key}}s', { key: 'store' })).to.equal('SELECT store FROM stores')
    expect(() => fill('SELECT {{key}}', {})).to.throw('no text for {{key}}')
  })

  it('leaves places to those who come after, in texts that were put in too', () => {
    expect(fillSome('FROM {{table}} WHERE {{scope}}', { table: '{{days}}' })).to.equal('FROM {{days}} WHERE {{scope}}')
  })

  it('loses its parts about an empty list', () => {
    const sql = '{{#months}}sums UNION ALL {{/months}}days{{#months}} NOT IN {months:Array(Date)}{{/months}}'
    expect(sections(sql, { months: ['2024-05-01'] })).to.equal('sums UNION ALL days NOT IN {months:Array(Date)}')
    expect(sections(sql, { months: [] })).to.equal('days')
    expect(() => sections(sql, { days: [] })).to.throw('no list months')
  })

  it('holds keys as literals, whatever is in them', () => {
    expect(literal("it's \\ this")).to.equal("'it\\'s \\\\ this'")
    expect(tuples([['a', "b'"], ['c']])).to.equal("(('a', 'b\\''), ('c'))")
    expect(literals(['a', "b'"])).to.equal("('a', 'b\\'')")
    const [firsts, seconds] = ["splitByChar('\\0', 'a\0c')", "splitByChar('\\0', 'b\\'\0d')"]
    expect(
      pairs([
        ['a', "b'"],
        ['c', 'd'],
      ]),
    ).to.equal(`(SELECT arrayJoin(arrayZip(${firsts}, ${seconds})) AS pair)`)
  })
})
