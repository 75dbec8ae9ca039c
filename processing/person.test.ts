import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { consumerGroups, topics } from '#shared/agreement.ts'
import type { Dimension } from '#shared/records/dimension.ts'
import { rejectedOf } from '#shared/records/rejected.ts'
import { type Chain, saleOf, startChain } from '../test/parts/chain.ts'
import { removeAccounts } from './account.ts'
import { erasePerson, exportPerson } from './person.ts'

const attributes = { name: '', email: '', phone: '', document: '', city: '', region: '', country: '' }
const customer = (id: string, own: Partial<typeof attributes>): Dimension => ({
  v: 1,
  kind: 'customer',
  id,
  source: 'test',
  version: 1,
  attributes: { ...attributes, ...own },
})
const known = { name: 'Quitéria Brüxelmann', phone: '(11) 98015-7015', document: '700.016.755-67' }
/** A customer's document as the id, of somebody of whom there is no record. */
const documentId = '111.444.777-35'

describe('a person who asks what is kept', () => {
  let chain: Chain
  let line = 0
  before(async () => {
    chain = await startChain()
    await chain.describe([
      customer('C15', { ...known, email: 'quiteria@nowhere.example' }),
      customer('C16', { name: 'Zulmira', email: 'casal@nowhere.example' }),
      customer('C17', { name: 'Zeferino', email: 'casal@nowhere.example' }),
    ])
    await chain.publish([saleOf({ store: '1', sale: 'A', day: '2024-05-01', seller: 'v1', customer: 'C15' })])
  })
  after(() => chain.stop())

  const reject = async (...rows: string[]) => {
    const { bus } = chain.parts
    const records = rows.map(raw =>
      rejectedOf(
        'ingestion',
        {
          source: 's',
          file: 'f',
          line: ++line,
          field: 'quantity',
          rule: 'number',
          message: '"abc" is not a number',
          raw,
        },
        new Date(),
      ),
    )
    await bus.publish(
      topics.rejected,
      records.map(record => ({ key: 's', value: Buffer.from(JSON.stringify(record)) })),
    )
    while ((await bus.lag(topics.rejected, consumerGroups.rejected)) > 0)
      await new Promise(done => setTimeout(done, 20))
  }
  const wrappedKeys = async () => {
    const rows = await chain.parts.settings.query<{ wrapped: string }>(
      'SELECT wrapped FROM person_keys WHERE wrapped IS NOT NULL',
    )
    return rows.map(row => row.wrapped)
  }
  const filesWith = (text: string) => {
    try {
      return execFileSync('grep', ['-rlaF', text, chain.parts.config.DATAAPP_HOME], { encoding: 'utf8' })
    } catch {
      return ''
    }
  }
  const erase = (id: string) => erasePerson(chain.parts, 'customer', id)
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof Error && 'code' in error ? `${error.code}: ${error.message}` : error),
    )

  it('is no one of whom nothing is known, and no one of several', async () => {
    for (const id of ['nobody@nowhere.example', 'C99', '529.982.247-25'])
      for (const ask of [exportPerson, erasePerson])
        expect(await codeOf(ask(chain.parts, 'customer', id))).to.match(/^PERSON_UNKNOWN/)
    expect(await codeOf(erase('casal@nowhere.example'))).to.match(/^PERSON_SEVERAL: 2 people have this: C16, C17/)
    expect((await exportPerson(chain.parts, 'customer', 'C16')).person).to.include({ name: 'Zulmira' })
  })

  it('is found by e-mail, document and phone, and told under which id', async () => {
    for (const text of ['Quiteria@NOWHERE.example', '70001675567', '11 98015-7015'])
      expect(await exportPerson(chain.parts, 'customer', text), text).to.deep.include({ kind: 'customer', id: 'C15' })
  })

  it('is erased from rejected records in any writing, with those that only share the id', async () => {
    await reject(
      'Y1;1;abc;C15;;;;70001675567',
      'Y2;1;abc;C15;;;11980157015;',
      'Y3;1;abc;;Quiteria  BRUXELMANN;;;',
      'Y4;1;abc;C15;Quitéria Solteira;;;',
      'Y5;1;abc;C150;Zeferino;;;',
    )
    expect((await exportPerson(chain.parts, 'customer', 'C15')).rejected.map(({ by }) => by).sort()).to.deep.equal([
      'id',
      'id',
      'id',
      'name',
    ])
    const before = await wrappedKeys()
    expect(await erase('quiteria@nowhere.example')).to.deep.equal({
      kind: 'customer',
      id: 'C15',
      rejected: 4,
      accounts: 0,
      otherAccounts: [],
    })
    const after = await wrappedKeys()
    const gone = before.filter(wrapped => !after.includes(wrapped))
    expect(gone).to.have.length(1)
    expect(filesWith(gone[0] ?? ''), 'what opened the fields is in no file any more').to.equal('')
    const left = await exportPerson(chain.parts, 'customer', 'C15')
    expect(left).to.have.nested.property('lines.length', 1)
    expect(left.rejected).to.deep.equal([])
  })

  it('is erased as a seller with the account, its e-mail and all that let them in, and nobody else', async () => {
    const { settings } = chain.parts
    const email = 'beto.quixaba@chain.example'
    const ofBeto: Dimension = {
      v: 1,
      kind: 'seller',
      id: 'beto',
      source: 'test',
      version: 1,
      attributes: {
        name: 'Beto',
        email: 'gerencia@chain.example',
        title: '',
        store: '1',
        phone: '',
        document: '',
        code: '',
      },
    }
    await chain.describe([ofBeto])
    await chain.add({ email, name: 'Beto', role: 'seller', seller: 'beto' })
    await chain.add({ email: 'gerencia@chain.example', name: 'Beto', role: 'manager', stores: ['1'] })
    await chain.add({ email: 'caio@chain.example', name: 'Caio', role: 'seller', seller: 'caio' })
    const ask = await chain.as(email)
    expect((await ask('/api/v1/session')).status).to.equal(200)
    const own = await settings.query<{ id: string }>('SELECT id FROM people WHERE email = $1', [email])
    const owners = own.map(({ id }) => id)
    await settings.query(
      "INSERT INTO alert_webhooks (owner, url, secret) SELECT unnest($1::text[]), 'https://beto.example', 's'",
      [owners],
    )
    await settings.query(
      `INSERT INTO alert_rules (id, owner, rule) SELECT 'r', unnest($1::text[]), '{"name": "for Beto Quixaba"}'`,
      [owners],
    )
    await settings.query("INSERT INTO audit (action, subject) VALUES ('sign-in-failed', $1)", [email.toUpperCase()])
    await settings.query(
      "INSERT INTO alert_outbox (id, firing, channel, target, message, due_at) VALUES ('l', 'f', 'email', $1, '{}', now())",
      [email],
    )
    expect(await erasePerson(chain.parts, 'seller', 'beto')).to.deep.include({
      accounts: 1,
      otherAccounts: ['manager'],
    })
    expect((await exportPerson(chain.parts, 'seller', 'caio')).accounts, 'an account is all there is').to.have.length(1)
    expect(filesWith(email)).to.equal('')
    expect(filesWith(email.toUpperCase())).to.equal('')
    expect(filesWith('https://beto.example'), 'where their alerts went').to.equal('')
    expect(filesWith('for Beto Quixaba'), 'what they called their own rule').to.equal('')
    while ((await ask('/api/v1/session')).status !== 401) await new Promise(done => setTimeout(done, 50))
  })

  it('is erased as a seller down to the files, also when that was cut off after the account was removed', async () => {
    const email = 'duda.quixote@chain.example'
    await chain.publish([saleOf({ store: '1', sale: 'D', day: '2024-05-02', seller: 'duda' })])
    await chain.add({ email, name: 'Duda', role: 'seller', seller: 'duda' })
    expect(await removeAccounts(chain.parts.settings, 'duda')).to.equal(1)
    expect(filesWith(email)).not.to.equal('')
    await erasePerson(chain.parts, 'seller', 'duda')
    expect(filesWith(email)).to.equal('')
  })

  it('is shown as a seller with what was sold together with others, and the account', async () => {
    const sold = { store: '1', day: '2024-05-02' }
    await chain.publish([
      saleOf({ ...sold, sale: 'S1', seller: 'ana' }),
      saleOf({ ...sold, sale: 'S2', seller: 'rui=0.4 | ana=0.6' }),
      saleOf({ ...sold, sale: 'S3', seller: 'rui|mariana' }),
    ])
    await chain.add({ email: 'ana@chain.example', name: 'Ana', role: 'seller', seller: 'ana' })
    const { lines, accounts } = await exportPerson(chain.parts, 'seller', 'ana')
    expect(lines.map(row => [row.sale, row.unit_price, row.discount])).to.deep.equal([
      ['S1', '10', '0'],
      ['S2', '10', '0'],
    ])
    expect(accounts.map(({ email, role }) => [email, role])).to.deep.equal([['ana@chain.example', 'seller']])
  })

  it('is erased again when a later file brings a row that can not be used', async () => {
    await reject('Z1;1;abc;C15;Quitéria Brüxelmann;;;')
    expect(await erase('C15')).to.include({ rejected: 1 })
    expect(await erase('C15')).to.include({ rejected: 0 })
  })

  it('who is known by a document alone is erased from rejected records', async () => {
    await reject('W1;1;abc;11144477735;Zoroastro;;;')
    expect(await exportPerson(chain.parts, 'customer', documentId)).to.have.nested.property('rejected[0].by', 'id')
    expect(await erase(documentId)).to.include({ rejected: 1 })
    expect(await codeOf(erase(documentId))).to.match(/^PERSON_UNKNOWN/)
  })

  it('is found and erased under an id that became a hash only later', async () => {
    const { warehouse, settings } = chain.parts
    const earlier = '+55 11 98001-7001'
    await warehouse.insert('customers', ['customer', 'city', 'version'], [[earlier, 'Recife', '1']])
    expect(await exportPerson(chain.parts, 'customer', earlier)).to.have.nested.property('person.city', 'Recife')
    const erased = async () => {
      const [row] = await settings.query<{ keys: number }>(
        'SELECT count(*)::int AS keys FROM person_keys WHERE erased_at IS NOT NULL',
      )
      return row?.keys ?? 0
    }
    const before = await erased()
    expect(await erase(earlier)).to.include({ id: earlier })
    expect(await erased(), 'the keys of both ids').to.equal(before + 2)
  })
})
