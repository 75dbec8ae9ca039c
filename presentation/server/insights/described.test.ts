import { expect } from 'chai'
import { refreshCrossSell } from '#processing/insights/cross-sell/cross-sell.ts'
import { refreshProjections } from '#processing/insights/projections/projections.ts'
import { addDays, dayIn } from '#shared/day.ts'
import { productAttributes } from '#shared/records/dimension.ts'
import { type Chain, saleOf, startChain } from '../../../test/parts/chain.ts'

type Schema = {
  type?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  additionalProperties?: boolean | Schema
}
type Operation = {
  summary?: string
  parameters?: { name: string; in: string; required?: boolean }[]
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

const stores = ['centro', 'praia', 'serra', 'norte', 'sul']

describe('insights as they are described', () => {
  let chain: Chain
  let paths: Record<string, Record<string, Operation>>
  const today = () => dayIn(chain.parts.config.DATAAPP_TIME_ZONE, new Date())

  before(async () => {
    chain = await startChain()
    const day = (ago: number) => addDays(today(), -ago)
    // Centro has one seller and opens later than the others; jam is rising everywhere.
    const sales = Array.from({ length: 60 }, (_, i) => 60 - i).flatMap(ago =>
      stores.flatMap(store =>
        (store === 'centro' ? ['10'] : ['09', '12', '15']).map(hour =>
          saleOf({
            store,
            sale: `${store}-${ago}-${hour}`,
            day: day(ago),
            soldAt: `${day(ago)}T${hour}:00:00`,
            seller: `${store}-${hour}`,
            products:
              ago <= 28 && ago % 2 === 0
                ? ['bread', 'jam', 'jam']
                : ago % 4 === 0
                  ? ['bread', 'jam']
                  : ['bread', 'soap'],
          }),
        ),
      ),
    )
    await chain.publish(sales)
    await chain.describe(
      [
        ['bread', 'food'],
        ['jam', 'food'],
        ['soap', 'home'],
      ].map(([id = '', category = '']) => ({
        v: 1 as const,
        kind: 'product' as const,
        id,
        source: 't',
        version: 1,
        attributes: productAttributes.parse({ name: id, category }),
      })),
    )
    await refreshProjections(chain.parts.warehouse, { today: today(), country: 'BR', threads: 0 })
    await refreshCrossSell(chain.parts.warehouse, today(), undefined)
    await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
    await chain.add({ email: 'centro@chain.example', name: 'Centro', role: 'manager', stores: ['centro'] })
    paths = (await (await fetch(`${chain.url}/api/v1/openapi.json`)).json()).paths
  })
  after(() => chain.stop())

  const get = async (email: string, path: string) => {
    const answer = await (await chain.as(email))(`/api/v1/insights${path}`)
    return { status: answer.status, body: await answer.json() }
  }

  it('have a summary and an answer each', () => {
    const found = Object.entries(paths).filter(([path]) => path.startsWith('/insights/'))
    expect(found.length).to.be.above(10)
    for (const [path, operations] of found)
      for (const [method, { summary, responses }] of Object.entries(operations)) {
        expect(summary, `${method} ${path}`).to.match(/^.{10,}/)
        expect(Object.keys(responses), `${method} ${path}`).to.include('default').and.have.length.above(1)
      }
  })

  it('answer what their schema says, and nothing that it does not', async () => {
    const asked = [
      '/projections?level=chain',
      '/projections?level=product&id=jam',
      '/projections?level=category&store=praia',
      '/bought-with?product=bread',
      '/margins?by=unit',
      '/promotions?store=praia',
      '/comparison?store=centro',
      '/store-gaps',
      '/standing',
      '/pay?person=praia-09',
      '/pay/lines?person=praia-09&rule=sales',
      '/pay/what-if?person=praia-09&extra=100',
      '/pay/team',
      '/pay/team/projections',
      '/pay/plans',
      '/alerts',
      '/rules',
    ]
    for (const path of asked) {
      const { status, body } = await get('admin@chain.example', path)
      expect(status, path).to.equal(200)
      const schema =
        paths[`/insights${path.split('?')[0]}`]?.get?.responses['200']?.content?.['application/json']?.schema
      expect(misfits(body, schema ?? {}), path).to.deep.equal([])
    }
  })

  it("show a manager the stores' part of categories and products, adding up to what the stores are expected to sell", async () => {
    const next = async (level: string) => {
      const { body } = await get('centro@chain.example', `/projections?level=${level}`)
      return body.items.reduce(
        (sum: number, item: { next30: { amount: string } }) => sum + Math.round(Number(item.next30.amount) * 100),
        0,
      )
    }
    const store = await next('store')
    expect(store).to.be.above(0)
    expect(await next('category')).to.be.closeTo(store, 5)
    expect(await next('product')).to.be.closeTo(store, 5)
    const { body } = await get('centro@chain.example', '/projections?level=product&id=jam')
    expect(body.items[0].days).to.have.length(90)
    expect((await get('centro@chain.example', '/projections?level=category&store=praia')).status).to.equal(403)
  })

  it('say which hours and sellers are behind a gap, and what the best do differently', async () => {
    const { body } = await get('centro@chain.example', '/comparison?store=centro')
    expect(body.enough).to.equal(true)
    expect(body.hours.map(({ hour }: { hour: number }) => hour)).to.include(12)
    expect(body.best.map(({ what }: { what: string }) => what)).to.include('salesPerDay')
    expect(JSON.stringify(body)).not.to.match(/praia|serra|norte|sul/)
  })

  it('say which stores have most to win, to whom they belong and no other', async () => {
    const { body } = await get('centro@chain.example', '/store-gaps')
    expect(body.items.map(({ store }: { store: string }) => store)).to.deep.equal(['centro'])
    const [gap] = body.items
    expect(Number(gap.gap))
      .to.be.above(0)
      .and.closeTo(Number(gap.peers) - Number(gap.own), 0.01)
    expect(JSON.stringify(body)).not.to.match(/praia|serra|norte|sul/)
    const chain = await get('admin@chain.example', '/store-gaps?limit=1')
    expect(chain.body.items).to.have.length(1)
  })

  it('replay a rule after each hour of the past days', async () => {
    const post = await (await chain.as('centro@chain.example'))('/api/v1/insights/rules/dry-run', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'Less than usual',
        scope: { kind: 'store' },
        condition: { kind: 'belowAverage', percent: 15 },
        coolDownMinutes: 0,
      }),
    })
    const body = await post.json()
    expect(body.note).to.match(/every hour/)
    // Every day of centro is alike but for days with jam twice, which bring half as much again.
    expect(body.items).to.have.length.above(3)
    expect(body.items[0].breaches[0]).to.include({ kind: 'store', id: 'centro' })
  })

  it('hold what rises against stores like the one that is asked for', async () => {
    const { body } = await get('centro@chain.example', '/promotions')
    const jam = body.items.find(({ product }: { product: string }) => product === 'jam')
    expect(jam.evidence.storesLike).to.equal(4)
    expect(jam.evidence.riseLike).to.be.above(0.2)
    expect(Number(jam.expectedGain)).to.be.above(0)
  })
})

