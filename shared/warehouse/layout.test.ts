import { expect } from 'chai'
import { silentLog } from '#shared/log.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { layoutOf } from './layout.ts'
import { migrations, statements } from './migrate.ts'
import { openWarehouse } from './open.ts'

const cluster = { database: 'dataapp', cluster: 'lojas' }
const all = (placement: typeof cluster) => migrations().flatMap(({ text }) => statements(text, placement))

describe('tables on a cluster', () => {
  it('come from the same migrations: sharded by store and replicated within a shard, or replicated to all nodes', () => {
    const made = all(cluster)
    const named = (table: string) => made.find(statement => statement.includes(`EXISTS ${table} `)) ?? ''
    expect(named('sale_lines_here')).to.match(
      /^CREATE TABLE IF NOT EXISTS sale_lines_here ON CLUSTER 'lojas'\s[\s\S]*ENGINE = ReplicatedReplacingMergeTree\('\/clickhouse\/tables\/\{shard\}\/\{uuid\}', '\{replica\}', version, deleted\)/,
    )
    expect(named('sale_lines')).to.equal(
      "CREATE TABLE IF NOT EXISTS sale_lines ON CLUSTER 'lojas' AS sale_lines_here ENGINE = Distributed('lojas', 'dataapp', 'sale_lines_here', cityHash64(store))",
    )
    expect(named('products')).to.contain(
      "ReplicatedReplacingMergeTree('/clickhouse/tables/all/{uuid}', '{shard}-{replica}', version)",
    )
  })

  it('are all made everywhere, each fact table in two, and nothing is left to fill in', () => {
    const made = all(cluster)
    for (const statement of made.filter(each => !each.startsWith('INSERT'))) {
      expect(statement).to.contain("ON CLUSTER 'lojas'").and.not.contain('{{')
      expect(statement).not.to.match(/ENGINE = (Replacing)?MergeTree/)
    }
    const facts = made
      .filter(statement => statement.includes('= Distributed('))
      .map(statement => statement.split(' ')[5])
    expect(facts).to.include.members([
      'sale_lines',
      'sale_days',
      'store_days',
      'seller_days',
      'product_days',
      'raw_sales',
    ])
    for (const fact of facts) {
      expect(layoutOf(cluster).holder(fact ?? '')).to.equal(`${fact}_here`)
      expect(made.some(statement => statement.includes(`TABLE IF NOT EXISTS ${fact}_here `))).to.equal(true)
    }
    // A table that is built again beside an old one changes places where the rows are.
    const exchanged = made.flatMap(statement => [...statement.matchAll(/^EXCHANGE TABLES (\w+) AND (\w+)/g)])
    for (const name of exchanged.flatMap(([, ...names]) => names))
      expect(layoutOf(cluster).holder(name.replace(/_here$/, '')), name).to.equal(name)
    expect(exchanged.map(([, name]) => name)).to.include.members(['sale_lines_here', 'seller_months'])
  })

  it('change places, lose partitions and go where their rows are', () => {
    const layout = layoutOf(cluster)
    expect(layout.exchange('sale_lines', 'sale_lines_replay')).to.equal(
      "EXCHANGE TABLES sale_lines_here AND sale_lines_replay_here ON CLUSTER 'lojas'",
    )
    expect(layout.dropPartition('sale_lines', '202405')).to.equal(
      "ALTER TABLE sale_lines_here ON CLUSTER 'lojas' DROP PARTITION 202405",
    )
    expect(layout.drop('lake_parts_replay')).to.have.length(1)
  })

  it('are written as the engine reads them', async () => {
    const home = temporaryHome()
    const warehouse = await openWarehouse(home.config, silentLog)
    try {
      const layout = layoutOf(cluster)
      const changes = [
        ...layout.like('sale_lines_replay', 'sale_lines'),
        ...layout.like('lake_parts_replay', 'lake_parts'),
        layout.exchange('sale_lines', 'sale_lines_replay'),
        ...layout.drop('sale_lines_replay'),
        layout.dropPartition('raw_sales', "'2024-05-01 10:00:00'"),
        layout.truncate('store_days'),
        `SELECT count() FROM ${layout.everywhere('system.parts')}`,
      ]
      for (const text of [...all(cluster), ...changes])
        await warehouse.rows('SELECT formatQuery({text:String}) AS text', { text })
    } finally {
      await warehouse.close()
      home.remove()
    }
  })
})
