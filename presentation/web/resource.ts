import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { takeAhead } from './ahead.ts'
import { CallFailed, call, isKeptPage, takeFirst } from './call.ts'
import { freshness } from './live.ts'

/** Something asked of the API. While it is asked again the last answer stays, so that nothing jumps. */
export type Resource<T> = {
  answer: T | undefined
  /** What the answer on show is the answer to. */
  answered: string
  failed: CallFailed | undefined
  /** True while the answer on show is not the answer to this question. */
  waiting: boolean
  again: () => void
}

/** Asks `path`, and again whenever the data has changed. */
export function useResource<T>(path: string): Resource<T> {
  const [state, setState] = useState<{ path: string; answer: T | undefined; failed: CallFailed | undefined }>(() => ({
    path,
    answer: takeFirst<T>(path),
    failed: undefined,
  }))
  const [attempt, setAttempt] = useState(0)
  const shown = useRef(state)
  shown.current = state

  // Asked before the page is painted, not after: the answer is what takes time.
  useLayoutEffect(() => {
    const over = new AbortController()
    let asking = false
    let askAgain = false
    const ask = () => {
      if (asking) {
        askAgain = true
        return
      }
      asking = true
      const ahead = takeAhead<T>(path)?.catch(() => call<T>(path, { signal: over.signal }))
      ;(ahead ?? call<T>(path, { signal: over.signal }))
        .then(answer => {
          if (!over.signal.aborted)
            setState(before => (says(before, path, answer) ? before : { path, answer, failed: undefined }))
        })
        .catch((error: unknown) => {
          if (over.signal.aborted) return
          const failed = error instanceof CallFailed ? error : new CallFailed(0, 'unreachable', String(error))
          setState(before => ({ path, answer: before.path === path ? before.answer : undefined, failed }))
        })
        .finally(() => {
          asking = false
          if (askAgain && !over.signal.aborted) {
            askAgain = false
            ask()
          }
        })
    }
    const ready = shown.current.path === path && shown.current.answer !== undefined && attempt === 0 && !isKeptPage
    if (!ready) ask()
    const unfollow = freshness.follow(ask)
    return () => {
      over.abort()
      unfollow()
    }
  }, [path, attempt])

  return {
    answer: state.answer,
    answered: state.path,
    failed: state.failed,
    waiting: state.path !== path || (state.answer === undefined && state.failed === undefined),
    again: () => setAttempt(attempt + 1),
  }
}

/** True when an answer is on show already: news of something else leave it as it is, and nothing is drawn again. */
function says<T>(
  shown: { path: string; answer: T | undefined; failed: CallFailed | undefined },
  path: string,
  answer: T,
): boolean {
  return shown.path === path && shown.failed === undefined && JSON.stringify(shown.answer) === JSON.stringify(answer)
}
