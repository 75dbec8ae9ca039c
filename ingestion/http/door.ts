import type { IncomingMessage, ServerResponse } from 'node:http'
import { consumerGroups, topics } from '#shared/agreement.ts'
import { type Body, bodyOf } from '#shared/body.ts'
import type { Message } from '#shared/bus/bus.ts'
import { MAX_MESSAGE_BYTES, weightOf } from '#shared/bus/message-limit.ts'
import { DataAppError } from '#shared/error.ts'
import { parseJson } from '#shared/json.ts'
import type { Parts } from '#shared/parts.ts'
import { rejectedOf } from '#shared/records/rejected.ts'
import { encodeSale, type Sale } from '#shared/records/sale.ts'
import { dateReader, isoFormats, typedFormats } from '../map/date.ts'
import { type Problem, problem } from '../map/sale.ts'
import { openCollector } from './collector.ts'
import type { Keys } from './keys.ts'
import type { ToldCounts, ToldText } from './told-counts.ts'
import { toldSale } from './told-sale.ts'

export const salesPath = '/v1/sales'

const largestBody = 4 * 1024 * 1024
const mostSales = 5_000
/** Per sender: this many requests a second, with twice as many at once. */
const requestsPerSecond = 5_000
/** More messages than this waiting for the bus: the sender has to slow down. */
const mostWaiting = 20_000
const lagEveryMs = 1_000

type Told = { index: number; field: string; rule: string; message: string }
type Answer = { status: number; body: Record<string, unknown>; retryAfter?: number }

/** `POST /v1/sales`: answers 202 only when the bus holds the sales durably. */
export function salesDoor(
  { bus, config, log, metrics }: Pick<Parts, 'bus' | 'config' | 'log' | 'metrics'>,
  keys: Keys,
  counts: Pick<ToldCounts, 'add'>,
) {
  const sales = openCollector(bus, topics.sales)
  const dead = openCollector(bus, topics.rejected)
  const date = dateReader([...typedFormats, ...isoFormats], undefined, config.DATAAPP_TIME_ZONE)
  const requests = metrics.counter('dataapp_http_sales_requests_total', 'Requests to POST /v1/sales, by answer', [
    'status',
  ])
  const told = metrics.counter('dataapp_http_sales_total', 'Sales told over HTTP', ['outcome'])
  const allowance = new Map<string, { left: number; atMs: number }>()
  let behind = false
  let lagAskedMs = 0
  let lastVersion = 0

  /** Microseconds that never stand still, so that the later of two statements in one millisecond wins. A statement takes the next one for what it withdraws. */
  const nextVersion = () => {
    lastVersion = Math.max(Date.now() * 1000, lastVersion + 4)
    return lastVersion
  }

  const askLag = () => {
    if (Date.now() - lagAskedMs < lagEveryMs) return
    lagAskedMs = Date.now()
    bus.lag(topics.sales, consumerGroups.sales).then(
      lag => {
        behind = lag > config.DATAAPP_LAG_LIMIT
      },
      () => {},
    )
  }

  const isAllowed = (sender: string): boolean => {
    const now = Date.now()
    const kept = allowance.get(sender) ?? { left: requestsPerSecond * 2, atMs: now }
    const left = Math.min(requestsPerSecond * 2, kept.left + ((now - kept.atMs) / 1000) * requestsPerSecond)
    allowance.set(sender, { left: Math.max(0, left - 1), atMs: now })
    return left >= 1
  }

  const take = async (request: IncomingMessage): Promise<Answer> => {
    const sender = keys.senderOf(keyOf(request))
    if (sender === undefined)
      return refusal(401, 'No such API key.', 'Send the key of this till as "Authorization: Bearer …".')
    if (!isAllowed(sender))
      return { ...refusal(429, 'Too many requests.', 'Several sales go into one request.'), retryAfter: 1 }
    askLag()
    if (behind || sales.waiting > mostWaiting)
      return { ...refusal(429, 'Processing is behind.', 'Send it again later.'), retryAfter: 5 }
    const body = await bodyOf(request, largestBody)
    if (typeof body === 'string') return unreadable[body]
    const { text } = body
    const isLines = /ndjson|jsonl|json-seq/.test(request.headers['content-type'] ?? '')
    const records = isLines ? ndjsonRecords(text) : jsonRecords(text)
    if (records === undefined)
      return refusal(
        400,
        'The body is not JSON.',
        'One sale, an array of sales, {"sales": […]}, or NDJSON with content-type application/x-ndjson.',
      )
    if (records.length > mostSales)
      return refusal(413, `More than ${mostSales} sales in one request.`, 'Send fewer at a time.')
    return publish(sender, records)
  }

  const publish = async (sender: string, records: readonly { value: unknown; raw: string }[]): Promise<Answer> => {
    const messages: Message[] = []
    const accepted: ToldText[] = []
    const problems: Told[] = []
    const letters: Message[] = []
    for (const [index, { value, raw }] of records.entries()) {
      const told = messageOf(toldSale(value, { source: sender, version: nextVersion(), date }))
      if ('rule' in told) {
        problems.push({ index, ...told })
        letters.push({ key: sender, value: Buffer.from(JSON.stringify(letterOf(sender, told, raw))) })
        continue
      }
      messages.push(told.message)
      accepted.push({ store: told.store, sale: told.sale, raw })
    }
    await Promise.all([
      messages.length === 0 ? undefined : sales.publish(messages),
      letters.length === 0 ? undefined : dead.publish(letters),
    ])
    counts.add({ sender, accepted, rejected: problems.length })
    told.inc({ outcome: 'accepted' }, messages.length)
    told.inc({ outcome: 'rejected' }, problems.length)
    const status = messages.length === 0 && problems.length > 0 ? 422 : 202
    return { status, body: { accepted: messages.length, rejected: problems.length, problems } }
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = await take(request).catch((error: unknown): Answer => {
      if (error instanceof DataAppError) {
        log.error({ code: error.code }, error.message)
        const full = error.code === 'BUS_FULL'
        return {
          ...refusal(error.code === 'BUS_MESSAGE_TOO_LARGE' ? 413 : 503, error.message, error.hint),
          retryAfter: full ? 30 : 5,
        }
      }
      if (request.destroyed && !request.complete) {
        log.debug({ err: error }, 'a sender went away before its request was whole')
        return refusal(400, 'The request is not whole.', 'Send it again.')
      }
      log.error({ err: error }, 'a request with sales failed')
      return refusal(500, 'Something went wrong here.', 'Send it again; a sale that is told twice counts once.')
    })
    requests.inc({ status: String(answer.status) })
    response.writeHead(answer.status, {
      'content-type': answer.status < 300 || answer.status === 422 ? 'application/json' : 'application/problem+json',
      ...(answer.retryAfter === undefined ? {} : { 'retry-after': String(answer.retryAfter) }),
      ...(answer.status === 413 ? { connection: 'close' } : {}),
    })
    response.end(JSON.stringify(answer.body))
  }
}

