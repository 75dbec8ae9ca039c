import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { archive } from '#processing/lake/archive.ts'
import { finishReplayAlone, replay } from '#processing/lake/replay.ts'
import { consumerGroups, topics } from '#shared/agreement.ts'
import { openBus } from '#shared/bus/open.ts'
import { type Lake, openLake } from '#shared/lake/lake.ts'
import { silentLog } from '#shared/log.ts'
import { formatMicros, parseMicros, zero } from '#shared/records/micros.ts'
import { encodeSale, type Sale } from '#shared/records/sale.ts'
import { openSettings } from '#shared/settings/open.ts'
import { openWarehouse } from '#shared/warehouse/open.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { generateSales, randomOf } from '../../bench/generate.ts'
import { startTorturedChain } from './chain.ts'
import { compare, linesIn, same } from './compare.ts'
import { tortureIngestion } from './ingestion.ts'
import { Truth, textOf } from './truth.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '300' },
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
  },
})
const seconds = Number(values.seconds)
const seed = Number(values.seed)
const random = randomOf(seed)
const pick = (count: number) => Math.floor(random() * count)
const stepsBetweenHarm = 7

const shape = {
  lines: 10_000_000,
  stores: 30,
  products: 200,
  sellersPerStore: 3,
  customers: 100,
  linesPerSale: 3,
  days: 60,
  firstDay: '2024-03-01',
  seed,
}
/** Products P0… whose cost comes with their description, before or after the sale. */
const describedLate = 40

/**
 * Real Kafka, Postgres, one warehouse, ingestion and two processing instances: each is killed at random while sales, corrections, late and repeated messages,
 * junk, costs that come late, archiving and replays go on. At the end every line, every row of every aggregate, the lake's files and a replay from them must
 * equal a plain recomputation, and everything that was junk must lie among the rejected records.
 */
async function torture(): Promise<void> {
  console.log(`torture: seed ${seed}, ${seconds} s (npm run torture -- --seed ${seed} --seconds ${seconds})`)
  const chain = await startTorturedChain(pick)
  const { config } = chain
  const settings = await openSettings(config)
  const warehouse = await openWarehouse(config, silentLog, settings)
  const bus = await openBus(config, silentLog)
  const lake = openLake(config)
  const truth = new Truth()
  const past: Sale[] = []
  const told: Sale[] = []
  const counts: Record<string, number> = {}
  const count = (name: string) => {
    counts[name] = (counts[name] ?? 0) + 1
  }
  let junk = 0
  let replaying: Promise<unknown> = Promise.resolve()
  let isReplaying = false
  let archiving: Promise<unknown> = Promise.resolve()
  let isArchiving = false
  try {
    const sales = generateSales(shape)
    let version = 1_700_000_000_000_000
    const nextVersion = () => {
      version += 10
      return version
    }
    const nextSale = (): Sale[] => {
      const next = sales.next()
      return next.done === true ? [] : [{ ...next.value, version: nextVersion(), lines: lacking(next.value.lines) }]
    }
    const publish = (some: readonly Sale[]) =>
      bus.publish(
        topics.sales,
        some.map(sale => ({ key: sale.store, value: Buffer.from(encodeSale(sale)) })),
      )
    const state = async (some: readonly Sale[]) => {
      for (const sale of some) truth.state(sale)
      past.push(...some)
      await publish(some)
    }
    const tell = async (some: readonly Sale[]) => {
      for (const sale of some) truth.state(sale)
      told.push(...some)
      await chain.tell(some.map(asTold))
    }
    const oneOf = (list: readonly Sale[]) => list[pick(list.length)]
    const actions: Record<string, () => Promise<void>> = {
      sell: () => state(Array.from({ length: 50 + pick(300) }, nextSale).flat()),
      tell: () =>
        tell(
          Array.from({ length: 1 + pick(20) }, nextSale)
            .flat()
            .map(sale => ({ ...sale, sale: `T${sale.sale}`, source: 'till', extent: 'whole' as const })),
        ),
      'tell again': async () => {
        const sale = oneOf(told)
        if (sale !== undefined) await tell([{ ...sale, lines: sale.lines.slice(pick(2)) }])
      },
      repeat: async () => publish(past.slice(pick(past.length)).slice(0, 200)),
      correct: async () => {
        const some = Array.from({ length: Math.min(past.length, 1 + pick(20)) }, () => oneOf(past))
        const distinct = [...new Map(some.flatMap(sale => (sale === undefined ? [] : [[sale.sale, sale]]))).values()]
        await state(
          distinct.map(sale => ({
            ...sale,
            version: nextVersion(),
            extent: 'whole' as const,
            soldAt: random() < 0.3 ? `2024-0${3 + pick(2)}-1${pick(9)}T12:00:00` : sale.soldAt,
            lines: sale.lines.slice(pick(2)),
          })),
        )
      },
      describe: async () => {
        const index = pick(describedLate)
        const cost = parseMicros(`${index + 1}.25`) ?? zero
        truth.describe(`P${index}`, cost)
        await bus.publish(topics.dimensions, [
          {
            key: `product P${index}`,
            value: Buffer.from(JSON.stringify(productOf(index, formatMicros(cost), version))),
          },
        ])
      },
      junk: async () => {
        await bus.publish(topics.sales, [{ key: `S${pick(30)}`, value: Buffer.from(`{"v":1,"junk":${++junk}}`) }])
      },
      archive: async () => {
        if (isArchiving) return
        isArchiving = true
        archiving = archive(warehouse, lake, new AbortController().signal).finally(() => {
          isArchiving = false
        })
        archiving.catch(() => {})
      },
    }
    const harms = [...Object.keys(chain.harm), 'a replay']
    const harm = async (name: string) => {
      if (name !== 'a replay') {
        for (const [what, does] of Object.entries(chain.harm)) if (what === name) await does()
        return
      }
      if (isReplaying) return
      isReplaying = true
      const child = chain.command(['lake', 'replay', '--from', '2024-03-01', '--to', '2024-05-31', '--json'])
      const ended = once(child, 'exit')
      const patience = setTimeout(() => child.kill('SIGKILL'), 3_000 + pick(12_000))
      replaying = ended.finally(() => {
        clearTimeout(patience)
        isReplaying = false
      })
    }

    await actions.sell?.()
    await drained()
    const weights = 'sell sell sell tell tell again repeat repeat correct correct describe junk archive'
    const names = weights
      .replace('tell again', 'tell_again')
      .split(' ')
      .map(name => name.replace('_', ' '))
    const ends = Date.now() + seconds * 1000
    // The warehouse first, so that a short run has it too; then one after another, shuffled anew each time round.
    let deck = ['the warehouse', ...shuffled(harms.filter(name => name !== 'the warehouse'))]
    for (let step = 1; Date.now() < ends; step++) {
      if (step % stepsBetweenHarm === 0) {
        const name = deck.shift() ?? ''
        if (deck.length === 0) deck = shuffled(harms)
        count(`kill ${name}`)
        await harm(name)
      } else {
        const name = names[pick(names.length)] ?? 'sell'
        count(name)
        await actions[name]?.()
      }
      await sleep(pick(300))
    }
    console.log(
      `  ${Object.entries(counts)
        .map(([name, times]) => `${name} ${times}`)
        .join(', ')}`,
    )
    await drained()
    await Promise.all([replaying, archiving])
    await finishReplayAlone({ warehouse, settings }, new AbortController().signal)
    await compare(warehouse, truth.lines(), 'after the storm')
    const [rejected] = await settings.query<{ kept: number }>('SELECT count(*)::int AS kept FROM rejected')
    if (rejected?.kept !== junk) throw new Error(`${rejected?.kept} rejected records of ${junk} that were junk`)
    console.log(`  rejected: all ${junk} of what was junk`)
    await archive(warehouse, lake, new AbortController().signal)
    same('lines in the lake', await linesOfLake(warehouse, lake), new Set([...truth.lines()].map(textOf)))
    console.log('  equal to the cent in the files of the lake')
    for (const table of ['sale_lines', 'sale_days', 'store_days', 'seller_days', 'product_days'])
      await warehouse.run(`TRUNCATE TABLE ${table}`)
    await replay(warehouse, lake, '2024-01-01', '2024-12-31')
    await compare(warehouse, truth.lines(), 'after a replay from the lake')
  } finally {
    await bus.close()
    await settings.close()
    await warehouse.close()
    await chain.stop()
  }

  async function drained(): Promise<void> {
    const patience = Date.now() + 240_000
    const waiting = [
      [topics.sales, consumerGroups.sales],
      [topics.dimensions, consumerGroups.dimensions],
      [topics.rejected, consumerGroups.rejected],
    ] as const
    for (;;) {
      const lags = await Promise.all(waiting.map(([topic, group]) => bus.lag(topic, group)))
      if (lags.every(lag => lag === 0)) return
      if (Date.now() > patience)
        throw new Error(`processing did not catch up in four minutes: ${lags.join(' ')} behind`)
      chain.tend()
      await sleep(300)
    }
  }
}

