import { call } from './call.ts'

/** Half a minute: who points at something and clicks later than that has gone elsewhere in between. */
const keptMs = 30_000
const most = 12
const kept = new Map<string, { answer: Promise<never>; until: number }>()

/** Asks for something before anybody waits for it, because somebody is about to: the pointer rests on it. */
export function askAhead(path: string): void {
  const known = kept.get(path)
  if (known !== undefined && known.until > Date.now()) return
  if (kept.size >= most) kept.clear()
  const asked = { answer: call<never>(path), until: Date.now() + keptMs }
  kept.set(path, asked)
  asked.answer.catch(() => kept.get(path) === asked && kept.delete(path))
}

/** The answer that was asked ahead, once; undefined when there is none. */
export function takeAhead<T>(path: string): Promise<T> | undefined {
  const known = kept.get(path)
  kept.delete(path)
  return known !== undefined && known.until > Date.now() ? known.answer : undefined
}

/** News have come, or may have been missed: what was asked before them is not shown any more. */
export function dropAhead(): void {
  kept.clear()
}
