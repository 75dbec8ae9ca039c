import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { mayPass } from '#presentation/access.ts'
import { chainOwner } from '#shared/alerts/rule.ts'
import type { Log } from '#shared/log.ts'
import { type Alert, type AlertNews, seenBy } from '#shared/records/alert.ts'
import type { Changed } from '#shared/records/changed.ts'
import { type Bounds, scopeKey } from './person.ts'
import { isForeignOrigin } from './same-origin.ts'
import type { Signed } from './session.ts'
import type { Doorkeeper } from './signed.ts'

/** What the page is told. `seq` grows by one with every piece of news of this process; `epoch` is the process. */
export type LiveMessage =
  | { type: 'hello'; epoch: string; seq: number; version: string }
  | { type: 'changed'; seq: number; at: string; from: string; to: string; lines: number }
  | { type: 'alert'; seq: number; event: AlertNews['event']; alert: Alert }
  | { type: 'reload' }
  | { type: 'signed-out' }

/** Everybody connected who sees the same rows: what they are told is judged and written once for all of them. */
type Scope = { bounds: Bounds; stores: ReadonlySet<string>; clients: Set<Client> }
type Client = { socket: WebSocket; scope: Scope; person: string; session: string; alive: boolean }
/** A piece of news, what of it a scope is told (undefined: nothing), and whether it is for one person alone. */
type News = { seq: number; owner: string | undefined; textFor: (scope: Scope) => Buffer | undefined }

const newsKept = 1_000
const heartbeatMs = 30_000
/** Sessions that end by their age are noticed every so many heartbeats. */
const beatsPerJudgement = 20
const mostBuffered = 1_000_000

/**
 * The live door `/ws`. A client names the last news it had (`?epoch=…&seq=…`): it gets what it missed, or is told to reload when that is no longer
 * kept. News goes only to those whose rows it touches, and says neither which stores nor which sellers.
 */
