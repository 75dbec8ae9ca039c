import { createServer } from 'node:http'
import { consumerGroups, topics } from '#shared/agreement.ts'
import type { Consumer, Received, Unfinished } from '#shared/bus/bus.ts'
import { closeServer, healthRoutes, listen } from '#shared/health.ts'
import { controlToken } from '#shared/home.ts'
import type { Rejection } from '#shared/outcome.ts'
import type { Parts, Running } from '#shared/parts.ts'
import { type Rejected, rejectedOf } from '#shared/records/rejected.ts'
import type { Sale } from '#shared/records/sale.ts'
import { announce } from './announce.ts'
import { answerJob, jobPath } from './control.ts'
import { startAlerts } from './insights/alerts/alerts.ts'
import { startInsights } from './insights/insights.ts'
import { type Job, runJob } from './jobs.ts'
import { BesideReplays } from './lake/beside-replays.ts'
import { startLakeKeeper } from './lake/keeper.ts'
import type { Standing } from './lake/replay.ts'
import type { Plan } from './load/batch.ts'
import { apartFromDropped } from './load/dropped-months.ts'
import { gather, type Heartbeat, paceOfSales } from './load/gather.ts'
import { linesIn } from './load/line-block.ts'
import { loadDimensions } from './load/load-dimensions.ts'
import { loadCosts, loadSales, refreshDays, writeSales } from './load/load-sales.ts'
import { keepRaw, type Read } from './load/raw.ts'
import { startRollUp } from './load/roll-up.ts'
import { startAuditor } from './quality/auditor.ts'
import { keepHits, openJudge } from './quality/hits.ts'
import { readRules } from './quality/rules.ts'
import { readDimension, readEach, readRejected, readSale } from './read.ts'
import { keepRejected } from './rejected.ts'

const liveMs = 5_000

/** Sales whose lines are in the warehouse, their aggregates not yet. */
type Written = { sales: readonly Sale[]; plan: Plan; standing: Standing }

