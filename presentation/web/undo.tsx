import { useEffect } from 'preact/hooks'
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
}

function commit(): void {
  const work = waiting.get()
  if (work === undefined) return
  clearTimeout(work.timer)
  waiting.set(undefined)
  const body = work.body === undefined ? {} : { body: JSON.stringify(work.body) }
  // `keepalive`: a page that is left at this moment still gets it done.
  fetch(work.path, { method: work.method, headers: { 'content-type': 'application/json' }, keepalive: true, ...body })
    .then(async answer => {
      if (answer.ok) work.done()
      else notDone(work, await reasonOf(answer))
    })
    .catch(() => notDone(work, ''))
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

/** Says what is about to be done, with the way back: the button, or Z. */
export function UndoNotice() {
  const work = useStore(waiting)
  const wrong = useStore(failed)
  useEffect(() => {
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
