import { expect } from 'chai'
import { DataAppError } from '#shared/error.ts'
import { isTransient, warehouseError } from './warehouse-error.ts'

const failure = (code: string, message: string) => Object.assign(new Error(message), { code })

describe('a failure of the warehouse', () => {
  it('passes by itself when the connection was cut, or memory is short for all queries together', () => {
    expect(isTransient(failure('ECONNREFUSED', 'connect'))).to.equal(true)
    expect(isTransient(failure('241', '(total) memory limit exceeded'))).to.equal(true)
    expect(isTransient(failure('243', 'No space left on device'))).to.equal(true)
  })

  it('stays when the query itself is too large or wrong', () => {
    expect(isTransient(failure('241', 'Query memory limit exceeded'))).to.equal(false)
    expect(isTransient(failure('62', 'Syntax error'))).to.equal(false)
  })

  it('says what to do', () => {
    const error = warehouseError(failure('516', 'Authentication failed'))
    expect(error).to.be.instanceOf(DataAppError).with.property('code', 'WAREHOUSE_UNAUTHORIZED')
  })

  it('stays unknown, and loud, when it is a fault in a statement of ours', () => {
    const fault = failure('62', 'Syntax error')
    expect(warehouseError(fault)).to.equal(fault)
  })
})
