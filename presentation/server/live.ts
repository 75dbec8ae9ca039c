import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { mayPass } from '#presentation/access.ts'
import type { Log } from '#shared/log.ts'
import { type Alert, type AlertNews, seenBy } from '#shared/records/alert.ts'
import type { Changed } from '#shared/records/changed.ts'
import { type Person, scopeKey } from './person.ts'
import { isForeignOrigin } from './same-origin.ts'
import type { Signed } from './session.ts'
import type { Doorkeeper } from './signed.ts'

/** What the page is told. `seq` grows by one with every piece of news of this process; `epoch` is the process. */
export type LiveMessage =
  | { type: 'hello'; epoch: string; seq: number }
  | { type: 'changed'; seq: number; at: string; from: string; to: string; lines: number }
  | { type: 'alert'; seq: number; event: AlertNews['event']; alert: Alert }
  | { type: 'reload' }
  | { type: 'signed-out' }

type Client = { socket: WebSocket; person: Person; session: string; alive: boolean }
/** A piece of news and what of it a person is told; undefined when it is none of theirs. */
type News = { seq: number; textFor: (person: Person) => string | undefined }

const newsKept = 1_000
const heartbeatMs = 30_000
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
  readonly #epoch = randomUUID()
  readonly #doorkeeper: Doorkeeper
  readonly #log: Log
  readonly #heartbeat: NodeJS.Timeout
  #news: News[] = []
  #told = new Set<string>()
  #seq = 0

  constructor(doorkeeper: Doorkeeper, log: Log) {
    this.#doorkeeper = doorkeeper
    this.#log = log
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs)
    this.#heartbeat.unref()
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
    this.#seq += 1
    const { at, from, to, lines } = changed
    const text = JSON.stringify({ type: 'changed', seq: this.#seq, at, from, to, lines } satisfies LiveMessage)
    const verdicts = new Map<string, boolean>()
    this.#tell(person => {
      const key = scopeKey(person)
      const concerned = verdicts.get(key) ?? touches(changed, person)
      verdicts.set(key, concerned)
      return concerned ? text : undefined
    })
  }

  /** Tells an alert to those within whose scope its cause lies, each as much of it as they may see. */
  alert({ v: _version, event, ...alert }: AlertNews): void {
    // The bus may bring a message again after a crash.
    const key = `${event} ${alert.id} ${alert.reminder}`
    if (this.#told.has(key)) return
    this.#told.add(key)
    if (this.#told.size > 2 * newsKept) this.#told = new Set([...this.#told].slice(-newsKept))
    this.#seq += 1
    const seq = this.#seq
    this.#tell(person => {
      const seen = seenBy(alert, person.id, person)
      return seen && JSON.stringify({ type: 'alert', seq, event, alert: seen } satisfies LiveMessage)
    })
  }

  #tell(textFor: News['textFor']): void {
    this.#news.push({ seq: this.#seq, textFor })
    if (this.#news.length > newsKept) this.#news = this.#news.slice(-newsKept / 2)
    for (const client of this.#clients) {
      const text = textFor(client.person)
      if (text !== undefined) this.#send(client, text)
    }
  }

  /** Ends the connections of one session. */
  signedOut(session: string): void {
    for (const client of this.#clients) {
      if (client.session !== session) continue
      client.socket.send(JSON.stringify({ type: 'signed-out' } satisfies LiveMessage))
      client.socket.close(4401, 'signed out')
    }
  }

  /** Ends the connections of a person whose rights have changed: their pages come back at once, and are judged anew. */
  personChanged(person: string): void {
    for (const client of this.#clients) if (client.person.id === person) client.socket.close(1012, 'judged anew')
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
    const signed = await this.#doorkeeper.whoIs(request)
    if (signed === undefined) return refuse(socket, '401 Unauthorized')
    if (!mayPass(signed.person.role, 'live.receive')) return refuse(socket, '403 Forbidden')
    this.#server.handleUpgrade(request, socket, head, opened => this.#welcome(opened, signed, url.searchParams))
  }

  #welcome(socket: WebSocket, signed: Signed, had: URLSearchParams): void {
    const client = { socket, person: signed.person, session: signed.id, alive: true }
    this.#clients.add(client)
    socket.on('close', () => this.#clients.delete(client))
    socket.on('error', () => socket.terminate())
    socket.on('pong', () => {
      client.alive = true
    })
    this.#send(client, JSON.stringify({ type: 'hello', epoch: this.#epoch, seq: this.#seq } satisfies LiveMessage))
    for (const text of this.#missed(client, had)) this.#send(client, text)
  }

  #missed(client: Client, had: URLSearchParams): string[] {
    const epoch = had.get('epoch')
    if (epoch === null) return []
    const seq = Number(had.get('seq'))
    const oldest = this.#news[0]?.seq ?? this.#seq + 1
    const reload = JSON.stringify({ type: 'reload' } satisfies LiveMessage)
    if (epoch !== this.#epoch || !Number.isInteger(seq) || seq > this.#seq || seq + 1 < oldest) return [reload]
    return this.#news.filter(news => news.seq > seq).flatMap(news => news.textFor(client.person) ?? [])
  }

  #send(client: Client, text: string): void {
    if (client.socket.bufferedAmount > mostBuffered) client.socket.terminate()
    else client.socket.send(text)
  }

  #beat(): void {
    for (const client of this.#clients) {
      if (!client.alive) client.socket.terminate()
      else {
        client.alive = false
        client.socket.ping()
      }
    }
  }
}

/** Whether news concerns rows that a person may see. A list that was left out concerns everybody. */
export function touches(changed: Changed, person: Person): boolean {
  switch (person.role) {
    case 'admin':
      return true
    case 'manager': {
      if (changed.stores === null || changed.kind === 'dimensions') return true
      const scope = new Set(person.stores)
      return changed.stores.some(store => scope.has(store))
    }
    case 'seller':
      return changed.sellers === null || changed.kind === 'dimensions' || changed.sellers.includes(person.seller)
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
