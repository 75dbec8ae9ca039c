import { expect } from 'chai'
import { compileExpression } from './expression.ts'

describe('expressions of a source', () => {
  const compiled = (text: string) =>
    compileExpression<readonly string[]>(text, { column: () => row => row[0] ?? '', number: () => undefined })

  it('call only functions that there are, not what every object has', () => {
    expect(compiled('upper(a)')(['x'])).to.equal('X')
    for (const name of ['constructor', 'toString', 'valueOf'])
      expect(() => compiled(`${name}(a)`), name).to.throw(`there is no function ${name}`)
  })
})