export class Live {
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 4_096,
    clientTracking: false,
  })
  readonly #clients = new Set<Client>()
  readonly #scopes = new Map<string, Scope>()
  readonly #epoch = randomUUID()
  readonly #doorkeeper: Doorkeeper
  readonly #log: Log
  readonly #version: string
  readonly #heartbeat: NodeJS.Timeout
  #news: News[] = []
  #told = new Set<string>()
  #seq = 0
  #beats = 0
  #judgements = 0

  /** `version` is told to every page, so that one of an older version knows. */
  constructor(doorkeeper: Doorkeeper, log: Log, version: string) {
    this.#version = version
    this.#doorkeeper = doorkeeper
    this.#log = log
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs)
    this.#heartbeat.unref()
  }

  /** The newest news so far. What is asked after reading it contains that news. */
  get heard(): { epoch: string; seq: number } {
    return { epoch: this.#epoch, seq: this.#seq }
  }

  get connected(): number {
    return this.#clients.size
  }

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      this.#upgrade(request, socket, head).catch((error: unknown) => {
        this.#log.warn({ err: error }, 'a live connection failed')
        socket.destroy()
      })
    })
  }

  announce(changed: Changed): void {
    const { at, from, to, lines } = changed
    const text = message({ type: 'changed', seq: this.#seq + 1, at, from, to, lines })
    this.#tell(undefined, scope => (touches(changed, scope) ? text : undefined))
  }

  /** Tells an alert to those within whose scope its cause lies, each as much of it as they may see. */
  alert({ v: _version, event, ...alert }: AlertNews): void {
    // The bus may bring a message again after a crash.
    const key = `${event} ${alert.id} ${alert.reminder}`
    if (this.#told.has(key)) return
    this.#told.add(key)
    if (this.#told.size > 2 * newsKept) this.#told = new Set([...this.#told].slice(-newsKept))
    const seq = this.#seq + 1
    this.#tell(alert.owner === chainOwner ? undefined : alert.owner, ({ bounds }) => {
      const seen = seenBy(alert, alert.owner, bounds)
      return seen && message({ type: 'alert', seq, event, alert: seen })
    })
  }

  /** Tells every page to ask again, when there is news but not who may hear it. */
  reload(): void {
    const text = message({ type: 'reload' })
    this.#tell(undefined, () => text)
  }

  #tell(owner: string | undefined, textFor: News['textFor']): void {
    this.#seq += 1
    this.#news.push({ seq: this.#seq, owner, textFor })
    if (this.#news.length > newsKept) this.#news = this.#news.slice(-newsKept / 2)
    for (const scope of this.#scopes.values()) {
      const text = textFor(scope)
      if (text === undefined) continue
      for (const client of scope.clients) if (owner === undefined || client.person === owner) this.#send(client, text)
    }
  }

  /** Ends the connections of one session. */
  signedOut(session: string): void {
    for (const client of this.#clients) if (client.session === session) letGo(client)
  }

  /** Judges every connection anew: whoever may no longer listen is let go, and whoever may see other rows now has to connect again under the new scope. */
  async judge(): Promise<void> {
    this.#judgements += 1
    const clients = [...this.#clients]
    const still = await this.#doorkeeper.stillSigned(clients.map(client => client.session))
    for (const client of clients) {
      const signed = still.get(client.session)
      if (signed === undefined || !mayPass(signed.person.role, 'live.receive')) letGo(client)
      else if (scopeKey(signed.person) !== scopeKey(client.scope.bounds)) client.socket.close(1012, 'judged anew')
    }
  }

  close(): void {
    clearInterval(this.#heartbeat)
    for (const { socket } of this.#clients) socket.close(1001, 'the server stops')
    setTimeout(() => {
      for (const { socket } of this.#clients) socket.terminate()
    }, 1_000).unref()
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://here')
    if (url.pathname !== '/ws') return refuse(socket, '404 Not Found')
    if (isForeignOrigin(request)) return refuse(socket, '403 Forbidden')
    const signed = await this.#surely(request)
    if (signed === undefined) return refuse(socket, '401 Unauthorized')
    if (!mayPass(signed.person.role, 'live.receive')) return refuse(socket, '403 Forbidden')
    const had = url.searchParams
    this.#server.handleUpgrade(request, socket, head, opened => this.#welcome(opened, signed, had))
  }

  /** Who asks; asked again when access changed meanwhile, as a judgement does not see who is still on the way in. */
  async #surely(request: IncomingMessage): Promise<Signed | undefined> {
    for (;;) {
      const judgements = this.#judgements
      const signed = await this.#doorkeeper.whoIs(request)
      if (judgements === this.#judgements) return signed
    }
  }

  #welcome(socket: WebSocket, { person, id }: Signed, had: URLSearchParams): void {
    const scope = this.#scopeOf(person)
    const client: Client = { socket, scope, person: person.id, session: id, alive: true }
    this.#clients.add(client)
    scope.clients.add(client)
    socket.on('close', () => this.#forget(client))
    socket.on('error', () => socket.terminate())
    socket.on('pong', () => {
      client.alive = true
    })
    this.#send(client, message({ type: 'hello', epoch: this.#epoch, seq: this.#seq, version: this.#version }))
    for (const text of this.#missed(client, had)) this.#send(client, text)
  }

  /** The scope of these bounds, one object for everybody in it: ten thousand connections do not keep ten thousand lists of stores. */
  #scopeOf(person: Bounds): Scope {
    const key = scopeKey(person)
    const known = this.#scopes.get(key)
    if (known !== undefined) return known
    const scope: Scope = {
      bounds: boundsOf(person),
      stores: new Set(person.role === 'manager' ? person.stores : []),
      clients: new Set(),
    }
    this.#scopes.set(key, scope)
    return scope
  }

  #forget(client: Client): void {
    const { scope } = client
    this.#clients.delete(client)
    scope.clients.delete(client)
    if (scope.clients.size === 0) this.#scopes.delete(scopeKey(scope.bounds))
  }

  #missed(client: Client, had: URLSearchParams): Buffer[] {
    const epoch = had.get('epoch')
    if (epoch === null) return []
    const seq = Number(had.get('seq'))
    const oldest = this.#news[0]?.seq ?? this.#seq + 1
    const reload = message({ type: 'reload' })
    if (epoch !== this.#epoch || !Number.isInteger(seq) || seq > this.#seq || seq + 1 < oldest) return [reload]
    return this.#news
      .filter(news => news.seq > seq && (news.owner === undefined || news.owner === client.person))
      .flatMap(news => news.textFor(client.scope) ?? [])
  }

  #send({ socket }: Client, text: Buffer): void {
    if (socket.bufferedAmount > mostBuffered) socket.terminate()
    else socket.send(text, asText)
  }

  #beat(): void {
    this.#beats += 1
    if (this.#beats % beatsPerJudgement === 0)
      this.judge().catch((error: unknown) => this.#log.warn({ err: error }, 'live connections could not be judged'))
    for (const client of this.#clients) {
      if (!client.alive) client.socket.terminate()
      else {
        client.alive = false
        client.socket.ping()
      }
    }
  }
}

const asText = { binary: false }

function message(given: LiveMessage): Buffer {
  return Buffer.from(JSON.stringify(given))
}

function letGo({ socket }: Client): void {
  socket.send(message({ type: 'signed-out' }), asText)
  socket.close(4401, 'signed out')
}

/** What bounds a person, without saying who they are. */
function boundsOf(person: Bounds): Bounds {
  switch (person.role) {
    case 'admin':
      return { role: 'admin' }
    case 'manager':
      return { role: 'manager', stores: person.stores }
    case 'seller':
      return { role: 'seller', seller: person.seller }
  }
}

/** Whether news concerns rows of a scope. A list that was left out concerns everybody. */
function touches({ kind, stores, sellers }: Changed, scope: Scope): boolean {
  switch (scope.bounds.role) {
    case 'admin':
      return true
    case 'manager':
      return stores === null || kind === 'dimensions' || stores.some(store => scope.stores.has(store))
    case 'seller':
      return sellers === null || kind === 'dimensions' || sellers.includes(scope.bounds.seller)
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
