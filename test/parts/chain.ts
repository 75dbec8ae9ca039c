import { presentation } from '#presentation/main.ts'
import { addPerson, type NewPerson } from '#presentation/server/accounts.ts'
import { processing } from '#processing/main.ts'
import { topics } from '#shared/agreement.ts'
import type { Parts } from '#shared/parts.ts'
import type { Dimension } from '#shared/records/dimension.ts'
import { type Micros, parseMicros } from '#shared/records/micros.ts'
import { encodeSale, type Sale } from '#shared/records/sale.ts'
import { temporaryHome } from './home.ts'
import { openPreparedParts } from './prepared.ts'

const [one, six, ten] = [amount('1'), amount('6'), amount('10')]
export const passwordOfAll = 'three words in a row'

/** A running chain with the real parts in a directory of its own. `publish` resolves when the warehouse has the sales. */
export type Chain = {
  url: string
  parts: Parts
  publish: (sales: readonly Sale[]) => Promise<void>
  describe: (dimensions: readonly Dimension[]) => Promise<void>
  /** Signs in and returns a fetch with that person's cookie. */
  as: (email: string) => Promise<(path: string, init?: RequestInit) => Promise<Response>>
  cookieOf: (email: string) => Promise<string>
  add: (person: NewPerson) => Promise<void>
  stop: () => Promise<void>
}

export async function startChain(env: Record<string, string> = {}): Promise<Chain> {
  const home = temporaryHome(env)
  const { close, ...parts } = await openPreparedParts(home.config)
  const [loading, showing] = [await processing(parts), await presentation(parts)]
  const caughtUp = async () => {
    while (
      (await parts.bus.lag(topics.sales, 'processing')) +
        (await parts.bus.lag(topics.dimensions, 'processing-dimensions')) >
      0
    )
      await new Promise(done => setTimeout(done, 10))
  }
  const cookies = new Map<string, string>()
  const cookieOf = async (email: string) => {
    const known = cookies.get(email)
    if (known !== undefined) return known
    const answer = await fetch(`${showing.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: passwordOfAll }),
    })
    if (!answer.ok) throw new Error(`${email} could not sign in: ${answer.status} ${await answer.text()}`)
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    cookies.set(email, cookie)
    return cookie
  }
  return {
    url: showing.url,
    parts,
    publish: async sales => {
      await parts.bus.publish(
        topics.sales,
        sales.map(sale => ({ key: sale.store, value: Buffer.from(encodeSale(sale)) })),
      )
      await caughtUp()
    },
    describe: async dimensions => {
      await parts.bus.publish(
        topics.dimensions,
        dimensions.map(dimension => ({
          key: `${dimension.kind} ${dimension.id}`,
          value: Buffer.from(JSON.stringify(dimension)),
        })),
      )
      await caughtUp()
    },
    as: async email => {
      const cookie = await cookieOf(email)
      return (path, init = {}) => fetch(`${showing.url}${path}`, { ...init, headers: { ...init.headers, cookie } })
    },
    cookieOf,
    add: async person => {
      await addPerson(parts.settings, { ...person, password: passwordOfAll })
    },
    stop: async () => {
      await showing.stop()
      await loading.stop()
      await close()
      home.remove()
    },
  }
}

/** A sale of one or more lines, each 10.00 of revenue and 6.00 of cost per piece. */
export function saleOf(
  given: { store: string; sale: string; day: string; seller: string; products?: readonly string[] } & Partial<Sale>,
): Sale {
  const { day, products = ['bread'], ...rest } = given
  return {
    soldAt: `${day}T10:00:00`,
    customer: '',
    source: 'test',
    file: 'test.csv',
    extent: 'whole',
    version: 1,
    lines: products.map((product, index) => ({
      line: String(index + 1),
      product,
      quantity: one,
      unitPrice: ten,
      discount: amount('0'),
      revenue: ten,
      cost: six,
      row: index + 1,
    })),
    ...rest,
  }
}

function amount(text: string): Micros {
  const value = parseMicros(text)
  if (value === undefined) throw new TypeError(`${text} is not an amount`)
  return value
}
