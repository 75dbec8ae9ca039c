import { type Request, type Response, Router } from 'express'
import { mayPass } from '#presentation/access.ts'
import type { Config } from '#shared/config.ts'
import { DataAppError, messageOf, systemCodeOf } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import { type Ask, composed, type Narrowing } from '../ask.ts'
import { sendText } from '../encoding.ts'
import type { Person } from '../person.ts'
import type { Doorkeeper } from '../signed.ts'
import { type Addressed, addressedBy } from './address.ts'
import { metadataJson, metadataXml, serviceDocument } from './metadata.ts'
import { nextLink, pageSizeOf } from './paging.ts'
import { isGrouped, type Query, tokenOf } from './query.ts'
import { countSql, pageSql, placeOf, type Statement } from './query-sql.ts'
import { Refusal, refusalBody } from './refusal.ts'
import { type Row, rowJson } from './value.ts'

export type FeedParts = { config: Config; ask: Ask; doorkeeper: Doorkeeper; log: Log }

/** What one query may cost. Groups that don't fit into memory go to disk; beyond the rest it is refused with what to do. */
const limits = {
  max_execution_time: 30,
  max_memory_usage: 400_000_000,
  max_bytes_before_external_group_by: 150_000_000,
  max_bytes_before_external_sort: 150_000_000,
  max_threads: 2,
  prefer_column_name_to_alias: 1,
} as const
const atOnce = 3
const everything: Narrowing = { stores: [] }
const xmlType = 'application/xml; charset=utf-8'

/** The OData v4 feed: read-only, by a person's token (bearer, or Basic with the token as password) or their session, within that person's scope. */
export function odataFeed({ config, ask, doorkeeper, log }: FeedParts): Router {
  const router = Router({ caseSensitive: true })
  const running = new Map<string, number>()
  const zone = config.DATAAPP_TIME_ZONE

  router.use(async (request, response) => {
    response.set({ 'odata-version': '4.0', 'cache-control': 'no-store' })
    try {
      await answer(request, response)
    } catch (error) {
      refuse(response, toRefusal(error, request, log))
    }
  })
  return router

  async function answer(request: Request, response: Response): Promise<void> {
    if (!['GET', 'HEAD'].includes(request.method))
      throw new Refusal('MethodNotAllowed', 'The feed can only be read.', undefined, { allow: 'GET, HEAD' })
    const person = await whoAsks(request)
    const root = `${config.DATAAPP_PUBLIC_URL?.replace(/\/+$/, '') ?? `${request.protocol}://${request.host}`}/odata/v4`
    const asked = addressedBy(request)
    const json = jsonType(request, asked)
    const send = (text: string) => sendText(request, response, json.type, text)
    switch (asked.kind) {
      case 'service':
        return send(JSON.stringify(serviceDocument(root)))
      case 'metadata':
        return json.wanted ? send(JSON.stringify(metadataJson())) : sendText(request, response, xmlType, metadataXml())
      case 'count': {
        const rows = await limited(person, () => countOf(person, asked.query))
        return sendText(request, response, 'text/plain; charset=utf-8', String(rows))
      }
      case 'entity': {
        const { rows } = await limited(person, () => pageOf(person, asked.query, 1))
        const [row] = rows
        if (row === undefined) throw new Refusal('NotFound', 'There is nothing with this key within what you may see.')
        const body = rowJson(row, asked.query.select, asked.query.columns, json.asText).slice(1)
        return send(
          `{"@odata.context":${JSON.stringify(`${contextOf(root, asked.query, asked.whole)}/$entity`)},${body}`,
        )
      }
      case 'set':
        return send(await limited(person, () => setText(person, asked, request, response, root, json.asText)))
    }
  }

  async function setText(
    person: Person,
    { query, options, whole }: Extract<Addressed, { kind: 'set' }>,
    request: Request,
    response: Response,
    root: string,
    asText: boolean,
  ): Promise<string> {
    const size = pageSizeOf(request, response)
    const wanted = Math.min(size, query.top ?? size)
    const [page, count] = await Promise.all([
      wanted === 0 ? { rows: [], more: false } : pageOf(person, query, wanted),
      query.count ? countOf(person, query) : undefined,
    ])
    const last = page.rows.at(-1)
    const left = query.top === undefined ? undefined : query.top - page.rows.length
    const before = query.after?.kind === 'place' ? query.after.rows : query.skip
    const after =
      placeOf(query) === 'key' && last !== undefined
        ? { kind: 'key' as const, values: query.set.key.map(name => String(last[name])) }
        : { kind: 'place' as const, rows: before + page.rows.length }
    const next =
      page.more && left !== 0 ? nextLink(`${root}/${query.set.name}`, options, tokenOf(after), left) : undefined
    const parts = [
      `"@odata.context":${JSON.stringify(contextOf(root, query, whole))}`,
      ...(count === undefined ? [] : [`"@odata.count":${count}`]),
      `"value":[${page.rows.map(row => rowJson(row, query.select, query.columns, asText)).join(',\n')}]`,
      ...(next === undefined ? [] : [`"@odata.nextLink":${JSON.stringify(next)}`]),
    ]
    return `{${parts.join(',')}}`
  }

  async function whoAsks(request: Request): Promise<Person> {
    const token = basicPassword(request)
    const signed = token === undefined ? await doorkeeper.whoIs(request) : await doorkeeper.holderOf(token)
    if (signed === undefined)
      throw new Refusal('Unauthorized', 'Send a token of yours: as bearer, or as the password of Basic.', undefined, {
        'www-authenticate': 'Basic realm="DataApp", charset="UTF-8"',
      })
    if (!mayPass(signed.person.role, 'odata.read'))
      throw new Refusal('Forbidden', `The role ${signed.person.role} may not read the feed.`)
    return signed.person
  }

  async function limited<T>(person: Person, work: () => Promise<T>): Promise<T> {
    const now = running.get(person.id) ?? 0
    if (now >= atOnce)
      throw new Refusal('TooManyQueries', `You have ${atOnce} queries running. Try again in a moment.`, undefined, {
        'retry-after': '2',
      })
    running.set(person.id, now + 1)
    try {
      return await work()
    } finally {
      const rest = (running.get(person.id) ?? 1) - 1
      if (rest === 0) running.delete(person.id)
      else running.set(person.id, rest)
    }
  }

  async function pageOf(person: Person, query: Query, size: number): Promise<{ rows: Row[]; more: boolean }> {
    const rows = await run<Row>(person, query, pageSql(query, size, person.role === 'admin', zone))
    return { rows: rows.slice(0, size), more: rows.length > size }
  }

  async function countOf(person: Person, query: Query): Promise<string> {
    const rows = await run<{ rows: string }>(person, query, countSql(query, person.role === 'admin', zone))
    return rows[0]?.rows ?? '0'
  }

  function run<R extends object>(person: Person, { set }: Query, { sql, params }: Statement): Promise<R[]> {
    return ask(person, composed<Record<string, unknown>, R>(`odata ${set.name}`, sql, limits), everything, params)
  }
}

