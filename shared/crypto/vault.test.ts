import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { silentLog } from '#shared/log.ts'
import type { Dimension } from '#shared/records/dimension.ts'
import { rejectedOf } from '#shared/records/rejected.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { openPreparedSettings } from '../../test/parts/prepared.ts'
import { isPersonal } from './personal.ts'
import { openVault, type Vault } from './vault.ts'

const ana: Dimension = {
  v: 1,
  kind: 'customer',
  id: '17',
  source: 'test',
  version: 1,
  attributes: {
    name: 'Ana Zeferino',
    email: 'Ana@example.org',
    phone: '',
    document: '123.456.789-09',
    city: 'Recife',
    region: '',
    country: '',
  },
}
const bia: Dimension = {
  v: 1,
  kind: 'seller',
  id: 'v1',
  source: 'test',
  version: 1,
  attributes: {
    name: 'Bia Quaresma',
    title: '',
    store: '1',
    email: 'bia@example.org',
    phone: '',
    document: '',
    code: '',
  },
}

describe('personal data', () => {
  const home = temporaryHome()
  let settings: Settings
  let vault: Vault

  before(async () => {
    settings = await openPreparedSettings(home.config)
    vault = await openVault(home.config, settings, silentLog)
  })
  after(async () => {
    await settings.close()
    home.remove()
  })

  const attributesOf = async (dimension: Dimension) => {
    const [sealed] = await vault.protect([dimension])
    if (sealed === undefined || (sealed.kind !== 'customer' && sealed.kind !== 'seller')) throw new Error('no person')
    return sealed.attributes
  }

  it('is sealed field by field, with version, field and key id in the open', async () => {
    const sealed = await attributesOf(ana)
    expect(sealed.name).to.match(/^enc:1:customer\.name:[\w-]{22}:[\w-]+$/)
    expect(sealed.phone).to.equal('')
    expect(JSON.stringify(sealed)).not.to.match(/Zeferino|example|789/)
    expect(sealed).to.include({ city: 'Recife' })
    const twice = await attributesOf({ ...ana, attributes: { ...ana.attributes, ...sealed } })
    expect(twice).to.deep.equal(sealed)
  })

  it('is shown to those who may see it, and the reading is written down without values', async () => {
    const [customer, seller] = [await attributesOf(ana), await attributesOf(bia)]
    const row = { customer: customer.name, seller: seller.name, revenue: '1.00' }
    expect(await vault.reveal({ person: 'p1', role: 'admin' }, [row])).to.deep.equal([
      { customer: 'Ana Zeferino', seller: 'Bia Quaresma', revenue: '1.00' },
    ])
    expect(await vault.reveal({ person: 'p2', role: 'manager' }, [row])).to.deep.equal([
      { customer: '', seller: 'Bia Quaresma', revenue: '1.00' },
    ])
    expect(
      await settings.query("SELECT person, role, fields, count, refused FROM personal_reads WHERE person = 'p2'"),
    ).to.deep.equal([{ person: 'p2', role: 'manager', fields: 'customer.name seller.name', count: 1, refused: 1 }])
  })

  it('does not open in another field or when it was tampered with', async () => {
    const { name } = await attributesOf(ana)
    const moved = name.replace('customer.name', 'customer.email')
    const changed = name.slice(0, -2) + (name.endsWith('AA') ? 'BB' : 'AA')
    expect(await vault.reveal({ person: 'p1', role: 'admin' }, [{ moved, changed }])).to.deep.equal([
      { moved: '', changed: '' },
    ])
  })

  it('that begins like a sealed text is sealed as well', async () => {
    const sealed = await attributesOf({ ...ana, attributes: { ...ana.attributes, name: 'enc:1:Zeferino' } })
    expect(sealed.name).not.to.contain('Zeferino')
    expect(await vault.reveal({ person: 'p1', role: 'admin' }, [{ name: sealed.name }])).to.deep.equal([
      { name: 'enc:1:Zeferino' },
    ])
    const why = {
      source: 's',
      file: 'f',
      line: 1,
      field: 'x',
      rule: 'r',
      message: 'Zeferino',
      raw: 'enc:1:Zeferino;17',
    }
    expect(JSON.stringify(await vault.protectRejected(rejectedOf('ingestion', why, new Date())))).not.to.contain(
      'Zeferino',
    )
  })

  it('is found by its hash, however it is written', async () => {
    const sealed = await attributesOf(ana)
    expect(await vault.index('email', [sealed.email])).to.deep.equal(await vault.index('email', [' ana@EXAMPLE.org']))
    expect(await vault.index('document', [sealed.document])).to.deep.equal(
      await vault.index('document', ['12345678909']),
    )
  })

  it('stays readable through a rotation that leaves nothing under an old key', async () => {
    const [customer] = [await attributesOf(ana)]
    const why = { source: 's', file: 'f', line: 1, field: 'x', rule: 'r', message: 'Ana', raw: 'Ana;17' }
    const record = await vault.protectRejected(rejectedOf('ingestion', why, new Date()))
    await settings.query(
      `INSERT INTO rejected (id, source, file, line, field, rule, record, rejected_at) VALUES ($1, 's', 'f', 1, 'x', 'r', $2, now())`,
      [record.id, JSON.stringify(record)],
    )
    const before = readFileSync(join(home.config.DATAAPP_HOME, 'keys.json'), 'utf8')
    const done = await vault.rotate(() => {})
    expect(done.persons).to.be.greaterThan(0)
    expect(done.records).to.equal(1)
    expect(readFileSync(join(home.config.DATAAPP_HOME, 'keys.json'), 'utf8')).not.to.contain(JSON.parse(before).current)
    const fresh = await openVault(home.config, settings, silentLog)
    const [row] = await settings.query<{ raw: string }>(`SELECT record->>'raw' AS raw FROM rejected`)
    expect(row?.raw).not.to.equal(record.raw)
    expect(
      await fresh.reveal({ person: 'p', role: 'admin' }, [{ name: customer.name, raw: row?.raw, old: record.raw }]),
    ).to.deep.equal([{ name: 'Ana Zeferino', raw: 'Ana;17', old: 'Ana;17' }])
  })

  it('leaves nothing under the keys before a rotation: they can be dropped, and everything still opens', async () => {
    const { name } = await attributesOf({ ...ana, id: 'kept' })
    const secret = await vault.sealSecret('JBSWY3DP')
    await settings.query(
      "INSERT INTO people (id, email, name, role, totp_secret) VALUES ('5a0c5a3e-0000-4000-8000-000000000001', 'chefe@nowhere.example', 'C', 'admin', $1)",
      [secret],
    )
    const before = await settings.query<{ id: string }>(
      "SELECT id FROM data_keys WHERE purpose IN ('person', 'record')",
    )
    expect(await vault.rotate(() => {})).to.include({ secrets: 1 })
    expect(await vault.dropRetired(new Date(Date.now() - 3_600_000)), 'not while the bus may hold something').to.equal(
      0,
    )
    expect(await vault.dropRetired(new Date(Date.now() + 1_000))).to.equal(before.length)

    const fresh = await openVault(home.config, settings, silentLog)
    const [person] = await settings.query<{ totp_secret: string }>('SELECT totp_secret FROM people')
    expect(await fresh.openSecret(person?.totp_secret ?? '')).to.equal('JBSWY3DP')
    expect(await fresh.openSecret(secret)).to.equal(undefined)
    const [row] = await settings.query<{ raw: string }>(`SELECT record->>'raw' AS raw FROM rejected`)
    expect(await fresh.reveal({ person: 'p', role: 'admin' }, [{ name, raw: row?.raw }])).to.deep.equal([
      { name: 'Ana Zeferino', raw: 'Ana;17' },
    ])
  })

  it('survives rotations asked for at the same moment, also by another process: they follow one another', async () => {
    const people = Array.from({ length: 1_500 }, (_, at) => ({ ...ana, id: `crowd ${at}` }))
    const sealed = await vault.protect(people)
    const other = await openVault(home.config, settings, silentLog)
    const [first, second] = await Promise.all([vault.rotate(() => {}), other.rotate(() => {})])
    expect(first.persons)
      .to.be.greaterThan(people.length - 1)
      .and.equal(second.persons)
    const fresh = await openVault(home.config, settings, silentLog)
    const names = sealed.map(dimension => ({ name: isPersonal(dimension) ? dimension.attributes.name : '' }))
    expect(new Set((await fresh.reveal({ person: 'p', role: 'admin' }, names)).map(({ name }) => name))).to.deep.equal(
      new Set(['Ana Zeferino']),
    )
    expect(await settings.query('SELECT DISTINCT data_key FROM person_keys WHERE wrapped IS NOT NULL')).to.have.length(
      1,
    )
  })

  it('corrected in a rejected row stays readable when the keys before a rotation are dropped', async () => {
    const why = { source: 's', file: 'f', line: 2, field: 'x', rule: 'r', message: 'Ana', raw: 'Ana;18' }
    const record = await vault.protectRejected(rejectedOf('ingestion', why, new Date()))
    await settings.query(
      `INSERT INTO rejected (id, source, file, line, field, rule, record, rejected_at) VALUES ($1, 's', 'f', 2, 'x', 'r', $2, now())`,
      [record.id, JSON.stringify(record)],
    )
    await settings.query(
      "INSERT INTO rejected_replays (id, source, rejected, correction, asked_by, problem) VALUES ('one', 's', $1, $2, 'p1', $3)",
      [record.id, record.raw, record.message],
    )
    expect(await vault.rotate(() => {})).to.include({ corrections: 1 })
    await vault.dropRetired(new Date(Date.now() + 1_000))
    const fresh = await openVault(home.config, settings, silentLog)
    const rows = await settings.query<{ correction: string; problem: string }>(
      'SELECT correction, problem FROM rejected_replays',
    )
    expect(await fresh.reveal({ person: 'p', role: 'admin' }, rows)).to.deep.equal([
      { correction: 'Ana;18', problem: 'Ana' },
    ])
  })

  it('that is erased from a rejected record while keys rotate does not come back', async () => {
    const erasing: Settings = {
      ...settings,
      query: async (sql, params) => {
        if (sql.startsWith('UPDATE rejected AS'))
          await settings.query(`UPDATE rejected SET record = record || '{"raw": "", "message": "erased"}'::jsonb`)
        return settings.query(sql, params)
      },
    }
    const slow = await openVault(home.config, erasing, silentLog)
    await slow.rotate(() => {})
    expect(
      await settings.query("SELECT DISTINCT record->>'raw' AS raw, record->>'message' AS message FROM rejected"),
    ).to.deep.equal([{ raw: '', message: 'erased' }])
  })

  it('used as an id becomes a keyed hash, the same in every writing', async () => {
    expect(vault.customerId('17')).to.equal('17')
    const id = vault.customerId('111.444.777-35')
    expect(id)
      .to.match(/^p~[\w-]{22}$/)
      .and.equal(vault.customerId('11144477735'))
      .and.equal(vault.customerId(id))
    const [sealed] = await vault.protect([{ ...ana, id: '111.444.777-35' }])
    expect(sealed?.id).to.equal(id)
  })

  it('of an erased person is unreadable everywhere and stays so', async () => {
    const sealed = await attributesOf({ ...ana, id: 'gone' })
    await vault.erase('customer', 'gone')
    const fresh = await openVault(home.config, settings, silentLog)
    for (const any of [vault, fresh])
      expect(await any.reveal({ person: 'p', role: 'operator' }, [{ name: sealed.name }])).to.deep.equal([{ name: '' }])
    expect(await attributesOf({ ...ana, id: 'gone' })).to.include({ name: '', email: '', document: '', city: 'Recife' })
  })

  it('does not work with a key ring that others may read', async () => {
    const path = join(home.config.DATAAPP_HOME, 'keys.json')
    chmodSync(path, 0o644)
    try {
      const error = await openVault(home.config, settings, silentLog).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(error).to.include({ code: 'KEYS_EXPOSED' })
    } finally {
      chmodSync(path, 0o600)
    }
  })
})
