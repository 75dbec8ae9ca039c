import { expect } from 'chai'
import { statementOf } from './statement.ts'

describe('a statement of the HTTP protocol', () => {
  it('binds parameters in the engine and keeps settings inside the statement', () => {
    const statement = statementOf(
      'SELECT {a:String} FORMAT JSON',
      new URLSearchParams({ param_a: "it's", max_threads: '2', query_id: 'x' }),
    )
    expect(statement.sql(undefined)).to.equal(
      "SET param_a = 'it\\'s';\nSELECT {a:String} FORMAT JSON\nSETTINGS max_threads = '2'",
    )
    expect(statement.writes).to.equal(false)
  })

  it('reads rows to insert from a file, never from the statement', () => {
    const statement = statementOf('INSERT INTO t (`a`, `b`) FORMAT JSONCompactEachRow', new URLSearchParams())
    expect(statement.inlineData).to.equal(true)
    expect(statement.writes).to.equal(true)
    expect(statement.sql('/tmp/rows')).to.match(
      /^INSERT INTO t \(`a`, `b`\) SELECT \* FROM file\('\/tmp\/rows', JSONCompactEachRow\)/,
    )
  })

  it('says which parameters were not sent, and sees none in comments, strings and names', () => {
    const text =
      "-- the chain's {a:String}\n/* {b:String} */ SELECT {c:String}, {d:Array(String)}, 'it\\'s {e:String}', `{f:String}`"
    expect(statementOf(text, new URLSearchParams({ param_c: '1' })).missing).to.deep.equal(['d'])
    expect(statementOf(text, new URLSearchParams({ param_c: '1', param_d: '[]' })).missing).to.deep.equal([])
  })

  it('knows a read behind comments', () => {
    expect(statementOf('-- what it answers\nSELECT 1', new URLSearchParams()).writes).to.equal(false)
    expect(
      statementOf('CREATE TABLE t (a Int8) ENGINE = Memory', new URLSearchParams({ max_threads: '1' })).sql(undefined),
    ).not.to.contain('SETTINGS')
  })
})
