import { basename } from 'node:path'
import type { S3Client } from '@aws-sdk/client-s3'
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { z } from 'zod'
import type { Config } from '#shared/config.ts'
import { DataAppError, messageOf } from '#shared/error.ts'
import { parseJson } from '#shared/json.ts'
import { isPassing } from '#shared/passing.ts'
import { pause } from '#shared/pause.ts'
import { ownerOf } from '../files.ts'
import type { Intaking, Work } from '../ingest.ts'
import type { Limit } from '../limit.ts'
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

/** How long a message that could not be handled waits before it comes again, and how long when only what its rows are joined with is missing: that is on its way. */
const againSeconds = { others: 5, joined: 1 }
/** How long a message stays out of sight while it is handled; a longer one is told again and recognised. */
const handledSeconds = 30
/** Messages in hand at once. */
const mostHeard = 40
/** How long the queue is asked for news before it is asked anew. */
const askSeconds = 10

type Ended = 'done' | 'later' | 'joined' | 'in-hand'
type Watched = { source: Source; place: Place }

/** Watches the S3 prefixes of all sources: told by SQS where a queue is given, and by listing as the safety net. */
export function watchS3(
  sources: readonly Source[],
  parts: Intaking,
  report: (file: string, source: Source, totals: Totals) => void,
  work: Work,
  limit: Limit,
): { stop: () => Promise<void>; failed: Promise<never> } {
  const { config, log } = parts
  const client = openS3(config)
  const stopped = new AbortController()
  const done = new Set<string>()
  const watched = sources.flatMap(source => (source.from?.s3 === undefined ? [] : [{ source, place: source.from.s3 }]))
  const sqs = watched.some(({ place }) => place.queue !== undefined) ? openSqs(config) : undefined
  // One object at a time for each source and its dimensions, in the order in which they were told.
  const turns = new Map<string, Promise<unknown>>()
  const inHand = new Set<string>()
  const missed = new Set<string>()

  const one = async (object: S3Object, source: Source): Promise<Ended> => {
    const owner = ownerOf(basename(object.key), source, familyOf(source, sources))
    const print = fingerprintOf(object)
    if (owner === undefined || done.has(print)) return 'done'
    // The listing and the queue both tell of it, and the queue more than once.
    if (inHand.has(print)) return 'in-hand'
    inHand.add(print)
    const mine = (turns.get(source.name) ?? Promise.resolve()).then(() =>
      limit(async () => report(urlOf(object), owner, await ingestObject(parts, client, owner, object, work))),
    )
    turns.set(
      source.name,
      mine.catch(() => {}),
    )
    try {
      await mine
      done.add(print)
      return 'done'
    } catch (error) {
      if (!(error instanceof DataAppError)) throw error
      if (error.code === 'INGEST_INTERRUPTED') return 'later'
      const joined = error.code === 'JOIN_FILE_MISSING'
      const later = joined || isPassing(error) || error.code.startsWith('BUS_') || error.code.startsWith('S3_')
      const level = joined && missed.has(print) ? 'debug' : later ? 'warn' : 'error'
      log[level]({ code: error.code, object: urlOf(object), hint: error.hint }, error.message)
      if (joined) missed.add(print)
      if (!later) done.add(print)
      return joined ? 'joined' : later ? 'later' : 'done'
    } finally {
      inHand.delete(print)
    }
  }

  const listing = async ({ source, place }: Watched) => {
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
      await pause(place.everySeconds * 1000, stopped.signal)
    }
  }

  /** What a message tells of is read, then the message is taken out of the queue, or comes again. */
  const heard = async (
    { Body = '', ReceiptHandle }: Message,
    queue: string,
    from: SQSClient,
    places: readonly Watched[],
  ) => {
    const told = await objectsIn(Body, places, client)
    const ends = await Promise.all(told.map(({ object, source }) => one(object, source)))
    const handle = { QueueUrl: queue, ReceiptHandle }
    if (ends.every(end => end === 'done')) return await from.send(new DeleteMessageCommand(handle))
    const seconds = ends.includes('joined') && !ends.includes('later') ? againSeconds.joined : againSeconds.others
    return await from.send(new ChangeMessageVisibilityCommand({ ...handle, VisibilityTimeout: seconds }))
  }

  const telling = async (queue: string, from: SQSClient) => {
    const places = watched.filter(({ place }) => place.queue === queue)
    const hearing = new Set<Promise<unknown>>()
    const unheard = (error: unknown) => {
      if (!isAnswer(error)) fail(error)
      else log.error({ queue, err: messageOf(error) }, 'a message could not be handled: it comes again')
    }
    while (!stopped.signal.aborted) {
      try {
        const { Messages = [] } = await from.send(
          new ReceiveMessageCommand({
            QueueUrl: queue,
            MaxNumberOfMessages: 10,
            WaitTimeSeconds: askSeconds,
            VisibilityTimeout: handledSeconds,
          }),
          { abortSignal: stopped.signal },
        )
        for (const message of Messages) {
          const one = heard(message, queue, from, places).catch(unheard)
          hearing.add(one)
          void one.then(() => hearing.delete(one))
        }
        while (hearing.size >= mostHeard && !stopped.signal.aborted) await Promise.race(hearing)
      } catch (error) {
        if (stopped.signal.aborted) break
        log.error({ queue, err: messageOf(error) }, 'the queue can not be read: listing goes on')
        await pause(5_000, stopped.signal)
      }
    }
    await Promise.all(hearing)
  }

  let fail: (error: unknown) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  failed.catch(() => {})
  // Sources may share a queue: whoever asks it must know all of them.
  const queues = new Set(watched.flatMap(({ place }) => place.queue ?? []))
  const loops = [...watched.map(listing), ...(sqs === undefined ? [] : [...queues].map(queue => telling(queue, sqs)))]
  for (const loop of loops) loop.catch(fail)
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

