import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'
import { basketFile } from '#processing/insights/basket/basket-file.ts'
import { type Baskets, basketsFrom, itemsOf } from '#processing/insights/basket/baskets.ts'
import { leaveOneOut, repeatable } from '#processing/insights/basket/hit-rate.ts'
import { chooseMethod, methodNamed, nextItems } from '#processing/insights/basket/next-item.ts'
import { boughtWith, pairRows } from '#processing/insights/basket/pairs.ts'
import { rules } from '#processing/insights/basket/rules.ts'
import { benchData } from './data.ts'
import { peer } from './peers/python.ts'

/** Basket mining: how often the hidden item is among the ten suggested, and how long counting takes, beside Python's tools. */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-basket-'))
  try {
    await hitRates(folder)
    await pairTimes(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const split = '2011-06-01'

async function hitRates(folder: string): Promise<void> {
  console.log('Next item, leave one out, hit rate at 10')
  groceries()
  const file = benchData('online-retail', 'online-retail-2010-12_2011-08.csv.gz')
  if (file === undefined) {
    console.log('  Online Retail skipped: not found; BENCH_DATA names the folder that has online-retail/')
    return
  }
  const sales = productSales(gunzipSync(await readFile(file)).toString('utf8'))
  const train = basketsFrom(sales.filter(({ day }) => day < split).map(({ invoice, items }) => [invoice, items]))
  const known = new Set(train.items)
  const later = basketsFrom(sales.filter(({ day }) => day >= split).map(({ invoice, items }) => [invoice, items]))
  const questions = asked(later)
  report('Online Retail, before and after 2011-06', train, questions, known)
  await ruleTimes(folder, train)
}

type Question = { readonly rest: readonly string[]; readonly hidden: string }

/** One hidden item of each basket with two or more. */
const asked = (baskets: Baskets): Question[] =>
  leaveOneOut(baskets, baskets.names.filter((_, basket) => itemsOf(baskets, basket).length > 1).length).map(
    ({ rest, hidden }) => ({ rest: rest.map(item => baskets.items[item] ?? ''), hidden: baskets.items[hidden] ?? '' }),
  )

function report(name: string, train: Baskets, questions: readonly Question[], known: ReadonlySet<string>): void {
  const knownShare = questions.filter(({ hidden }) => known.has(hidden)).length / questions.length
  console.log(`  ${name}: ${train.names.length} baskets, ${train.items.length} items, ${questions.length} questions`)
  const began = performance.now()
  const { method } = chooseMethod(train)
  const choosing = performance.now() - began
  const methods = {
    popularity: methodNamed('popularity'),
    score: methodNamed('score'),
    ease: methodNamed('ease'),
    chosen: method,
  }
  for (const [label, one] of Object.entries(methods)) {
    const start = performance.now()
    const suggest = nextItems(train, one)
    const found = questions.filter(({ rest, hidden }) => suggest(rest, 10).some(({ item }) => item === hidden)).length
    const hitRate = found / questions.length
    const said = label === 'chosen' ? ` ${JSON.stringify(one)}, chosen in ${seconds(choosing)}` : ''
    console.log(
      `    ${label.padEnd(11)} ${hitRate.toFixed(3)} of all, ${(hitRate / knownShare).toFixed(3)} of items sold before; ${seconds(performance.now() - start)}${said}`,
    )
  }
}

/** Small baskets in which little hangs together, as a supermarket's: popularity is hard to beat there. */
function groceries(): void {
  const random = repeatable(11)
  const popular = (below: number) => Math.floor(below * random() ** 2.2)
  const lists = Array.from({ length: 9000 }, (_, number): [string, string[]] => {
    const aisle = popular(12)
    const size = 1 + Math.floor(-3.2 * Math.log(1 - random()))
    const item = () => (random() < 0.35 ? (aisle * 14 + popular(14)) % 169 : popular(169))
    return [`b${number}`, Array.from({ length: size }, () => `p${item()}`)]
  })
  const train = basketsFrom(lists.slice(0, 7000))
  report('like a grocery', train, asked(basketsFrom(lists.slice(7000))), new Set(train.items))
}

/** Products sold in Online Retail by invoice: no cancellations, adjustments, gifts or service codes. */
function productSales(csv: string): { invoice: string; day: string; items: string[] }[] {
  const found = new Map<string, { invoice: string; day: string; items: string[] }>()
  for (const line of csv.split('\n').slice(1)) {
    // The description may hold commas in quotes: the fields on either side of it do not.
    const match = /^(\d+),(\d{5}[^,]*),(?:"(?:[^"]|"")*"|[^,]*),(\d+),(\d{4}-\d\d-\d\d)[^,]*,([\d.]+),/.exec(line)
    const [, invoice = '', item = '', quantity = '0', day = '', price = '0'] = match ?? []
    if (match === null || Number(quantity) <= 0 || Number(price) <= 0) continue
    const sale = found.get(invoice) ?? { invoice, day, items: [] }
    found.set(invoice, sale)
    sale.items.push(item.toUpperCase())
  }
  return [...found.values()]
}

async function ruleTimes(folder: string, baskets: Baskets): Promise<void> {
  console.log('Rules on Online Retail, support 0.01, confidence 0.3')
  const file = join(folder, 'online-retail.csv')
  const lines = baskets.names.flatMap((name, basket) =>
    Array.from(itemsOf(baskets, basket), item => `${name},${baskets.items[item]}\n`),
  )
  await pipeline(Readable.from(['basket,item\n', ...lines]), createWriteStream(file))
  const began = performance.now()
  const found = [...rules(baskets, 0.01, 0.3)].length
  const own = performance.now() - began
  console.log(`    ours    ${found} rules in ${seconds(own)}`)
  compare('mlxtend', own, await peer('basket.py', ['mlxtend', 'scipy', 'pandas'], ['rules', file, '0.01']))
}

/** Pairs of a large file, beside scipy. */
export async function pairTimes(folder: string): Promise<void> {
  console.log('Pairs of 5,000,000 lines in 300,000 baskets, 4,000 items')
  const file = join(folder, 'large.csv')
  await pipeline(Readable.from(largeFile()), createWriteStream(file))
  const reader = basketFile(file)
  const began = performance.now()
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) reader.push(chunk)
  const baskets = reader.end()
  const read = performance.now()
  let found = 0
  let together = 0
  for (const { counts } of pairRows(baskets)) {
    found += counts.length
    for (const count of counts) together += count
  }
  const own = performance.now() - read
  console.log(
    `    ours    read ${seconds(read - began)}, then ${found} pairs (${together} times together) in ${seconds(own)}; limit 1.5 s`,
  )
  lookupTimes(baskets)
  compare('scipy', own, await peer('basket.py', ['mlxtend', 'scipy', 'pandas'], ['pairs', file]))
}

