/**
 * The service worker: keeps the files of this version and the last view of whoever is signed in, so that it can be read without a connection.
 * Nothing is answered from what is kept while the server answers. What is kept belongs to one person: it goes when they sign out, when their session
 * turns out to be over, and when somebody else's page arrives.
 */

/** The files of this version, and nothing of another one is kept. Written in by the build. */
declare const FILES: readonly string[]
declare const clients: {
  claim(): Promise<void>
  matchAll(query: { type: 'window' }): Promise<readonly { url: string }[]>
}
declare function skipWaiting(): Promise<void>

type Waiting = Event & { waitUntil(work: Promise<unknown>): void }
type Fetched = Waiting & { request: Request; respondWith(answer: Promise<Response>): void }

const filesKept = 'files'
const viewsKept = 'views'
const mostViews = 120
const longestMs = 7 * 86_400_000
const keptAt = 'dataapp-kept'
/** Answers that make up a view. Accounts, people, trails and exports are not among them. */
const viewPaths =
  /^\/api\/v1\/(overview|summary|series|rankings\/\w+|stores|lines|alerts|insights\/[\w/-]+|pay[\w/-]*|session)$/

/** Grows when somebody leaves: what was asked before is not kept after. */
let generation = 0

addEventListener('install', event => {
  if (isWaiting(event)) event.waitUntil(skipWaiting())
})

addEventListener('activate', event => {
  if (isWaiting(event)) event.waitUntil(Promise.all([dropOldFiles(), clients.claim().then(keepOpenPages)]))
})

addEventListener('fetch', event => {
  if (!isFetched(event)) return
  const { request } = event
  const url = new URL(request.url)
  if (url.origin !== location.origin || url.pathname.startsWith('/odata/')) return
  if (request.method !== 'GET') {
    if (url.pathname === '/api/v1/session') event.respondWith(comeOrGo(event))
  } else if (FILES.includes(url.pathname)) event.respondWith(file(request))
  else if (request.mode === 'navigate') {
    if (!url.pathname.startsWith('/api/')) event.respondWith(page(event))
  } else if (viewPaths.test(url.pathname)) event.respondWith(view(event))
})

/** Signing in or out: either way what was kept is somebody else's from now on. */
async function comeOrGo(event: Fetched): Promise<Response> {
  const answer = await fetch(event.request)
  if (answer.ok) {
    await forget()
    if (event.request.method === 'POST') event.waitUntil(keepOpenPages())
  }
  return answer
}

async function file(request: Request): Promise<Response> {
  const files = await caches.open(filesKept)
  const kept = await files.match(request)
  if (kept !== undefined) return kept
  const answer = await fetch(request)
  if (answer.ok) await files.put(request, answer.clone())
  return answer
}

async function page(event: Fetched): Promise<Response> {
  const since = generation
  try {
    const answer = await fetch(event.request)
    event.waitUntil(keepPage(event.request.url, answer.clone(), since))
    return answer
  } catch (error) {
    const kept = (await lookUp(event.request.url)) ?? (await anyPage())
    if (kept === undefined) throw error
    const text = await kept.text()
    const at = kept.headers.get(keptAt) ?? ''
    return new Response(text.replace('<html ', `<html data-kept="${at}" `), { headers: kept.headers })
  }
}

/** Every page is the same frame, so that one that was opened stands in for one that never was: the first page, or else the latest. */
async function anyPage(): Promise<Response | undefined> {
  const keys = await (await caches.open(viewsKept)).keys()
  const pages = keys.map(({ url }) => url).filter(url => !/^\/(api\/|owner$)/.test(new URL(url).pathname))
  for (const url of [new URL('/', location.origin).href, ...pages.reverse()]) {
    const kept = await lookUp(url)
    if (kept !== undefined) return kept
  }
  return undefined
}

async function view(event: Fetched): Promise<Response> {
  const since = generation
  try {
    const answer = await fetch(event.request)
    if (answer.status === 401) await forget()
    else if (answer.ok) event.waitUntil(keep(event.request.url, answer.clone(), since))
    return answer
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    const kept = await lookUp(event.request.url)
    if (kept === undefined) throw error
    return kept
  }
}

/** A page is kept when it is somebody's; one without anybody signed in says that what is kept must go. */
async function keepPage(url: string, answer: Response, since: number): Promise<void> {
  if (!answer.ok || !(answer.headers.get('content-type') ?? '').startsWith('text/html')) return
  const owner = ownerOf(await answer.clone().text())
  const views = await caches.open(viewsKept)
  const before = await (await views.match('/owner'))?.text()
  if (owner === undefined || (before !== undefined && before !== owner)) {
    await forget()
    if (owner === undefined) return
  } else if (since !== generation) return
  await (await caches.open(viewsKept)).put('/owner', new Response(owner))
  await keep(url, answer, generation)
}

function ownerOf(page: string): string | undefined {
  const block = /<script type="application\/json" id="first">(.*)<\/script>/.exec(page)?.[1]
  if (block === undefined) return undefined
  const first: { session?: { person?: { id?: string } } } = JSON.parse(block)
  return first.session?.person?.id
}

async function keep(url: string, answer: Response, since: number): Promise<void> {
  const headers = new Headers(answer.headers)
  headers.set(keptAt, new Date().toISOString())
  // The body comes decoded.
  headers.delete('content-encoding')
  headers.delete('content-length')
  const body = await answer.arrayBuffer()
  if (since !== generation) return
  const views = await caches.open(viewsKept)
  await views.delete(url, { ignoreVary: true })
  await views.put(url, new Response(body, { headers }))
  const [...all] = await views.keys()
  for (const old of all.slice(0, Math.max(0, all.length - mostViews)))
    if (!old.url.endsWith('/owner')) await views.delete(old, { ignoreVary: true })
}

async function lookUp(url: string): Promise<Response | undefined> {
  const kept = await (await caches.open(viewsKept)).match(url, { ignoreVary: true })
  const at = Date.parse(kept?.headers.get(keptAt) ?? '')
  return Date.now() - at < longestMs ? kept : undefined
}

async function forget(): Promise<void> {
  generation += 1
  await caches.delete(viewsKept)
}

/** Pages that were open before this worker was: what they show can be read without a connection from now on. */
async function keepOpenPages(): Promise<void> {
  const since = generation
  for (const { url } of await clients.matchAll({ type: 'window' })) {
    const answer = await fetch(url, { headers: { accept: 'text/html' } }).catch(() => undefined)
    if (answer !== undefined) await keepPage(url, answer, since)
  }
}

async function dropOldFiles(): Promise<void> {
  const files = await caches.open(filesKept)
  for (const request of await files.keys())
    if (!FILES.includes(new URL(request.url).pathname)) await files.delete(request)
}

function isWaiting(event: Event): event is Waiting {
  return 'waitUntil' in event
}

function isFetched(event: Event): event is Fetched {
  return 'respondWith' in event
}
