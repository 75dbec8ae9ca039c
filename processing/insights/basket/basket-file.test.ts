import { expect } from 'chai'
import fc from 'fast-check'
import { DataAppError } from '#shared/error.ts'
import { basketFile } from './basket-file.ts'
import { type Baskets, basketsFrom, itemsOf } from './baskets.ts'

const read = (text: string | Uint8Array, pieces = 1 << 16): Baskets => {
  const reader = basketFile('vendas.csv')
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  for (let at = 0; at < bytes.length; at += pieces) reader.push(bytes.subarray(at, at + pieces))
  return reader.end()
}

const contents = (baskets: Baskets) =>
  baskets.names.map((name, number) => [name, Array.from(itemsOf(baskets, number), item => baskets.items[item])])

const failure = (text: string | Uint8Array): string => {
  try {
    read(text)
  } catch (error) {
    if (error instanceof DataAppError) return error.message
    throw error
  }
  throw new Error('was read without complaint')
}

describe('reading a basket file', () => {
  it('takes lines in any order and counts a repeat in a basket once', () => {
    expect(contents(read('basket,item\n1,leite\n2,pão\n1,café\n1,leite\n'))).to.deep.equal([
      ['1', ['café', 'leite']],
      ['2', ['pão']],
    ])
  })

  it('finds the two columns by name, whatever stands beside them', () => {
    expect(contents(read('day,item,store,basket\n2024-01-01,"a, b",S1,9\n'))).to.deep.equal([['9', ['a, b']]])
  })

  it('reads a byte-order mark, CRLF, blank lines, quotes, doubled quotes and line breaks in quotes', () => {
    const text = '\uFEFFbasket,item\r\n\r\n1,"a ""b"" c"\r\n"1","two\nlines"\r\n1,6" nail\r\n'
    expect(contents(read(text))).to.deep.equal([['1', ['6" nail', 'a "b" c', 'two\nlines']]])
  })

  it('orders items by code point, also beyond the basic plane', () => {
    expect(read('basket,item\n1,\u{1F34C}\n1,\uFF21\n1,Z\n1,a\n').items).to.deep.equal([
      'Z',
      'a',
      '\uFF21',
      '\u{1F34C}',
    ])
  })

  it('gives the same whatever the pieces it comes in', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'b', '"', ',', '\n', 'é', '🍌', ' '),
      minLength: 1,
      maxLength: 4,
    })
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, name), { maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        (lines, pieces) => {
          const text = `basket,item\n${lines.map(line => `${line.map(quoted).join(',')}\n`).join('')}`
          const plain = basketsFrom(lines.map(([basket, item]) => [basket, [item]]))
          expect(contents(read(text, pieces))).to.deep.equal(contents(plain))
        },
      ),
    )
  })

  for (const [what, text, said] of [
    ['a missing column', 'ticket,item\n1,a\n', 'vendas.csv, line 1, field basket: the header must name'],
    ['a column named twice', 'basket,item,item\n1,a,b\n', 'line 1, field item: the header must name this column once'],
    ['an empty file', '', 'line 1, field basket: the file is empty'],
    ['a field too few', 'basket,item\n1,a\n2\n', 'line 3, field item: must have 2 fields, has 1, found: 2'],
    ['a field too many', 'basket,item\n1,a,b\n', 'line 2, field item: must have 2 fields, has 3'],
    ['an empty item', 'basket,item\n1,\n', 'line 2, field item: must not be empty'],
    ['an empty basket', 'basket,item\n"x\ny",a\n,b\n', 'line 4, field basket: must not be empty'],
    ['an open quote', 'basket,item\n1,"a\n2,b\n', 'line 2, field item: a quote is never closed'],
    ['text after a quote', 'basket,item\n1,"a"b\n', 'line 2, field item: text after a closing quote'],
  ] as const)
    it(`says which line, field and rule: ${what}`, () => {
      expect(failure(text)).to.include(said)
    })

  it('refuses bytes that are not UTF-8', () => {
    expect(failure(Buffer.from('basket,item\n1,a\n1,p\xe3o\n', 'latin1'))).to.include(
      'line 3, field item: must be UTF-8',
    )
  })
})
