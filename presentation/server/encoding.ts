import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Request, Response } from 'express'
import type { Asset } from './assets.ts'

const worthIt = 1_400

/** Sends a ready file in the best encoding the client takes. */
export function sendAsset(request: Request, response: Response, asset: Asset, cacheControl: string): void {
  response.set({ 'content-type': asset.type, 'cache-control': cacheControl, etag: asset.etag, vary: 'accept-encoding' })
  if (request.headers['if-none-match'] === asset.etag) return void response.status(304).end()
  const accepted = request.acceptsEncodings('br', 'gzip')
  if (accepted === 'br' && asset.brotli !== undefined) response.set('content-encoding', 'br').end(asset.brotli)
  else if (accepted === 'gzip' && asset.gzip !== undefined) response.set('content-encoding', 'gzip').end(asset.gzip)
  else response.end(asset.plain)
}

/** Sends a text made for this request, compressed when that is worth the time. */
export async function sendText(request: Request, response: Response, type: string, text: string): Promise<void> {
  response.set({ 'content-type': type, vary: 'accept-encoding' })
  const accepted = text.length > worthIt ? request.acceptsEncodings('br', 'gzip') : false
  if (accepted === 'br') {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 4 }
    response.set('content-encoding', 'br').end(await promisify(brotliCompress)(text, { params }))
  } else if (accepted === 'gzip')
    response.set('content-encoding', 'gzip').end(await promisify(gzip)(text, { level: 5 }))
  else response.end(text)
}
