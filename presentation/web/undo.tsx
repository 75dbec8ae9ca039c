import { useLayoutEffect } from 'preact/hooks'
import { storeOf, useStore } from './store.ts'
import { words } from './words.ts'

/** Something that is done in a moment, unless it is taken back: what it says, what is asked of the API, and what follows. */
export type Soon = {
  text: string
  path: string
  method: 'DELETE' | 'POST' | 'PUT'
  body?: unknown
  done: () => void
}

type Asked = Pick<Soon, 'path' | 'method' | 'body'>

const patienceMs = 7_000
const waiting = storeOf<(Soon & { timer: number }) | undefined>(undefined)
const failed = storeOf('')
/** What is treated as done already: the path and method of each. */
const done = storeOf<ReadonlySet<string>>(new Set())

/** Does it after a moment in which it can be taken back. One at a time: the one before is done at once. */
export function soon(work: Soon): void {
  commit()
  failed.set('')
  done.set(new Set([...done.get(), keyOf(work)]))
  waiting.set({ ...work, timer: window.setTimeout(commit, patienceMs) })
  remember(work)
}

function commit(): void {
  const work = waiting.get()
  if (work === undefined) return
  clearTimeout(work.timer)
  waiting.set(undefined)
  ask(work)
    .then(async answer => {
      forget(work)
      if (answer.ok) work.done()
      else notDone(work, await reasonOf(answer))
    })
    .catch(() => notDone(work, ''))
}

// `keepalive`: a page that is left at this moment mostly still gets it done.
function ask({ path, method, body }: Asked): Promise<Response> {
  const content = body === undefined ? {} : { body: JSON.stringify(body) }
  return fetch(path, { method, headers: { 'content-type': 'application/json' }, keepalive: true, ...content })
}

const leftName = 'dataapp-left'
const leftMs = 60_000

/** Kept in the tab until it is answered: a browser may drop what a page asks for while it is left. Only what does no harm a second time. */
function remember({ path, method, body }: Soon): void {
  if (method === 'POST') return
  sessionStorage.setItem(leftName, JSON.stringify({ path, method, body, at: Date.now() }))
}

function forget({ path }: Soon): void {
  if (leftOver()?.path === path) sessionStorage.removeItem(leftName)
}

function leftOver(): (Asked & { at: number }) | undefined {
  const text = sessionStorage.getItem(leftName)
  return text === null ? undefined : JSON.parse(text)
}

/** What the page before this one in the tab was left with is done now. */
function finishLeftOver(): void {
  const left = leftOver()
  sessionStorage.removeItem(leftName)
  if (left !== undefined && Date.now() - left.at < leftMs) ask(left).catch(() => {})
}

function notDone(work: Soon, reason: string): void {
  back(work)
  failed.set(reason === '' ? words().notDone : reason)
  setTimeout(() => failed.set(''), patienceMs)
}

async function reasonOf(answer: Response): Promise<string> {
  const problem: { detail?: string } = await answer.json().catch(() => ({}))
  return problem.detail ?? ''
}

function takeBack(): void {
  const work = waiting.get()
  if (work === undefined) return
  clearTimeout(work.timer)
  waiting.set(undefined)
  forget(work)
  back(work)
}

function back(work: Soon): void {
  done.set(new Set([...done.get()].filter(key => key !== keyOf(work))))
}

function keyOf({ method, path }: Pick<Soon, 'method' | 'path'>): string {
  return `${method} ${path}`
}

/** Tells what is treated as done already, so that lists leave it out. */
export function useDone(): (method: Soon['method'], path: string) => boolean {
  const known = useStore(done)
  return (method, path) => known.has(keyOf({ method, path }))
}

addEventListener('pagehide', commit)
finishLeftOver()

/** Says what is about to be done, with the way back: the button, or Z. */
export function UndoNotice() {
  const work = useStore(waiting)
  const wrong = useStore(failed)
  // At once with the notice: a key pressed in the same moment is not lost.
  useLayoutEffect(() => {
    if (work === undefined) return
    const key = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest('input, select, textarea') !== null
      if (!typing && event.key.toLowerCase() === 'z' && !event.altKey) takeBack()
    }
    document.addEventListener('keydown', key)
    return () => document.removeEventListener('keydown', key)
  }, [work])
  return (
    <div class={work === undefined && wrong === '' ? 'toast hidden' : 'toast undo'} role="status" aria-live="polite">
      <span>{work?.text ?? wrong}</span>
      {work !== undefined && (
        <button type="button" class="link" onClick={takeBack}>
          {words().undo}
        </button>
      )}
    </div>
  )
}
