import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import { compressFrame, decompressFrame } from './lz4.ts'

describe('LZ4 frames', () => {
  const roundTrip = (bytes: Buffer) => decompressFrame(compressFrame(bytes)).equals(bytes)

  it('come back unchanged, whatever is in them', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), bytes => roundTrip(Buffer.from(bytes))))
    const repetitive = fc.array(fc.constantFrom('loja', '10.00', '{"sku":', 'á', ''), { maxLength: 500 })
    fc.assert(fc.property(repetitive, words => roundTrip(Buffer.from(words.join(',')))))
  })

  it('come back unchanged around the size of a block', () => {
    for (const size of [0, 1, 12, 13, 65_535, 65_536, 65_537, 200_000]) {
      expect(roundTrip(Buffer.alloc(size, 'abc')), `${size} that repeat`).to.equal(true)
      expect(roundTrip(randomBytes(size)), `${size} that don't`).to.equal(true)
    }
  })

  it('make sales several times smaller', () => {
    const sales = Array.from(
      { length: 1000 },
      (_, index) => `{"store":"12","sale":"${index}","product":"p-${index % 50}","quantity":"1.000"}`,
    )
    const bytes = Buffer.from(sales.join('\n'))
    expect(compressFrame(bytes).length).to.be.lessThan(bytes.length / 3)
  })

  it('begin with the header that the specification gives as an example', () => {
    // FLG 0x60, BD 0x40 has the header checksum 0x82, as the reference tool writes it.
    expect(compressFrame(Buffer.from('a')).subarray(0, 7).toString('hex')).to.equal('04224d18604082')
  })

  it('say when they are damaged', () => {
    expect(() => decompressFrame(Buffer.from('certainly no frame'))).to.throw('not an LZ4 frame')
  })
})
