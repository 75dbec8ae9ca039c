import { createGzip } from 'node:zlib'
import type { Router } from 'express'
import express, { type Express, type Request, type Response } from 'express'
import helmet from 'helmet'
import type { Config } from '#shared/config.ts'
import type { Log } from '#shared/log.ts'
import type { WebApp } from './assets.ts'
import { sendAsset } from './encoding.ts'
import { keepableAddress } from './keepable.ts'
import { noSuchPath, problemHandler } from './problem.ts'
import { contentSecurityPolicy, shellData, shellEnd, shellHead } from './shell.ts'

type AppParts = {
  config: Config
  log: Log
  web: WebApp
  api: Router
  /** The OData feed, under `/odata/v4`. */
  feed: Router
  /** Reports behind links that need no sign-in. */
  open: Router
  /** The data of the first page for whoever asks, as JSON. */
  first: (request: Request) => Promise<string>
}

/** The http side: security headers, the web app's files, the API, and the page for every other path. */
export function app({ config, log, web, api, feed, open, first }: AppParts): Express {
  const server = express()
  server.disable('x-powered-by')
  server.set('trust proxy', config.DATAAPP_TRUSTED_PROXIES)
  server.set('query parser', 'simple')
  // Before everything else: a page asks for several, and they need no head of a document.
  server.get('/assets/:name', (request, response, next) => {
    const asset = web.files.get(`/assets/${request.params.name}`)
    response.set('x-content-type-options', 'nosniff')
    if (asset === undefined) next()
    else sendAsset(request, response, asset, 'public, max-age=31536000, immutable')
  })
  server.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy },
      crossOriginResourcePolicy: { policy: 'same-origin' },
      strictTransportSecurity: (config.DATAAPP_PUBLIC_URL ?? '').startsWith('https:'),
    }),
  )
  server.use((_request, response, next) => {
    response.set('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()')
    next()
  })
  server.use(keepableAddress)
  server.use('/api/v1/open-reports', open)
  server.use('/api/v1', api)
  server.use('/odata/v4', feed)
  for (const [path, asset] of web.files) {
    if (!path.startsWith('/assets/'))
      server.get(path, (request, response) => sendAsset(request, response, asset, 'no-cache'))
  }
  server.get(/^\/(?!api\/|assets\/|odata\/)[^.]*$/, async (request, response) => {
    await sendPage(request, response, shellHead(request, web, config.DATAAPP_LOCALE), first(request))
  })
  server.use(noSuchPath)
  server.use(problemHandler(log))
  return server
}

/** The head goes out at once, so that scripts load while the first page's data is asked for. */
async function sendPage(request: Request, response: Response, head: string, data: Promise<string>): Promise<void> {
  response.set({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  if (request.method === 'HEAD') return void response.end()
  if (request.acceptsEncodings('gzip') !== 'gzip') {
    response.write(head)
    response.end(`${shellData(await data.catch(() => '{}'))}${shellEnd}`)
    return
  }
  response.set({ 'content-encoding': 'gzip', vary: 'accept-encoding' })
  const zipped = createGzip({ level: 5 })
  zipped.pipe(response)
  zipped.write(head)
  zipped.flush()
  zipped.end(`${shellData(await data.catch(() => '{}'))}${shellEnd}`)
}