function lookupTimes(baskets: Baskets): void {
  const lookup = boughtWith(baskets)
  const times = baskets.items.map(item => {
    const began = performance.now()
    lookup(item, { top: 10, minCount: 5 })
    return performance.now() - began
  })
  const sorted = times.sort((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1)
  console.log(
    `    often bought together, each of ${sorted.length} items: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms; limit 20 ms`,
  )
}

function* largeFile(): Generator<string> {
  const random = repeatable(12345)
  yield 'basket,item\n'
  let left = 5_000_000
  for (let basket = 0; left > 0; basket++) {
    // Sizes from 8 to 25, and all that is left in the last.
    const size = basket === 299_999 ? left : Math.min(left, 8 + Math.floor(18 * random()))
    let text = ''
    for (let i = 0; i < size; i++) text += `B${basket},P${Math.floor(4000 * random() ** 2)}\n`
    left -= size
    yield text
  }
}

function compare(name: string, own: number, result: unknown): void {
  if (typeof result !== 'object' || result === null || !('seconds' in result) || typeof result.seconds !== 'number')
    return
  const found = 'found' in result ? `${String(result.found)} ` : ''
  console.log(
    `    ${name.padEnd(7)} ${found}in ${seconds(result.seconds * 1000)}: ${((result.seconds * 1000) / own).toFixed(1)} times ours`,
  )
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
