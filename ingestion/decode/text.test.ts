import { expect } from 'chai'
import { type Encoding, encodingOf, textOf } from './text.ts'

/** The text of some bytes that come in pieces of one size. */
async function read(bytes: Buffer, size = bytes.length, given?: Encoding): Promise<string> {
  const pieces = (async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  })()
  let text = ''
  for await (const piece of textOf(pieces, 'a.csv', given)) text += piece
  return text
}

const utf8 = (text: string) => Buffer.from(text)
const latin1 = (text: string) => Buffer.from(text, 'latin1')

describe('the text of a file', () => {
  const rows = Array.from({ length: 9 }, (_, i) => `M${i};Ção ${i};5 €;😀\n`).join('')
  const mixed = Buffer.concat([utf8(rows), latin1('M9;Pão velho;ação\n'), utf8(rows)])
  const meant = `${rows}M9;Pão velho;ação\n${rows}`

  it('in UTF-8 with a row of another program in Latin-1 is what both rows mean', async () => {
    expect(await read(mixed)).to.equal(meant)
    expect(await read(mixed, mixed.length, 'utf-8')).to.equal(meant)
    expect(encodingOf(mixed)).to.equal('utf-8')
  })

  it('is the same wherever a piece ends', async () => {
    for (let size = 8; size < 80; size++) {
      expect(await read(mixed, size)).to.equal(meant)
      expect(await read(utf8(`\ufeff${rows}`), size)).to.equal(rows)
      expect(await read(latin1('São João\n'.repeat(9)), size)).to.equal('São João\n'.repeat(9))
    }
  })

  it('in Latin-1 stays that where two of its signs look like one of UTF-8', async () => {
    const words = 'CAFÉ® e ação\nPÃ£O, pão e maçã\n'
    expect(await read(latin1(words.repeat(20)))).to.equal(words.repeat(20))
    expect(encodingOf(latin1(words))).to.equal('windows-1252')
  })

  it('is judged by all that came before, so that a first row of another program decides nothing', async () => {
    const plain = 'Cupom;Loja\n'
    const bytes = Buffer.concat([utf8(plain), latin1('M0;Pão\n'), utf8(rows)])
    for (const size of [plain.length, plain.length + 7, 16])
      expect(await read(bytes, size)).to.equal(`${plain}M0;Pão\n${rows}`)
  })

  it('keeps the other signs of a line in which one was cut in the middle', async () => {
    const cut = Buffer.concat([utf8('1;Pão de Açúcar S'), Buffer.from([0xc3]), utf8(';São\n')])
    expect(await read(cut)).to.equal('1;Pão de Açúcar SÃ;São\n')
    expect(await read(Buffer.concat([utf8('1;Pão de Açúcar S'), Buffer.from([0xc3])]))).to.equal('1;Pão de Açúcar SÃ')
  })
})
