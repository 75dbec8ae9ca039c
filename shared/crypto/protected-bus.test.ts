import { expect } from 'chai'
import { topics } from '#shared/agreement.ts'
import type { Bus } from '#shared/bus/bus.ts'
import { silentLog } from '#shared/log.ts'
import { decodeSale, encodeSale, type Sale } from '#shared/records/sale.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { openPreparedSettings } from '../../test/parts/prepared.ts'
import { protectedBus } from './protected-bus.ts'
import { openVault } from './vault.ts'

const sale: Sale = {
  store: '1',
  sale: 'A',
  soldAt: '2024-05-01T10:00:00',
  seller: 'v1',
  customer: '',
  source: 'test',
  file: 'a.csv',
  extent: 'whole',
  version: 1,
  lines: [],
}

describe('the bus that sales are published on', () => {
  it("carries no customer's e-mail, document or phone as an id, whatever signs are in it", async () => {
    const home = temporaryHome()
    const settings = await openPreparedSettings(home.config)
    try {
      const vault = await openVault(home.config, settings, silentLog)
      const put: string[] = []
      const plain: Bus = {
        kind: 'embedded',
        publish: async (_, messages) => void put.push(...messages.map(({ value }) => value.toString('utf8'))),
        consume: () => {
          throw new Error('nobody consumes here')
        },
        lag: async () => 0,
        ready: async () => {},
        close: async () => {},
      }
      const ids = ['"quo.zq"@mail.example', 'Ângela <zq@mail.example>', 'CPF 111.444.777-35', '+55 11 98001-7001']
      const others = ['17', 'C "15"', '\\', '']
      const messages = [...ids, ...others].map(customer => {
        return { key: '1', value: Buffer.from(encodeSale({ ...sale, customer })) }
      })
      await protectedBus(plain, vault).publish(topics.sales, messages)
      const customers = put.map(text => {
        const decoded = decodeSale(text)
        return decoded.ok ? decoded.sale.customer : decoded.message
      })
      expect(customers).to.deep.equal([...ids.map(id => vault.customerId(id)), ...others])
      for (const id of customers.slice(0, ids.length)) expect(id).to.match(/^p~[\w-]{22}$/)
      // Longer than what a pseudonym, which is made of any letters and digits, has in it by chance.
      expect(put.join('')).not.to.match(/quo\.zq|zq@|98001|111\.?444/)
    } finally {
      await settings.close()
      home.remove()
    }
  })
})