/** What the files of the lake say, read into a table beside. */
async function linesOfLake(warehouse: Warehouse, lake: Lake): Promise<Set<string>> {
  await warehouse.run('DROP TABLE IF EXISTS lake_lines SYNC')
  await warehouse.run('CREATE TABLE lake_lines AS sale_lines')
  await warehouse.run('ALTER TABLE lake_lines ADD COLUMN whole UInt64')
  for (const { path } of await lake.list('cleaned/month='))
    await warehouse.insertParquet('lake_lines', await lake.get(path))
  const lines = await linesIn(warehouse, 'lake_lines')
  await warehouse.run('DROP TABLE lake_lines SYNC')
  return lines
}

/** The lines without the costs that come with the products' descriptions. */
function lacking(lines: Sale['lines']): Sale['lines'] {
  return lines.map(line => (Number(line.product.slice(1)) < describedLate ? { ...line, cost: null } : line))
}

function asTold({ store, sale, soldAt, seller, customer, lines }: Sale): object {
  return {
    store,
    sale,
    soldAt,
    seller,
    customer,
    lines: lines.map(({ line, product, quantity, unitPrice, discount, revenue, cost }) => ({
      line,
      product,
      quantity: formatMicros(quantity),
      unitPrice: formatMicros(unitPrice),
      discount: formatMicros(discount),
      revenue: formatMicros(revenue),
      ...(cost === null ? {} : { cost: formatMicros(cost) }),
    })),
  }
}

function productOf(index: number, cost: string, version: number): object {
  return { v: 1, kind: 'product', id: `P${index}`, source: 'torture', version, attributes: { name: `P${index}`, cost } }
}

function shuffled(names: readonly string[]): string[] {
  return names
    .map(name => [random(), name] as const)
    .sort(([a], [b]) => a - b)
    .map(([, name]) => name)
}

if (values.only === 'ingestion') await tortureIngestion({ seed, kills: Number(values.kills), rowsPerFile: 100_000 })
else await torture()
