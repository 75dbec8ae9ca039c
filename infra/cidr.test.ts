import { expect } from 'chai'
import fc from 'fast-check'
import { addressAt, contains, formatCidr, overlaps, parseCidr, size } from './cidr.ts'

const cidr = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(([address, bits]) => ({ first: address - (address % 2 ** (32 - bits)), bits }))

function block(text: string) {
  const parsed = parseCidr(text)
  if (parsed === undefined) throw new Error(`${text} is no block`)
  return parsed
}

describe('blocks of addresses', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(cidr, one => {
        expect(parseCidr(formatCidr(one))).to.deep.equal(one)
      }),
    )
  })

  it('refuses what AWS refuses: bits beyond the prefix, parts above 255, text', () => {
    for (const wrong of ['10.0.0.1/16', '10.0.0.256/32', '10.0.0.0/33', '10.0.0.0', 'home']) {
      expect(parseCidr(wrong), wrong).to.equal(undefined)
    }
  })

  it('knows that blocks overlap exactly when one holds the other', () => {
    fc.assert(fc.property(cidr, cidr, (a, b) => overlaps(a, b) === (contains(a, b) || contains(b, a))))
  })

  it('counts addresses', () => {
    expect(size(block('10.0.0.0/20'))).to.equal(4096)
    expect(addressAt(block('10.0.16.0/20'), 10)).to.equal('10.0.16.10')
  })
})
