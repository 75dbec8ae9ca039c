import { setTimeout as sleep } from 'node:timers/promises'
import { type Topic, topics } from '#shared/agreement.ts'
import type { Bus, Message } from '#shared/bus/bus.ts'
import { DataAppError } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import type { Dimension } from '#shared/records/dimension.ts'
import { rejectedOf } from '#shared/records/rejected.ts'
import type { Row, Table } from './decode/row.ts'
import type { RowMapper } from './map/rows.ts'
import type { MappedLine, Problem } from './map/sale.ts'
import { Basket } from './publish/basket.ts'
import { Reasons } from './publish/reasons.ts'
import { finished, type Hash, hashTexts, Tally } from './publish/tally.ts'
import { openWay } from './publish/way.ts'
import { type Corrections, lineAsCorrected } from './rejected/corrections.ts'
import type { Source } from './source/schema.ts'
import type { Totals } from './totals.ts'

/** What one file's reading needs to know and where it reports to. */
export type Intake = {
  bus: Bus
  log: Log
  source: Source
  /** The file as records name it: it identifies the content. */
  file: string
  version: number
  /** Rows that are on the bus already: they are read again, so that lines get the same identities, but not published. */
  rowsDone: number
  rejectedShareLimit: number
  /** Publish lines of these sales only (`saleKey`), and no rejections: for replays. */
  only?: ReadonlySet<string>
  /** The identity of a line whose place in its sale is not known. */
  lineOf?: ((row: Row) => string) | undefined
  /** What people corrected in lines that quality rules had turned away, by the physical line of the row. */
  corrections?: Corrections['lines']
  /** Rows before these were understood: a few bad ones alone don't mean that the mapping is wrong. */
  isProven?: boolean
  checkpoint: (rowsDone: number) => Promise<void>
  onProgress: (totals: Totals) => void
  signal: AbortSignal
}

const batchBytes = 512 * 1024
const batchMessages = 4000
const checkpointEveryMs = 500
/** How many different rows and sales are kept in mind: a repeat further apart than that is not recognised. Bounds memory at 47 MB, 80 where lines have ids: two tables of 2^21 slots for rows, two of 2^19 for sales. */
const rememberedRows = 1_400_000
const rememberedSales = 350_000
/** Batches on their way at once: Kafka takes the next one while it acknowledges the last. The embedded log writes one after the other anyway. */
const onTheWay = { kafka: 3, embedded: 1 } as const
/** A share says nothing about a handful of rows. */
const fewestBadRows = 20
/** A file is judged at its end, or once this many rows are known. */
const rowsToJudge = 1_000

type Batch = { sales: Message[]; dimensions: Message[]; rejected: Message[]; upTo: number }

/** Reads a table to its end onto the bus. The next piece is read while the last batches are on their way; a slow bus slows reading. */
export async function takeIn(table: Table, mapper: RowMapper, intake: Intake): Promise<Totals> {
  const counter = new RowCounter(mapper, intake)
  const way = openWay(onTheWay[intake.bus.kind])
  let checkpointed = Date.now()
  const send = (batch: Batch) =>
    way.send(
      // Sales wait for what describes them, also for that of the batches before.
      batch.dimensions.length > 0,
      () => deliver(batch, intake),
      async () => {
        if (Date.now() - checkpointed < checkpointEveryMs) return
        checkpointed = Date.now()
        await intake.checkpoint(batch.upTo)
      },
    )
  try {
    for await (const rows of table.rows) {
      for (const row of rows) counter.take(row)
      if (counter.totals.rows >= rowsToJudge) counter.stopWhenTooBad()
      if (counter.full) await send(counter.batch('going-on'))
      intake.onProgress(counter.totals)
      if (intake.signal.aborted) throw interrupted(intake.file)
    }
    counter.stopWhenTooBad()
    counter.stopWhenUseless()
  } catch (error) {
    await way.settled()
    // What was whole before a file broke off is kept, so that the ledger can go on from there.
    if (isBrokenOff(error)) await deliverAndMark(counter.batch('going-on'), intake)
    throw error instanceof DataAppError ? new StoppedIntake(error, counter.handedOn) : error
  }
  await way.settled()
  await deliverAndMark(counter.batch('end'), intake)
  intake.onProgress(counter.totals)
  return counter.totals
}

/** A known failure in the middle of a file, with the totals of what had been handed on until then: what was only looked at counts nowhere. */
export class StoppedIntake extends DataAppError {
  readonly totals: Totals

