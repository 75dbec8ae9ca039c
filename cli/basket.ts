import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { Command, InvalidArgumentError, Option } from 'commander'
import { basketFile } from '#processing/insights/basket/basket-file.ts'
import { type Baskets, itemsOf } from '#processing/insights/basket/baskets.ts'
import { chooseMethod, type Method, methodNamed, nextItems } from '#processing/insights/basket/next-item.ts'
import { type Pair, pairAt, pairRows } from '#processing/insights/basket/pairs.ts'
import { byConfidence, type Rule, rules } from '#processing/insights/basket/rules.ts'
import { DataAppError, systemCodeOf } from '#shared/error.ts'
import { csvField } from './csv-field.ts'

type Options = {
  rules?: true
  support: number
  confidence: number
  next?: string
  top: number
  minCount: number
  method: 'auto' | Method['model']
  json?: true
}

export function basketCommand(): Command {
  return new Command('basket')
    .description('What is bought together: pairs, rules or the next item, from CSV basket,item to CSV')
    .argument('<file>', 'CSV with the columns basket and item, one line per item of a basket (also .gz; - reads stdin)')
    .option('--rules', 'rules with larger left sides instead of pairs')
    .option('--support <share>', 'rules: least share of all baskets', share, 0.01)
    .option('--confidence <share>', 'rules: least share of the baskets with the left side', share, 0.3)
    .option('--next <file>', 'suggest the next items for the baskets of this file instead of pairs')
    .option('--top <n>', 'next: how many suggestions a basket', positive, 10)
    .addOption(
      new Option('--method <name>', 'next: how to rank; auto measures all on a part held back')
        .choices(['auto', 'popularity', 'score', 'ease'])
        .default('auto'),
    )
    .option('--min-count <n>', 'pairs: least number of shared baskets', positive, 1)
    .option('--json', 'one JSON document instead of CSV')
    .action(async (file: string, options: Options) => {
      const baskets = await readBaskets(file)
      if (options.next !== undefined) await writeNext(baskets, options.next, options)
      else if (options.rules) await writeRules(baskets, options)
      else await writePairs(baskets, options)
    })
}

async function writePairs(baskets: Baskets, options: Options): Promise<void> {
  const began = performance.now()
  const header = ['item', 'with', 'count', 'support', 'confidence', 'confidence_back', 'lift', 'score']
  const table = openTable(header, options, 'pairs')
  const names = options.json ? baskets.items : baskets.items.map(csvField)
  const pairCsv = pairWriter(names)
  let counting = 0
  let found = 0
  let mark = began
  for (const row of pairRows(baskets, options.minCount)) {
    counting += performance.now() - mark
    found += row.others.length
    for (let place = 0; place < row.others.length; place++) {
      const pair = pairAt(baskets, row, place)
      table.row(options.json ? pairJson(names, pair) : pairCsv(pair))
    }
    await table.flushed()
    if (table.closed) break
    mark = performance.now()
  }
  await table.end()
  say(
    `${grouped(found)} pairs: counted in ${seconds(counting)}, written in ${seconds(performance.now() - began - counting)}`,
  )
}

/** Writes pairs as CSV. Numbers as text are most of the cost: those that depend on the count alone, or on item and count, recur. */
function pairWriter(names: readonly string[]): (pair: Pair) => string {
  const supports: string[] = []
  let confidences: string[] = []
  let row = -1
  return ({ item, with: other, count, support, confidence, confidenceBack, lift, score }) => {
    if (item !== row) confidences = []
    row = item
    const supported = remembered(supports, count, support)
    const confident = remembered(confidences, count, confidence)
    return `${names[item]},${names[other]},${count},${supported},${confident},${confidenceBack},${lift},${score}`
  }
}

function remembered(texts: string[], count: number, value: number): string {
  const known = texts[count]
  if (known !== undefined) return known
  const text = String(value)
  texts[count] = text
  return text
}

function pairJson(
  names: readonly string[],
  { item, with: other, confidenceBack: confidence_back, ...rest }: Pair,
): string {
  return JSON.stringify({ item: names[item], with: names[other], confidence_back, ...rest })
}

async function writeRules(baskets: Baskets, options: Options): Promise<void> {
  const began = performance.now()
  const found = rulesUpTo(mostRules, baskets, options).sort(byConfidence)
  say(`${grouped(found.length)} rules found in ${seconds(performance.now() - began)}`)
  const parted = baskets.items.find(item => item.includes('|'))
  if (parted !== undefined && !options.json)
    say(`the item ${JSON.stringify(parted)} has a | in its name, which also parts antecedents: --json keeps them apart`)
  const table = openTable(['antecedent', 'consequent', 'support', 'confidence', 'lift', 'count'], options, 'rules')
  for (const { antecedent: left, consequent: right, support, confidence, lift, count } of found) {
    const antecedent = left.map(item => baskets.items[item] ?? '')
    const consequent = baskets.items[right] ?? ''
    table.row(
      options.json
        ? JSON.stringify({ antecedent, consequent, support, confidence, lift, count })
        : `${csvField(antecedent.join('|'))},${csvField(consequent)},${support},${confidence},${lift},${count}`,
    )
    await table.flushed()
    if (table.closed) break
  }
  await table.end()
}

