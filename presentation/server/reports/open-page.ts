import { type RequestHandler, Router } from 'express'
import type { Config } from '#shared/config.ts'
import type { Ask } from '../ask.ts'
import { fileOf } from '../exports/file.ts'
import { mannerOf } from '../exports/manner.ts'
import { sendFile } from '../exports/send.ts'
import type { FiguresDesk } from '../figures.ts'
import { Problem } from '../problem.ts'
import { followLink } from './links.ts'
import { ranView } from './routes.ts'
import { runReport, sheetOf } from './run.ts'
import type { Shelf } from './shelf.ts'

type OpenParts = { config: Config; ask: Ask; desk: FiguresDesk; shelf: Shelf }

/** What a link without sign-in gives: `/api/v1/open-reports/:secret` as JSON, `….pdf` and `….csv` as files. It runs as the admin who made it, and names nobody. */
export function openReports({ config, ask, desk, shelf }: OpenParts): Router {
  const router = Router({ caseSensitive: true })
  const follow: RequestHandler<{ secret: string }> = async (request, response) => {
    response.set({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })
    const [secret = '', format] = request.params.secret.split('.')
    const { definition, maker, open } = await followLink(shelf.settings, secret)
    if (!open) throw new Problem('unauthorized', 'Sign in to follow this link.')
    const ran = await runReport({ ask, desk }, maker, definition, maker)
    if (format === undefined) {
      response.type('application/json').send(JSON.stringify({ definition, ran: ranView(definition, ran) }))
      return
    }
    if (format !== 'pdf' && format !== 'csv') throw new Problem('not-found', 'There are .pdf and .csv.')
    const manner = mannerOf(config, { locale: undefined })
    sendFile(response, await fileOf(sheetOf(definition, ran, manner), format, manner))
  }
  router.get('/:secret', follow)
  return router
}
