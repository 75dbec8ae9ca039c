import type { SessionView } from '../server/session-routes.ts'
import type { SignInOffers } from '../server/sign-in/open-doors.ts'
import { dropViews, keptSince, noteAnswer } from './kept.ts'
import { storeOf } from './store.ts'

/** What the server said instead of an answer. */
export class CallFailed extends Error {
  readonly status: number
  readonly kind: string

  constructor(status: number, kind: string, detail: string) {
    super(detail)
    this.status = status
    this.kind = kind
  }
}

type Session = SessionView | 'none' | 'ended'

const first = readFirst()
/** A page that was kept brings old answers along: they are shown at once, but what is known since counts. */
export const isKeptPage = keptSince.get() !== undefined
export const session = storeOf<Session>(first.session ?? 'none')

/** Asks the API. A session that is over shows the sign-in again, wherever the person was. */
export async function call<T>(
  path: string,
  init: { method?: string; body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  const ready = init.method === undefined && !isKeptPage ? takeFirst<T>(path) : undefined
  if (ready !== undefined) return ready
  const response = await fetch(path, {
    method: init.method ?? 'GET',
    ...(init.body === undefined
      ? {}
      : { body: JSON.stringify(init.body), headers: { 'content-type': 'application/json' } }),
    ...(init.signal === undefined ? {} : { signal: init.signal }),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new CallFailed(0, 'unreachable', '')
  })
  if (init.method === undefined) noteAnswer(response)
  if (response.ok) return response.status === 204 ? JSON.parse('null') : response.json()
  const problem: { type?: string; detail?: string } = await response.json().catch(() => ({}))
  const kind = (problem.type ?? '').split(':').pop() ?? ''
  if (response.status === 401 && kind === 'unauthorized' && session.get() !== 'none') session.set('ended')
  throw new CallFailed(response.status, kind, problem.detail ?? '')
}

const leaving = 'dataapp-leaving'

export async function signIn(body: { email: string; password: string; code?: string }): Promise<void> {
  const view = await call<SessionView>('/api/v1/session', { method: 'POST', body })
  localStorage.removeItem(leaving)
  session.set(view)
}

/** Ends the session. Without a connection what this browser keeps goes at once, and the session as soon as the server answers again. */
export async function signOut(): Promise<void> {
  localStorage.setItem(leaving, '1')
  await dropViews()
  session.set('none')
  await finishSignOut()
}

/** Ends a session that somebody left while there was no connection. */
export async function finishSignOut(): Promise<void> {
  if (localStorage.getItem(leaving) === null) return
  session.set('none')
  const done = await fetch('/api/v1/session', { method: 'DELETE' }).catch(() => undefined)
  if (done === undefined || done.status >= 500) addEventListener('online', () => void finishSignOut(), { once: true })
  else localStorage.removeItem(leaving)
}

/** The answer that came along with the page, once. */
export function takeFirst<T>(path: string): T | undefined {
  const answers: Record<string, T> = first.answers
  const answer = answers[path]
  delete answers[path]
  return answer
}

/** What the sign-in offers beside e-mail and password. */
export const offers: SignInOffers = first.offers ?? { provider: null, mail: false }

function readFirst(): { session?: SessionView; offers?: SignInOffers; answers: Record<string, never> } {
  const block = document.getElementById('first')
  const given = block === null ? {} : JSON.parse(block.textContent ?? '{}')
  return { answers: {}, ...given }
}
