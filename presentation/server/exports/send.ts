import type { Response } from 'express'
import type { File } from './file.ts'

/** Answers with a file to be saved; nobody keeps a copy on the way, since it holds one person's scope. */
export function sendFile(response: Response, { name, type, content }: File): void {
  response
    .set({
      'content-type': type,
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .end(content)
}
