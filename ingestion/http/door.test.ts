import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { DataAppError } from '#shared/error.ts'
import { closeServer, listen } from '#shared/health.ts'
import { formatMicros } from '#shared/records/micros.ts'
import { openPreparedSettings } from '../../test/parts/prepared.ts'
import { workbench } from '../testing.ts'
import { salesDoor } from './door.ts'
import { countTold, type ToldCounts } from './told-counts.ts'

const key = 'k-1'
const sale = {
  store: '1',
  sale: 'T-1',
  soldAt: '2024-03-05T18:20:00',
  lines: [{ product: 'x', quantity: 2, unitPrice: '2.50', discount: '0.10' }],
}

describe('sales told over HTTP', () => {
  let bench: Awaited<ReturnType<typeof workbench>>
  let server: Server
  let url: string
  let counts: ToldCounts

  before(async () => {
    bench = await workbench(openPreparedSettings)
  })
  beforeEach(async () => {
    await bench.clear()
    const keys = { senderOf: (given: string) => (given === key ? 'till-1' : undefined) }
    counts = countTold(bench)
    const door = salesDoor(bench, keys, counts)
    server = createServer((request, response) => void door(request, response))
    url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1', false)}/v1/sales`
  })
  afterEach(async () => {
    await closeServer(server)
    await counts.stop()
  })
  after(() => bench.close())

  const tell = async (body: unknown, options: { key?: string; type?: string } = {}) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${options.key ?? key}`, 'content-type': options.type ?? 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const json: unknown = await answer.json()
    return { status: answer.status, body: json, retryAfter: answer.headers.get('retry-after') }
  }

  it('says 202 when the bus holds the sale', async () => {
    expect(await tell(sale)).to.deep.include({ status: 202, body: { accepted: 1, rejected: 0, problems: [] } })
    const [line] = [...bench.lines().values()]
    expect(line === undefined ? '' : formatMicros(line.revenue)).to.equal('4.9')
  })

  it('counts a sale that is told twice once, and the later statement wins', async () => {
    await tell(sale)
    await tell(sale)
    await tell({ ...sale, lines: [{ product: 'x', quantity: 1, unitPrice: 3 }] })
    expect([...bench.lines().values()].map(line => formatMicros(line.revenue))).to.deep.equal(['3'])
  })

  it('counts what a sender told on a day: accepted, rejected and told again are all of it', async () => {
    const wrong = { ...sale, store: '' }
    await tell([sale, { ...sale, sale: 'T-2' }, wrong])
    await tell(sale)
    await tell({ ...sale, lines: [{ product: 'x', quantity: 1, unitPrice: 3 }] })
    await tell(sale)
    await counts.stop()
    const told = await bench.settings.query('SELECT source, rows, accepted, rejected, duplicates FROM arrival_days')
    expect(told).to.deep.equal([{ source: 'till-1', rows: '6', accepted: '4', rejected: '1', duplicates: '1' }])
  })

  it('counts what was told while the settings were away, and nothing that the bus did not take', async () => {
    let away = true
    const query: typeof bench.settings.query = (...asked) => {
      if (away) throw new DataAppError('SETTINGS_AWAY', 'The settings are away.', { hint: '' })
      return bench.settings.query(...asked)
    }
    const patient = countTold({ ...bench, settings: { ...bench.settings, query } })
    const door = salesDoor(bench, { senderOf: () => 'till-1' }, patient)
    server.removeAllListeners('request').on('request', (request, response) => void door(request, response))
    expect(await tell(sale)).to.deep.include({ status: 202 })
    await patient.stop()
    bench.bus.before = () => {
      throw new DataAppError('BUS_AWAY', 'The bus is away.', { hint: '' })
    }
    expect(await tell({ ...sale, sale: 'T-2' })).to.deep.include({ status: 503 })
    away = false
    await patient.stop()
    expect(await bench.settings.query('SELECT rows FROM arrival_days')).to.deep.equal([{ rows: '1' }])
  })

  it('keeps what a sender calls a field that no sale has where it is sealed', async () => {
    const { status, body } = await tell({ ...sale, 'Ana Zeferino': 1 })
    expect(status).to.equal(422)
    expect(JSON.stringify(body)).to.contain('"field":"Ana Zeferino"')
    const [record] = bench.rejected()
    expect(record?.field).to.equal('')
    expect(record?.message).to.match(/^"Ana Zeferino" is not a field of a sale/)
  })

  it('takes arrays and NDJSON, and says which record has which problem', async () => {
    const wrong = { ...sale, lines: [{ product: 'x', unitPrice: 'five' }] }
    expect((await tell([sale, wrong])).body).to.deep.equal({
      accepted: 1,
      rejected: 1,
      problems: [
        { index: 1, field: 'lines[0].unitPrice', rule: 'number', message: 'is not a decimal number such as "12.50"' },
      ],
    })
    const lines = `${JSON.stringify({ ...sale, sale: 'T-2' })}\n{"store":\n`
    expect((await tell(lines, { type: 'application/x-ndjson' })).body).to.deep.include({ accepted: 1, rejected: 1 })
    expect(bench.rejected().map(record => record.rule)).to.deep.equal(['number', 'json'])
  })

  it('takes no sale at a time that the warehouse does not know, and no id of nothing but characters without width', async () => {
    const lines = [{ product: '\ufeff\u200b', unitPrice: 1 }]
    const told = await tell([
      { ...sale, soldAt: '2199-12-31T10:00:00' },
      { ...sale, soldAt: '1969-12-31T10:00:00' },
      { ...sale, store: '\u200b' },
      { ...sale, lines },
      { ...sale, seller: '\u200b' },
    ])
    expect(told.body).to.deep.include({ accepted: 1, rejected: 4 })
    expect(bench.rejected().map(({ field, rule }) => `${field} ${rule}`)).to.deep.equal([
      'soldAt date',
      'soldAt date',
      'store missing',
      'lines[0].product missing',
    ])
    expect(bench.sales().map(({ seller }) => seller)).to.deep.equal([''])
  })

  it('refuses a wrong key, a body that is no JSON, and a request that is too large', async () => {
    expect((await tell(sale, { key: 'wrong' })).status).to.equal(401)
    expect((await tell('hello')).status).to.equal(400)
    expect((await tell({ ...sale, sale: 'x'.repeat(5_000_000) })).status).to.equal(413)
    expect(bench.bus.published('sales')).to.have.length(0)
  })

  it('answers that a body is too large while the sender is still sending it', async () => {
    const answer = await new Promise<string>((done, fail) => {
      const { hostname, port } = new URL(url)
      const socket = connect(Number(port), hostname)
      let text = ''
      socket.on('data', data => {
        text += String(data)
      })
      socket.on('error', fail).on('close', () => done(text))
      socket.write(
        `POST /v1/sales HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: 9000000\r\n\r\n`,
      )
      socket.write(' '.repeat(5_000_000))
    })
    expect(answer).to.match(/^HTTP\/1.1 413 /)
  })

  it('takes a body in gzip, and says what it can not unpack or read', async () => {
    const send = async (body: Uint8Array, encoding: string) => {
      const headers = { authorization: `Bearer ${key}`, 'content-encoding': encoding }
      const answer = await fetch(url, { method: 'POST', headers, body: Buffer.from(body) })
      return { status: answer.status, text: await answer.text() }
    }
    const packed = gzipSync(JSON.stringify(sale))
    expect((await send(packed, 'gzip')).status).to.equal(202)
    expect(await send(packed.subarray(0, 40), 'gzip')).to.deep.include({ status: 400 })
    expect(await send(gzipSync(' '.repeat(5_000_000)), 'gzip')).to.deep.include({ status: 413 })
    expect(await send(packed, 'br')).to.deep.include({ status: 415 })
    const latin1 = await send(Buffer.from(JSON.stringify({ ...sale, seller: 'João' }), 'latin1'), 'identity')
    expect(latin1.status).to.equal(400)
    expect(latin1.text).to.contain('UTF-8')
    expect((await send(Buffer.from(`\ufeff${JSON.stringify(sale)}`), 'identity')).status).to.equal(202)
    expect(bench.bus.published('sales')).to.have.length(2)
  })

  it('rejects a sale that is too large for the bus, and no other because of it', async () => {
    const id = '\u00e9'.repeat(190)
    const lines = Array.from({ length: 2_000 }, (_, i) => ({ product: `${id}${i}`, unitPrice: 1, line: `${id}${i}` }))
    const told = await tell([sale, { ...sale, sale: 'T-2', lines }])
    expect(told).to.deep.include({ status: 202 })
    expect(told.body).to.deep.include({ accepted: 1, rejected: 1 })
    expect(bench.rejected().map(({ field, rule }) => `${field} ${rule}`)).to.deep.equal(['lines too-large'])
  })

  it('asks to wait when the bus can not be reached or has no room', async () => {
    bench.bus.before = () => {
      throw new DataAppError('BUS_FULL', 'full')
    }
    expect(await tell(sale)).to.deep.include({ status: 503, retryAfter: '30' })
  })

  it('asks to wait when processing is far behind', async () => {
    bench.bus.lag = async () => 5_000_000
    await tell(sale)
    expect(await tell(sale)).to.deep.include({ status: 429, retryAfter: '5' })
  })
})
