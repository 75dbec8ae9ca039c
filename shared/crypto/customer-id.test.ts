import { expect } from 'chai'
import { isPersonalId, plainId } from './customer-id.ts'

describe("a customer's id that says who it is", () => {
  it('is an e-mail address, a CPF or a CNPJ, however it is written', () => {
    for (const id of ['ana@nowhere.example', '111.444.777-35', '11144477735', '11.222.333/0001-81', '11222333000181'])
      expect(isPersonalId(id), id).to.equal(true)
    expect(isPersonalId('1234567890'), 'a CPF without its leading zero').to.equal(isPersonalId('01234567890'))
  })

  it('is also what holds one beside other words, and a phone that is written as one', () => {
    for (const id of [
      'Ângela Fulano <ana@nowhere.example>',
      '"ana.z"@nowhere.example',
      'cliente ana@nowhere.example',
      'CPF 111.444.777-36',
      'cnpj: 11222333000181',
      '+55 11 98001-7001',
      '+351 912 345 678',
      '(11) 98001-7001',
    ])
      expect(isPersonalId(id), id).to.equal(true)
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
      'till@store',
      'CPF',
      'CPF 17850',
      'C11144477735',
      'cliente 11144477',
      '+17850',
      '(11) 1042',
      '11980017001',
    ])
      expect(isPersonalId(id), id).to.equal(false)
  })

  it('is the same person in any writing', () => {
    expect(plainId('111.444.777-35')).to.equal(plainId(' 11144477735'))
    expect(plainId('CPF nº 111.444.777-35')).to.equal('11144477735')
    expect(plainId('Ana@Nowhere.example')).to.equal('ana@nowhere.example')
    expect(plainId('Ana Lima <Ana@Nowhere.example>')).to.equal('ana@nowhere.example')
    expect(plainId('filial 1 ana@nowhere.example')).not.to.equal(plainId('filial 2 ana@nowhere.example'))
    expect(plainId('(11) 98001-7001')).to.equal(plainId('+55 11 98001 7001'))
  })
})