/** consume → clean → load → announce → look ahead → warn. Positions on the bus move only after the warehouse has acknowledged everything that a batch touches. */
export async function processing(parts: Parts): Promise<Running & { url: string }> {
  const { config, bus, warehouse, settings, vault, metrics, log } = parts
  const loaded = metrics.counter('dataapp_processing_lines_total', 'Sale lines loaded into the warehouse')
  const notUsed = metrics.counter('dataapp_processing_rejected_total', 'Records that processing could not use')

  const replays = await BesideReplays.open(parts)
  const rules = readRules(config)
  const judge = openJudge(rules, warehouse)
  // One piece at a time and after the one before is written: some rules judge a line by what stands of its sale.
  const write = async (read: readonly Read[], heartbeat: Heartbeat): Promise<Written> => {
    const { current, refused: tooOld } = await apartFromDropped(warehouse, read)
    const { arrived, refused } = await judge(current)
    await sendToDead([...tooOld, ...refused])
    // Before the lines: what a rule decided must be known when the same is delivered again after lines that came later.
    await keepHits(
      warehouse,
      arrived.flatMap(({ hits }) => hits),
    )
    const sales = arrived.map(({ sale }) => sale)
    const { standing } = replays
    const [plan] = await Promise.all([writeSales(warehouse, sales, heartbeat), keepRaw(warehouse, arrived)])
    return { sales, plan, standing }
  }
  const refresh = async (written: readonly Written[], heartbeat: Heartbeat): Promise<void> => {
    await refreshDays(
      warehouse,
      written.map(({ plan }) => plan),
      heartbeat,
    )
    const plans: Plan[] = []
    for (const { sales, plan, standing } of written) {
      const again = () => loadSales(warehouse, sales, heartbeat)
      plans.push((await replays.settle(standing, heartbeat, again)) ?? plan)
    }
    const sales = written.flatMap(each => each.sales)
    if (sales.length === 0) return
    const touched = plans.flatMap(plan => plan.touched)
    const lines = linesIn(plans.flatMap(plan => plan.statements))
    loaded.inc(lines)
    await announce(bus, {
      kind: 'sales',
      days: touched.map(([, day]) => day),
      stores: touched.map(([store]) => store),
      products: productsOf(sales),
      sellers: sales.map(sale => sale.seller),
      lines,
    })
    log.debug({ sales: sales.length, lines, touched: touched.length }, 'loaded sales')
  }
  const load = gather(paceOfSales(isLive), { begin: write, finish: refresh })

  async function onSales(batch: readonly Received[], heartbeat: Heartbeat): Promise<Unfinished | undefined> {
    const { read, unreadable } = readEach(batch, message => readSale(vault, message))
    await sendToDead(unreadable)
    return read.length === 0 ? undefined : await load(read, heartbeat)
  }

  async function onDimensions(batch: readonly Received[], heartbeat: Heartbeat): Promise<undefined> {
    const { read: dimensions, unreadable } = readEach(batch, readDimension)
    await sendToDead(unreadable)
    if (dimensions.length === 0) return
    const costed = dimensions.flatMap(dimension =>
      dimension.kind === 'product' && dimension.attributes.cost !== null ? [dimension.id] : [],
    )
    const { standing } = replays
    await loadDimensions(warehouse, vault, dimensions)
    const costs = () => loadCosts(warehouse, costed, heartbeat)
    const first = await costs()
    const touched = (await replays.settle(standing, heartbeat, costs)) ?? first
    await announce(bus, {
      kind: 'dimensions',
      days: touched.map(([, day]) => day),
      stores:
        touched.length > 0
          ? touched.map(([store]) => store)
          : dimensions.flatMap(dimension => (dimension.kind === 'store' ? [dimension.id] : [])),
      products: dimensions.flatMap(dimension => (dimension.kind === 'product' ? [dimension.id] : [])),
      sellers: dimensions.flatMap(dimension => (dimension.kind === 'seller' ? [dimension.id] : [])),
      lines: 0,
    })
    log.debug({ dimensions: dimensions.length, touched: touched.length }, 'loaded dimensions')
  }

  async function onRejected(batch: readonly Received[]): Promise<undefined> {
    const { read, unreadable } = readEach(batch, readRejected)
    const records = [...read, ...unreadable.map(turnedAway)]
    await keepRejected(settings, await Promise.all(records.map(record => vault.protectRejected(record))))
  }

  async function sendToDead(dead: readonly Rejection[]): Promise<void> {
    if (dead.length === 0) return
    notUsed.inc(dead.length)
    await bus.publish(
      topics.rejected,
      dead.map(why => ({
        key: why.source,
        value: Buffer.from(JSON.stringify(turnedAway(why))),
      })),
    )
  }

  const size = { maxMessages: 20_000, maxBytes: 8_000_000, from: 'earliest' } as const
  // A member's partitions are handed in together: one after another, each would wait for a turn of its own in the warehouse.
  const salesSize = bus.kind === 'kafka' ? { maxBytes: 2_000_000, partitionsAtOnce: 16 } : {}
  const consumers: Consumer[] = [
    bus.consume({ topic: topics.dimensions, group: consumerGroups.dimensions, ...size, handle: onDimensions }),
    bus.consume({ topic: topics.sales, group: consumerGroups.sales, ...size, ...salesSize, handle: onSales }),
    bus.consume({ topic: topics.rejected, group: consumerGroups.rejected, ...size, handle: onRejected }),
  ]
  const insights = startInsights(parts)
  const alerts = await startAlerts(parts)

  const lake = startLakeKeeper(parts)
  const auditor = startAuditor(parts, rules)
  const rollingUp = startRollUp(parts)
  const token = controlToken(config)
  const health = healthRoutes(metrics, [
    { name: 'bus', check: () => bus.ready() },
    { name: 'warehouse', check: () => warehouse.ready() },
    { name: 'settings', check: () => settings.ready() },
    {
      name: 'lag',
      check: async () => {
        const lag = await bus.lag(topics.sales, consumerGroups.sales)
        if (lag > config.DATAAPP_LAG_LIMIT)
          throw new Error(`${lag} messages behind; the limit is ${config.DATAAPP_LAG_LIMIT}`)
      },
    },
  ])
  const server = createServer((request, response) => {
    if (health(request, response)) return
    if (request.method !== 'POST' || request.url !== jobPath) return void response.writeHead(404).end()
    const run = (job: Job) => runJob(parts, job)
    answerJob(request, response, { token, log, run }).catch(error => {
      log.error({ err: error }, 'a job could not be answered')
      response.destroy()
    })
  })
  const wanted = config.DATAAPP_PROCESSING_PORT ?? (config.PORT === 0 ? 0 : config.PORT + 2)
  const port = await listen(server, wanted, config.HOST, config.DATAAPP_PROCESSING_PORT === undefined)
  const url = `http://${config.HOST}:${port}`
  log.info({ url }, 'processing runs')

  return {
    url,
    failed: Promise.all([...consumers, insights, alerts].map(({ stopped }) => stopped)).then(
      () => new Promise<never>(() => {}),
    ),
    stop: async () => {
      await Promise.all([insights.stop(), alerts.stop(), lake.stop(), auditor.stop(), rollingUp.stop()])
      await Promise.all(consumers.map(consumer => consumer.stop()))
      await closeServer(server)
    },
  }
}

const turnedAway = (why: Rejection): Rejected => rejectedOf('processing', why, new Date())

/** Sales of the last seconds, not a backlog: nobody waits for them to be loaded sooner. */
function isLive(read: readonly Read[]): boolean {
  const oldest = read.reduce((least, { message }) => Math.min(least, message.timestampMs), Number.POSITIVE_INFINITY)
  return Date.now() - oldest < liveMs
}

function* productsOf(sales: readonly Sale[]): Generator<string> {
  for (const sale of sales) for (const line of sale.lines) yield line.product
}
