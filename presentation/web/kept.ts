import { storeOf } from './store.ts'

/** When what is on the page was kept, while there is no connection; undefined when it came from the server. The service worker says so. */
export const keptSince = storeOf<Date | undefined>(timeOf(document.documentElement.dataset.kept))

/** Notes whether an answer came from the server or is one that was kept. */
export function noteAnswer(answer: Response): void {
  keptSince.set(timeOf(answer.headers.get('dataapp-kept') ?? undefined))
}

/** Sets the service worker up, once the page has nothing more urgent to do. */
export function keepViews(): void {
  if (!('serviceWorker' in navigator)) return
  const register = () => void navigator.serviceWorker.register('/worker.js').catch(() => {})
  if (document.readyState === 'complete') setTimeout(register, 1_000)
  else addEventListener('load', () => setTimeout(register, 1_000), { once: true })
}

/** Drops what this browser keeps of the person who leaves, also without a connection. */
export async function dropViews(): Promise<void> {
  if ('caches' in globalThis) await caches.delete('views')
}

function timeOf(text: string | undefined): Date | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(time) ? undefined : new Date(time)
}
