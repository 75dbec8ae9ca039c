import { expect } from 'chai'
import { isPersonalId, plainId } from './customer-id.ts'

describe("a customer's id that says who it is", () => {
  it('is an e-mail address, a CPF or a CNPJ, however it is written', () => {
    for (const id of ['ana@nowhere.example', '111.444.777-35', '11144477735', '11.222.333/0001-81', '11222333000181'])
      expect(isPersonalId(id), id).to.equal(true)
    expect(isPersonalId('1234567890'), 'a CPF without its leading zero').to.equal(isPersonalId('01234567890'))
  })

  it('is no customer number, name of a till or hash', () => {
    for (const id of [
      '',
      '17850',
      'C-1042',
      '11144477736',
      '11111111111',
      '2024-05-01 10:00',
      'p~abcdefghijklmnopqrstuv',
      '@balcao',
    ])
      expect(isPersonalId(id), id).to.equal(false)
  })

  it('is the same person in any writing', () => {
    expect(plainId('111.444.777-35')).to.equal(plainId(' 11144477735'))
    expect(plainId('Ana@Nowhere.example')).to.equal('ana@nowhere.example')
  })
})
