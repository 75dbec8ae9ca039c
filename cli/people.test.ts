import { expect } from 'chai'
import { type Chain, startChain } from '../test/parts/chain.ts'
import { doPeopleJob } from './people.ts'

describe('people by command', () => {
  let chain: Chain
  before(async () => {
    chain = await startChain()
  })
  after(() => chain.stop())

  it('who are disabled have no session any more, also when they are enabled again', async () => {
    const email = 'beto@chain.example'
    await chain.add({ email, name: 'Beto', role: 'seller', seller: 'beto' })
    await chain.as(email)
    const { settings } = chain.parts
    expect(await settings.query('SELECT id FROM sessions')).to.have.length(1)
    await doPeopleJob(settings, { do: 'disable', email })
    await doPeopleJob(settings, { do: 'enable', email })
    expect(await settings.query('SELECT id FROM sessions')).to.deep.equal([])
  })
})