function contextOf(root: string, query: Query, whole: boolean): string {
  const names = whole && !isGrouped(query) ? '' : `(${query.select.join(',')})`
  return `${root}/$metadata#${query.set.name}${names}`
}

/** Excel and Power BI send Basic: any user name, the token as password. */
function basicPassword(request: Request): string | undefined {
  const [scheme, given] = (request.headers.authorization ?? '').split(' ', 2)
  if (scheme?.toLowerCase() !== 'basic' || given === undefined) return undefined
  const text = Buffer.from(given, 'base64').toString('utf8')
  return text.slice(text.indexOf(':') + 1)
}

function jsonType(request: Request, asked: Addressed): { type: string; wanted: boolean; asText: boolean } {
  const format = asked.options.get('$format')
  const accept = format === undefined || format === '' ? (request.headers.accept ?? '*/*') : format
  const wanted = /\bjson\b/i.test(accept)
  const any = accept.includes('*/*') || (asked.kind === 'metadata' && /\bxml\b/i.test(accept)) || asked.kind === 'count'
  if (!wanted && !any)
    throw new Refusal('NotAcceptable', 'The feed answers in application/json; its metadata in XML too.')
  const asText = /IEEE754Compatible\s*=\s*true/i.test(accept)
  const metadata = /odata\.metadata\s*=\s*none/i.test(accept) ? 'none' : 'minimal'
  const exact = asText ? ';IEEE754Compatible=true' : ''
  return { type: `application/json;odata.metadata=${metadata}${exact};charset=utf-8`, wanted, asText }
}

function refuse(response: Response, refusal: Refusal): void {
  if (response.headersSent) return void response.end()
  response
    .status(refusal.status)
    .set(refusal.headers)
    .set('content-type', 'application/json;odata.metadata=minimal;charset=utf-8')
    .end(refusalBody(refusal))
}

function toRefusal(error: unknown, request: Request, log: Log): Refusal {
  if (error instanceof Refusal) return error
  const costly = 'Ask for less: a shorter period in $filter, fewer properties, or sums by $apply.'
  if (error instanceof DataAppError && ['WAREHOUSE_TIMEOUT', 'WAREHOUSE_MEMORY'].includes(error.code))
    return new Refusal('QueryTooCostly', `This took more than one query may. ${costly}`)
  if (error instanceof DataAppError && error.code.startsWith('WAREHOUSE_'))
    return new Refusal('Unavailable', 'The warehouse is starting again. Try once more in a moment.', undefined, {
      'retry-after': '2',
    })
  // A sum or a comparison beyond 38 digits is the query's doing.
  if (systemCodeOf(error) === '407') return new Refusal('BadQuery', 'A number in this query is too large.')
  log.error({ path: request.path, err: error, cause: messageOf(error) }, 'an OData query failed')
  return new Refusal('Internal', 'The failure has been logged. Try again; tell the operator if it stays.')
}