  constructor(why: DataAppError, totals: Totals) {
    super(why.code, why.message, { hint: why.hint, cause: why })
    this.totals = { ...totals }
  }
}

function isBrokenOff(error: unknown): boolean {
  return error instanceof DataAppError && ['FILE_CUT', 'FILE_DAMAGED', 'INGEST_INTERRUPTED'].includes(error.code)
}

export function interrupted(file: string): DataAppError {
  return new DataAppError('INGEST_INTERRUPTED', `Reading ${file} was interrupted.`, {
    hint: 'What was read is kept. Ingest the file again: it goes on where it was.',
  })
}

async function deliverAndMark(batch: Batch, intake: Intake): Promise<void> {
  await deliver(batch, intake)
  await intake.checkpoint(batch.upTo)
}

/** Dimensions go first, so that a product's cost is known when its first sale is. */
async function deliver(batch: Batch, { bus, log }: Intake): Promise<void> {
  await publish(bus, log, topics.dimensions, batch.dimensions)
  await publish(bus, log, topics.sales, batch.sales)
  await publish(bus, log, topics.rejected, batch.rejected)
}

/** Publishes, waiting as long as the bus has no room. */
export async function publish(bus: Bus, log: Log, topic: Topic, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return
  for (;;) {
    try {
      await bus.publish(topic, messages)
      return
    } catch (error) {
      if (!(error instanceof DataAppError) || error.code !== 'BUS_FULL') throw error
      log.error({ code: error.code, hint: error.hint }, 'the bus has no room: waiting')
      await sleep(1_000)
    }
  }
}

/** Decides what becomes of each row, and gathers what is to be published. */
class RowCounter {
  readonly totals: Totals = { rows: 0, accepted: 0, rejected: 0, duplicates: 0, sales: 0 }
  /** The totals of all batches so far. */
  handedOn: Totals = { ...this.totals }
  readonly #mapper: RowMapper
  readonly #intake: Intake
  readonly #basket: Basket
  readonly #repeats = new Tally(rememberedRows, 'presence')
  readonly #identities = new Tally(rememberedRows, 'presence')
  readonly #sales = new Tally(rememberedSales)
  readonly #reasons = new Reasons()
  readonly #at = new Date()
  readonly #hash: Hash = { high: 0, low: 0 }
  readonly #saleHash: Hash = { high: 0, low: 0 }
  readonly #duplicates: Source['duplicates']
  readonly #ordinal: boolean
  readonly #whole: boolean
  #rejected: Message[] = []
  #lastStore = ''
  #lastSale = ''
  #lineOfSale = 0
  #beforeSale: Totals = this.handedOn

