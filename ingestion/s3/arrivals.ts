import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { S3Client } from '@aws-sdk/client-s3'
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { z } from 'zod'
import type { Config } from '#shared/config.ts'
import { DataAppError, messageOf } from '#shared/error.ts'
import { ownerOf } from '../files.ts'
import type { Intaking, Work } from '../ingest.ts'
import { familyOf } from '../source/load.ts'
import type { Source } from '../source/schema.ts'
import type { Totals } from '../totals.ts'
import { ingestObject } from './ingest-objects.ts'
import { fingerprintOf, headObject, listObjects, openS3, type S3Object, urlOf } from './objects.ts'

const notificationSchema = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      s3: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string() }) }),
    }),
  ),
})

type Place = NonNullable<NonNullable<Source['from']>['s3']>

/** How long a message that could not be handled waits before it comes again; what a sale is joined with may be on its way. */
const againSeconds = 5

/** Watches the S3 prefixes of all sources: told by SQS where a queue is given, and by listing as the safety net. */
export function watchS3(
  sources: readonly Source[],
  parts: Intaking,
  report: (file: string, source: Source, totals: Totals) => void,
  work: Work,
): { stop: () => Promise<void>; failed: Promise<never> } {
  const { config, log } = parts
  const client = openS3(config)
  const stopped = new AbortController()
  const done = new Set<string>()
  const watched = sources.flatMap(source => (source.from?.s3 === undefined ? [] : [{ source, place: source.from.s3 }]))
  const sqs = watched.some(({ place }) => place.queue !== undefined) ? openSqs(config) : undefined
  // One object at a time per process: reading is limited by parsing, and memory stays what one file needs.
  let turn: Promise<unknown> = Promise.resolve()

  const one = async (object: S3Object, source: Source): Promise<boolean> => {
    const owner = ownerOf(basename(object.key), source, familyOf(source, sources))
    const print = fingerprintOf(object)
    if (owner === undefined || done.has(print)) return true
    const mine = turn.then(async () =>
      report(urlOf(object), owner, await ingestObject(parts, client, owner, object, work)),
    )
    turn = mine.catch(() => {})
    try {
      await mine
      done.add(print)
      return true
    } catch (error) {
      if (!(error instanceof DataAppError)) throw error
      if (error.code === 'INGEST_INTERRUPTED') return false
      const later = error.code === 'JOIN_FILE_MISSING' || error.code.startsWith('BUS_') || error.code.startsWith('S3_')
      log[later ? 'warn' : 'error']({ code: error.code, object: urlOf(object), hint: error.hint }, error.message)
      if (!later) done.add(print)
      return !later
    }
  }

  const listing = async ({ source, place }: { source: Source; place: Place }) => {
    while (!stopped.signal.aborted) {
      try {
        for await (const object of listObjects(client, place.bucket, place.prefix)) {
          if (stopped.signal.aborted) return
          await one(object, source)
        }
      } catch (error) {
        if (!(error instanceof DataAppError)) throw error
        log.error({ code: error.code, hint: error.hint }, error.message)
      }
      await sleep(place.everySeconds * 1000, undefined, { signal: stopped.signal, ref: false }).catch(() => {})
    }
  }

  const telling = async ({ source, place }: { source: Source; place: Place }, queue: string, from: SQSClient) => {
    while (!stopped.signal.aborted) {
      try {
        const { Messages = [] } = await from.send(
          new ReceiveMessageCommand({
            QueueUrl: queue,
            MaxNumberOfMessages: 10,
            WaitTimeSeconds: 10,
            VisibilityTimeout: againSeconds,
          }),
          { abortSignal: stopped.signal },
        )
        for (const { Body = '', ReceiptHandle } of Messages) {
          const told = await objectsIn(Body, place, client)
          const results = await Promise.all(told.map(object => one(object, source)))
          if (results.every(result => result))
            await from.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle }))
        }
      } catch (error) {
        if (stopped.signal.aborted) return
        log.error({ queue, err: messageOf(error) }, 'the queue can not be read: listing goes on')
        await sleep(5_000, undefined, { signal: stopped.signal, ref: false }).catch(() => {})
      }
    }
  }

  const loops = watched.flatMap(entry => {
    const { queue } = entry.place
    return [listing(entry), ...(queue === undefined || sqs === undefined ? [] : [telling(entry, queue, sqs)])]
  })
  const failed = new Promise<never>((_, fail) => {
    for (const loop of loops) loop.catch(fail)
  })
  failed.catch(() => {})
  return {
    failed,
    async stop() {
      stopped.abort()
      await Promise.allSettled(loops)
      sqs?.destroy()
      client.destroy()
    },
  }
}

/** The objects that a notification tells of, as they are now. Anything else in the queue is none of ours. */
async function objectsIn(body: string, place: Place, client: S3Client): Promise<S3Object[]> {
  const parsed = notificationSchema.safeParse(json(body))
  if (!parsed.success) return []
  const objects = await Promise.all(
    parsed.data.Records.map(({ s3, eventName }) => {
      const key = decodeURIComponent(s3.object.key.replace(/\+/g, ' '))
      const ours = s3.bucket.name === place.bucket && key.startsWith(place.prefix) && !eventName.includes('Removed')
      return ours ? headObject(client, place.bucket, key) : undefined
    }),
  )
  return objects.filter(object => object !== undefined)
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function openSqs(config: Config): SQSClient {
  return new SQSClient({
    region: config.DATAAPP_S3_REGION,
    ...(config.DATAAPP_S3_ENDPOINT === undefined ? {} : { endpoint: config.DATAAPP_S3_ENDPOINT }),
  })
}