/** Where a value differs from its schema, as paths. */
function misfits(value: unknown, schema: Schema, path = '$'): string[] {
  if (schema.anyOf) return schema.anyOf.some(one => misfits(value, one, path).length === 0) ? [] : [path]
  if (schema.enum) return schema.enum.includes(value) ? [] : [path]
  if (schema.const !== undefined) return schema.const === value ? [] : [path]
  switch (schema.type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? objectMisfits(Object.entries(value), schema, path)
        : [path]
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((item, i) => misfits(item, schema.items ?? {}, `${path}[${i}]`))
        : [path]
    case 'integer':
      return Number.isInteger(value) ? [] : [path]
    case 'null':
      return value === null ? [] : [path]
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === schema.type ? [] : [path]
    default:
      return []
  }
}

function objectMisfits(entries: [string, unknown][], schema: Schema, path: string): string[] {
  const { properties = {}, required = [], additionalProperties: others } = schema
  const missing = required.filter(name => !entries.some(([key]) => key === name)).map(name => `${path}.${name}`)
  const wrong = entries.flatMap(([key, one]) => {
    const known = properties[key] ?? (typeof others === 'object' ? others : undefined)
    if (known !== undefined) return misfits(one, known, `${path}.${key}`)
    return others === true || Object.keys(properties).length === 0 ? [] : [`${path}.${key}`]
  })
  return [...missing, ...wrong]
}
