import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { SampleScope } from '#presentation/server/accounts.ts'

const samples = fileURLToPath(new URL('../samples/adventureworks/', import.meta.url))

/** What the sample's manager and seller may see: the resellers of one region with many sales, and a seller with many. Known from the files, before any of it has arrived. */
export function sampleScope(): SampleScope {
  const rows = readFileSync(`${samples}Reseller.csv`, 'utf8').split('\r\n')
  const stores = rows.flatMap(row => {
    const [store = '', , , , region = ''] = row.split('|')
    return region === 'California' ? [store] : []
  })
  return { stores, seller: '282' }
}
