import { expect } from 'chai'
import { type Mentioned, mentionIn } from './mention.ts'

const quiteria: Mentioned = {
  id: 'C15',
  values: {
    name: 'Quitéria Brüxelmann',
    email: 'Quiteria@nowhere.example',
    phone: '+55 (11) 98015-7015',
    document: '070.016.755-67',
  },
  by: 'id and values',
  idOf: text => (text.includes('@') ? `p~${text.toLowerCase()}` : text),
}
const unnamed: Mentioned = { ...quiteria, values: {} }
const found = (raw: string, person = quiteria) => mentionIn({ raw, message: '' }, person)

describe('a rejected record that mentions a person', () => {
  it('is found by name, e-mail, phone and document in any writing', () => {
    for (const raw of [
      'Y;QUITERIA  BRUXELMANN;',
      'Y;"Brüxelmann, Quitéria";',
      '{"n":"Quit\\u00e9ria Br\\u00fcxelmann"}',
    ])
      expect(found(raw), raw).to.equal('name')
    expect(found('Y;1;quiteria@NOWHERE.example;')).to.equal('email')
    for (const raw of ['Y;1;11980157015', 'Y;(11) 98015.7015;x', 'Y;+55 11 98015-7015'])
      expect(found(raw), raw).to.equal('phone')
    for (const raw of ['Y;07001675567;', 'Y;7001675567', '070016755/67']) expect(found(raw), raw).to.equal('document')
  })

  it('is found by the id as a field or word of its own, also of somebody of whom nothing else is known', () => {
    for (const raw of ['Y1;abc;C15;;;', '{"customer":"c15"}', 'customer C15 is unknown'])
      expect(found(raw, unnamed), raw).to.equal('id')
    expect(found('{"sale":9,"customer":4711}', { ...unnamed, id: '4711' })).to.equal('id')
    for (const raw of ['Y1;abc;C150;', 'Y1;XC15;']) expect(found(raw, unnamed), raw).to.equal(undefined)
    expect(found('Y1;abc;Ana@x.example;', { ...unnamed, id: 'p~ana@x.example' })).to.equal('id')
  })

  it('is no record of somebody else', () => {
    expect(found('Y1;15;9801;Quitéria;Bruxelas')).to.equal(undefined)
    expect(found('Y1;7;1;2', { ...unnamed, id: '7' }), 'a small number may be a quantity').to.equal(undefined)
    expect(found('Y1;2024-03-05;1;2', { ...unnamed, id: '2024' }), 'nor is a year').to.equal(undefined)
    expect(found('Y1;v1;Ana Lima', { ...unnamed, id: 'v1', by: 'values' }), "a sale is no seller's record").to.equal(
      undefined,
    )
    expect(found('Y1;Limassol', { ...unnamed, values: { name: 'Lima' } })).to.equal(undefined)
  })
})