  constructor(mapper: RowMapper, intake: Intake) {
    this.#mapper = mapper
    this.#intake = intake
    this.#whole = intake.source.sale?.extent === 'whole'
    this.#basket = new Basket({
      source: intake.source.name,
      file: intake.file,
      version: intake.version,
      extent: this.#whole ? 'whole' : 'lines',
    })
    this.#duplicates = intake.source.duplicates
    this.#ordinal = intake.source.sale?.line === 'ordinal'
  }

  get full(): boolean {
    return this.#basket.bytes >= batchBytes || this.#basket.size >= batchMessages || this.#rejected.length >= 2_000
  }

  take(row: Row): void {
    const { totals } = this
    totals.rows++
    if (this.#duplicates === 'exact' && row.broken === undefined && this.#repeats.next(this.#hashOf(row)) > 0) {
      totals.duplicates++
      return
    }
    const mapped = this.#mapper.map(row)
    switch (mapped.kind) {
      case 'line':
        this.#line(mapped.line, row)
        return
      case 'described':
        totals.accepted++
        return
      case 'problem':
        this.#reject(mapped.problem, row)
    }
  }

  #hashOf({ hash, raw }: Row): Hash {
    return hash === undefined ? hashTexts(this.#hash, raw) : finished(this.#hash, hash.high, hash.low)
  }

  #line(line: MappedLine, row: Row): void {
    if (line.store !== this.#lastStore || line.sale !== this.#lastSale) this.#turnTo(line)
    if (!this.#ordinal) {
      const seen =
        this.#duplicates !== 'none' &&
        this.#identities.next(hashTexts(this.#hash, line.store, line.sale, line.line)) > 0
      if (seen && this.#duplicates === 'identity') {
        this.totals.duplicates++
        return
      }
      if (seen) {
        const message = `line "${line.line}" of sale "${line.sale}" was said before with other values`
        this.#reject({ field: 'line', rule: 'line-twice', message }, row)
        return
      }
    }
    this.#lineOfSale++
    this.#sales.set(this.#saleHash, this.#lineOfSale)
    if (this.#lineOfSale === 1) this.totals.sales++
    this.totals.accepted++
    const { rowsDone, only, lineOf } = this.#intake
    if (only !== undefined && !only.has(saleKey(line))) return
    const isFirst = this.#lineOfSale === 1
    if (lineOf !== undefined && this.#ordinal) this.#tell(line, lineOf(row), row.line, isFirst)
    else if (this.totals.rows > rowsDone)
      this.#tell(line, this.#ordinal ? String(this.#lineOfSale) : line.line, row.line, isFirst)
  }

  /** A corrected line keeps the place that it had before: the lines beside it are known by theirs. Where it went to another sale, it says nothing of that sale's other lines. */
  #tell(line: MappedLine, id: string, row: number, isFirst: boolean): void {
    const corrections = this.#intake.corrections?.get(row)
    if (corrections === undefined) {
      this.#basket.add(line, id, row, isFirst)
      return
    }
    const corrected = lineAsCorrected({ ...line, line: id, row }, corrections)
    this.#basket.add(corrected, corrected.line, row, isFirst && saleKey(corrected) === saleKey(line))
  }

  #turnTo(line: MappedLine): void {
    this.#lastStore = line.store
    this.#lastSale = line.sale
    if (this.#whole) this.#beforeSale = { ...this.totals, rows: this.totals.rows - 1 }
    // A quality rule may turn codes that differ only in case into one; then their lines must not have the same number.
    this.#lineOfSale = this.#sales.peek(hashTexts(this.#saleHash, line.store.toLowerCase(), line.sale.toLowerCase()))
  }

  #reject(why: Problem, row: Row): void {
    this.totals.rejected++
    this.#reasons.add(why, row.line)
    if (why.rule !== 'skipped') this.#basket.doubt()
    if (this.totals.rows <= this.#intake.rowsDone || this.#intake.only !== undefined) return
    const { source, file } = this.#intake
    const record = rejectedOf(
      'ingestion',
      { ...why, source: source.name, file, line: row.line, raw: row.raw.slice(0, 20_000) },
      this.#at,
    )
    this.#rejected.push({ key: source.name, value: Buffer.from(JSON.stringify(record)) })
  }

  /** What is to be published. While the file goes on, a sale that is told whole stays in hand until its last row: then the batch ends before it. */
  batch(file: 'going-on' | 'end'): Batch {
    const rejected = this.#rejected
    this.#rejected = []
    const dimensions = this.#mapper.takeDimensions().map(dimensionMessage)
    const isOpen = this.#whole && file === 'going-on'
    const sales = isOpen ? this.#basket.takeClosed() : this.#basket.take()
    this.handedOn = isOpen ? this.#beforeSale : { ...this.totals }
    return { sales, dimensions, rejected, upTo: this.handedOn.rows }
  }

  /** More bad rows than the share that is allowed: the mapping is wrong, not the rows. */
  stopWhenTooBad(): void {
    const bad = this.#reasons.bad
    if (bad < fewestBadRows || bad <= this.totals.rows * this.#intake.rejectedShareLimit) return
    throw this.#tooBad(`${bad} of ${this.totals.rows} rows can't be used`)
  }

  /** A file of which nothing could be used has a wrong mapping too, however short it is. */
  stopWhenUseless(): void {
    if (
      this.#intake.only === undefined &&
      this.#intake.isProven !== true &&
      this.#reasons.bad > 0 &&
      this.totals.accepted === 0 &&
      this.totals.duplicates === 0
    )
      throw this.#tooBad('no row can be used')
  }

  #tooBad(what: string): DataAppError {
    const { source, file } = this.#intake
    return new DataAppError(
      'TOO_MANY_REJECTED',
      `${file}: ${what}, so it was stopped. Commonest reasons:\n${this.#reasons.summary()}`,
      {
        hint: `Correct the source "${source.name}" (${source.path}) and ingest the file again; \`dataapp source preview FILE --source ${source.name}\` shows what maps. The share that is allowed: DATAAPP_REJECTED_SHARE_LIMIT.`,
      },
    )
  }
}

function dimensionMessage(dimension: Dimension): Message {
  return { key: `${dimension.kind}:${dimension.id}`, value: Buffer.from(JSON.stringify(dimension)) }
}

/** What a sale is known by, as one text. */
export function saleKey({ store, sale }: { store: string; sale: string }): string {
  return `${store}\u0000${sale}`
}
