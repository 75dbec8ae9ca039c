import type { IncomingMessage } from 'node:http'

/** Whether a browser says that another site's page makes this request. Programs send neither header and pass. */
export function isForeignOrigin(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site']
  if (typeof site === 'string' && site !== 'same-origin' && site !== 'none') return true
  const origin = request.headers.origin
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== request.headers.host
}
