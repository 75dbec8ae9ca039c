import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { z } from 'zod'
import { builtInSources } from './load.ts'
import { problemsOf } from './problems.ts'
import { sourceSchema } from './schema.ts'

const minimal = { name: 'loja', sale: { id: 'a', store: 'b', soldAt: 'c', product: 'd', revenue: 'e' } }

describe('source files', () => {
  it('are described for editors by docs/source.schema.json', async () => {
    const path = fileURLToPath(new URL('../../docs/source.schema.json', import.meta.url))
    const schema = `${JSON.stringify(z.toJSONSchema(sourceSchema, { io: 'input' }), null, 2)}\n`
    const now = await readFile(path, 'utf8').catch(() => '')
    if (now !== schema && process.env.CI === undefined) await writeFile(path, schema)
    expect(now, 'docs/source.schema.json was out of date and has been written anew').to.equal(schema)
  })

  it('of the samples are in order', async () => {
    expect((await builtInSources()).map(source => source.name)).to.include.members([
      'adventureworks',
      'northwind',
      'online-retail',
    ])
  })

  it('name a misspelt key with the nearest valid one, at any depth', () => {
    expect(problemsOf({ ...minimal, formt: {} })).to.deep.equal([
      '"formt" is not a key of a source file. Did you mean "format"?',
    ])
    expect(problemsOf({ ...minimal, format: { delimeter: ';' } })).to.deep.equal([
      '"format.delimeter" is not a key of a source file. Did you mean "delimiter"?',
    ])
    expect(problemsOf({ ...minimal, sale: { ...minimal.sale, quantity: { colum: 'x' } } })).to.deep.equal([
      '"sale.quantity.colum" is not a key of a source file. Did you mean "column"?',
    ])
    expect(problemsOf({ ...minimal, skip: [{ wen: 'x', reason: 'y' }] })).to.include(
      '"skip.0.wen" is not a key of a source file. Did you mean "when"?',
    )
  })

  it('name what is missing or wrong', () => {
    expect(problemsOf({ name: 'loja', sale: { id: 'a' } })).to.include.members([
      '"sale.store" is missing',
      '"sale.product" is missing',
    ])
    expect(problemsOf({ name: 'Loja 1', sale: minimal.sale })).to.deep.equal([
      '"name" takes small letters, digits, - and _',
    ])
    expect(problemsOf({ name: 'loja' })[0]).to.contain('says nothing about what the rows are')
    expect(problemsOf({ ...minimal, sale: { ...minimal.sale, revenue: undefined } })).to.deep.equal([
      '"sale" needs `revenue` or `unitPrice`',
    ])
  })
})