/** More would not be read by anybody and would not fit into memory to be ordered. */
const mostRules = 5_000_000

function rulesUpTo(most: number, baskets: Baskets, { support, confidence }: Options): Rule[] {
  const found: Rule[] = []
  for (const rule of rules(baskets, support, confidence)) {
    if (found.length === most)
      throw new DataAppError('BASKET_TOO_MANY_RULES', `there are more than ${grouped(most)} rules`, {
        hint: 'Ask for more --support or --confidence.',
      })
    found.push(rule)
  }
  return found
}

async function writeNext(baskets: Baskets, file: string, options: Options): Promise<void> {
  const asked = await readBaskets(file)
  const began = performance.now()
  const suggest = nextItems(baskets, chosenMethod(baskets, options))
  const table = openTable(['basket', 'rank', 'item', 'score'], options, 'next')
  for (const [number, basket] of asked.names.entries()) {
    const own = Array.from(itemsOf(asked, number), item => asked.items[item] ?? '')
    for (const [place, { item, score }] of suggest(own, options.top).entries())
      table.row(
        options.json
          ? JSON.stringify({ basket, rank: place + 1, item, score })
          : `${csvField(basket)},${place + 1},${csvField(item)},${score}`,
      )
    await table.flushed()
    if (table.closed) break
  }
  await table.end()
  say(`suggested for ${grouped(asked.names.length)} baskets in ${seconds(performance.now() - began)}`)
}

function chosenMethod(baskets: Baskets, { method }: Options): Method {
  if (method !== 'auto') return methodNamed(method)
  const { method: chosen, measured, trials } = chooseMethod(baskets)
  const best = new Map<string, number>()
  for (const one of measured) best.set(one.method.model, Math.max(best.get(one.method.model) ?? 0, one.hitRate))
  const figures = [...best].map(([model, hitRate]) => `${model} ${hitRate.toFixed(3)}`).join(', ')
  say(`hit rate at 10 on ${grouped(trials)} items held back: ${figures}; using ${JSON.stringify(chosen)}`)
  return chosen
}

async function readBaskets(file: string): Promise<Baskets> {
  const began = performance.now()
  const name = file === '-' ? 'standard input' : file
  const reader = basketFile(name)
  try {
    const size = file === '-' ? 0 : (await stat(file)).size
    const raw = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1 << 20 })
    let read = 0
    raw.on('data', (chunk: Buffer | string) => {
      read += chunk.length
      if (size > 0) progress(`reading ${name}`, read / size)
    })
    const bytes: AsyncIterable<Buffer | string> = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw
    // A pipe does not hand on its source's failure.
    raw.on('error', (error: Error) => {
      if (bytes !== raw && 'destroy' in bytes && typeof bytes.destroy === 'function') bytes.destroy(error)
    })
    for await (const chunk of bytes) reader.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === '' || error instanceof DataAppError) throw error
    throw new DataAppError('BASKET_FILE_UNREADABLE', `${name} can't be read: ${code}`, {
      hint: 'Is the path right, and is it a readable file?',
      cause: error,
    })
  }
  const baskets = reader.end()
  progress('', 1)
  const counts = `${grouped(reader.lines)} lines, ${grouped(baskets.names.length)} baskets, ${grouped(baskets.items.length)} items`
  say(`read ${name}: ${counts} in ${seconds(performance.now() - began)}`)
  return baskets
}

/** A table on stdout, as CSV or as one JSON document. `flushed` waits while the reader at the other end is behind. */
function openTable(header: string[], { json }: Options, name: string) {
  const out = process.stdout
  let buffer = json ? `{"${name}":[` : `${header.join(',')}\n`
  let first = true
  let closed = false
  // The write's own callback says what went wrong; without a listener the event would end the process first.
  const heard = () => undefined
  out.on('error', heard)
  const write = () =>
    new Promise<void>((resolve, reject) => {
      const text = buffer
      buffer = ''
      if (closed) return resolve()
      out.write(text, error => {
        // Somebody piped into `head`: they have what they wanted.
        closed = systemCodeOf(error) === 'EPIPE'
        if (error && !closed) reject(error)
        else resolve()
      })
    })
  return {
    row(text: string) {
      buffer += json ? `${first ? '' : ','}\n${text}` : `${text}\n`
      first = false
    },
    flushed: () => (buffer.length > 1 << 18 ? write() : undefined),
    get closed() {
      return closed
    },
    async end() {
      if (json) buffer += '\n]}\n'
      await write()
      out.off('error', heard)
    },
  }
}

const say = (text: string): void => console.error(text)
const grouped = (count: number): string => count.toLocaleString('en-US')
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`

let shownAt = 0
/** A bar on a terminal, at most ten times a second; `done` of 1 wipes it. */
function progress(what: string, done: number): void {
  if (!process.stderr.isTTY || (done < 1 && performance.now() - shownAt < 100)) return
  shownAt = performance.now()
  const filled = Math.round(Math.min(1, done) * 30)
  process.stderr.write(
    done >= 1 ? '\r\x1b[K' : `\r${what} ${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${Math.floor(done * 100)} %`,
  )
}

function share(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0 && value <= 1))
    throw new InvalidArgumentError('must be a share above 0, at most 1, such as 0.02')
  return value
}

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('must be a whole number from 1')
  return value
}
