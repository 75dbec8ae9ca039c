import type { LiveMessage } from '../server/live.ts'
import type { SessionView } from '../server/session-routes.ts'
import { dropAhead } from './ahead.ts'
import { call, session } from './call.ts'
import { onceDrawn } from './first-drawn.ts'
import { isOutdated } from './location.ts'
import { storeOf } from './store.ts'

export type Connection = 'connecting' | 'on' | 'lost' | 'back'

export const connection = storeOf<Connection>('connecting')
/** Grows whenever what was asked before may read differently now. */
export const freshness = storeOf(0)
/** The latest alert that was raised while the page was open. */
export const raised = storeOf<{ id: string; name: string } | undefined>(undefined)
export const lastNews = storeOf<Date | undefined>(undefined)

const gatherMs = 80
/** The server closes with this when what the person may see has changed. */
const judgedAnew = 1012
/** The script of this page: another name on the server is another version. */
const ownScript = document.querySelector<HTMLScriptElement>('script[type="module"]')?.getAttribute('src') ?? ''
let socket: WebSocket | undefined
let had: { epoch: string; seq: number } | undefined
let tries = 0
let gathering = false
let noticing: ReturnType<typeof setTimeout> | undefined

addEventListener('online', () => connect())
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') connect()
})

/** Keeps the live connection while somebody is signed in. */
export function stayLive(): void {
  connect()
}

export function leaveLive(): void {
  had = undefined
  socket?.close()
}

function connect(): void {
  const signed = session.get()
  if (socket !== undefined || typeof signed === 'string') return
  had ??= { ...signed.heard }
  const query = `?epoch=${had.epoch}&seq=${had.seq}`
  const opened = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws${query}`)
  socket = opened
  opened.onmessage = event => {
    dropAhead()
    read(JSON.parse(String(event.data)))
  }
  opened.onclose = ({ code }) => {
    dropAhead()
    socket = undefined
    if (code === judgedAnew) askWhoIAm()
    if (typeof session.get() === 'string') return
    noticing ??= setTimeout(() => connection.set('lost'), 1_500)
    tries += 1
    setTimeout(connect, Math.min(500 * 2 ** tries, 15_000) * (0.7 + Math.random() * 0.6))
  }
}

/** Role or scope have changed: the frame and everything on the page is asked anew. */
function askWhoIAm(): void {
  call<SessionView>('/api/v1/session').then(
    view => {
      session.set(view)
      refreshSoon()
    },
    () => {},
  )
}

function read(message: LiveMessage): void {
  switch (message.type) {
    case 'hello':
      clearTimeout(noticing)
      noticing = undefined
      tries = 0
      if (connection.get() === 'lost') {
        connection.set('back')
        setTimeout(() => connection.get() === 'back' && connection.set('on'), 4_000)
      } else connection.set('on')
      isOutdated.set(message.version !== ownScript)
      had = had?.epoch === message.epoch ? had : { epoch: message.epoch, seq: message.seq }
      break
    case 'changed':
      if (had !== undefined) had.seq = message.seq
      lastNews.set(new Date())
      refreshSoon()
      break
    case 'alert':
      if (had !== undefined) had.seq = message.seq
      if (message.event === 'fired') raised.set({ id: message.alert.id, name: message.alert.name })
      refreshSoon()
      break
    case 'reload':
      refreshSoon()
      break
    case 'signed-out':
      session.set('ended')
      break
  }
}

/** Asks everything on the page anew, once for news that come together; a page that is still being drawn is drawn first. */
function refreshSoon(): void {
  if (gathering) return
  gathering = true
  setTimeout(() => {
    onceDrawn(() => {
      gathering = false
      freshness.set(freshness.get() + 1)
    })
  }, gatherMs)
}