/** A refusal or failure of AWS itself, as its client throws them. */
function isAnswer(error: unknown): boolean {
  return (
    error instanceof DataAppError ||
    (error instanceof Error && ('$metadata' in error || 'code' in error || error.name === 'AbortError'))
  )
}

/** The objects that a notification tells of, as they are now, with the source each is for. Anything else in the queue is none of ours. */
async function objectsIn(
  body: string,
  places: readonly Watched[],
  client: S3Client,
): Promise<{ object: S3Object; source: Source }[]> {
  const parsed = notificationSchema.safeParse(parseJson(body))
  if (!parsed.success) return []
  const told = parsed.data.Records.flatMap(({ s3, eventName }) => {
    const key = keyOf(s3.object.key)
    // A folder is made as an empty object with a name that ends so.
    if (eventName.includes('Removed') || key === '' || key.endsWith('/')) return []
    return places
      .filter(({ place }) => s3.bucket.name === place.bucket && key.startsWith(place.prefix))
      .map(({ source, place }) => ({ source, bucket: place.bucket, key }))
  })
  const found = await Promise.all(
    told.map(async ({ source, bucket, key }) => ({ source, object: await headObject(client, bucket, key) })),
  )
  return found.flatMap(({ source, object }) => (object === undefined ? [] : [{ source, object }]))
}

/** A key as it stands in a notification is encoded as in a form. Where it is no such text somebody told it plainly: whatever it is, it may not end the listening. */
function keyOf(told: string): string {
  try {
    return decodeURIComponent(told.replace(/\+/g, ' '))
  } catch {
    return told
  }
}

function openSqs(config: Config): SQSClient {
  return new SQSClient({
    region: config.DATAAPP_S3_REGION,
    ...(config.DATAAPP_S3_ENDPOINT === undefined ? {} : { endpoint: config.DATAAPP_S3_ENDPOINT }),
  })
}