/** A sale as the bus takes it. One that it would refuse would be refused together with those that came at the same time. */
function messageOf(told: Sale | Problem): { message: Message; store: string; sale: string } | Problem {
  if ('rule' in told) return told
  const message = { key: told.store, value: Buffer.from(encodeSale(told)) }
  if (weightOf(message) <= MAX_MESSAGE_BYTES) return { message, store: told.store, sale: told.sale }
  return problem('lines', 'too-large', `are more than ${MAX_MESSAGE_BYTES} bytes together`)
}

/** What a sender calls a field that no sale has may be anybody's name: it is kept in the message, which is sealed, not as the field. */
function letterOf(sender: string, { field, rule, message }: Problem, raw: string) {
  const why = rule === 'unknown' ? { field: '', rule, message: `"${field}" ${message}` } : { field, rule, message }
  return rejectedOf(
    'ingestion',
    { ...why, source: sender, file: `http:${sender}`, line: 0, raw: raw.slice(0, 20_000) },
    new Date(),
  )
}

function refusal(status: number, title: string, detail: string): Answer {
  return { status, body: { status, title, detail } }
}

function keyOf(request: IncomingMessage): string {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const own = request.headers['x-api-key']
  return bearer ?? (typeof own === 'string' ? own : '')
}

const unreadable: Record<Exclude<Body, { text: string }>, Answer> = {
  'too-large': refusal(413, `The request is larger than ${largestBody} bytes.`, 'Send fewer sales at a time.'),
  'not-utf8': refusal(400, 'The body is not UTF-8.', 'JSON is sent in UTF-8, whatever the till itself works with.'),
  damaged: refusal(400, 'The body can not be unpacked.', 'Is it whole, and is it what its content-encoding says?'),
  'unknown-encoding': refusal(415, 'The body has an unknown content-encoding.', 'Send it as it is, or in gzip.'),
}

function jsonRecords(body: string): { value: unknown; raw: string }[] | undefined {
  const parsed = parseJson(body)
  if (typeof parsed !== 'object' || parsed === null) return ndjsonIf(body)
  const list: unknown[] = Array.isArray(parsed)
    ? parsed
    : 'sales' in parsed && Array.isArray(parsed.sales)
      ? parsed.sales
      : [parsed]
  return list.map(value => ({ value, raw: list.length === 1 && !Array.isArray(parsed) ? body : JSON.stringify(value) }))
}

/** NDJSON that says it is JSON: several objects, one a line. */
function ndjsonIf(body: string): { value: unknown; raw: string }[] | undefined {
  const first = parseJson(body.trim().split('\n')[0] ?? '')
  return typeof first === 'object' && first !== null ? ndjsonRecords(body) : undefined
}

function ndjsonRecords(body: string): { value: unknown; raw: string }[] {
  return body.split('\n').flatMap(line => (line.trim() === '' ? [] : [{ value: parseJson(line), raw: line.trim() }]))
}
