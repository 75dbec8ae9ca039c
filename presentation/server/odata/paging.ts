import type { Request, Response } from 'express'

const usual = 5_000
const most = 50_000

/** How many rows a page has: what the client prefers (`Prefer: odata.maxpagesize=…`), within bounds; the answer says that it was heard. */
export function pageSizeOf(request: Request, response: Response): number {
  const preferred = /(?:odata\.)?maxpagesize\s*=\s*(\d{1,9})/i.exec(request.get('prefer') ?? '')?.[1]
  if (preferred === undefined || Number(preferred) === 0) return usual
  const size = Math.min(Number(preferred), most)
  response.set('preference-applied', `odata.maxpagesize=${size}`)
  return size
}

/** The address of the page after this one: the same question, from where this page ended. */
export function nextLink(
  set: string,
  options: ReadonlyMap<string, string>,
  token: string,
  left: number | undefined,
): string {
  const kept = [...options].filter(([name]) => !['$skip', '$top', '$skiptoken', '$count'].includes(name))
  const again = [
    ...kept,
    ...(left === undefined ? [] : [['$top', String(left)] as const]),
    ['$skiptoken', token] as const,
  ]
  return `${set}?${again.map(([name, value]) => `${encoded(name)}=${encodeURIComponent(value)}`).join('&')}`
}

function encoded(name: string): string {
  return encodeURIComponent(name).replace(/^%24/, '$')
}
