import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Offers } from './offers.ts'
import type { ReadBaskets } from './read-baskets.ts'

/** `mineOffers` on a thread of its own: it takes seconds, in which the tier goes on loading. Rejects with the signal's reason when aborted. */
export async function mineOnThread(read: ReadBaskets, signal?: AbortSignal): Promise<Offers> {
  const worker = new Worker(new URL('./worker-start.js', import.meta.url))
  try {
    const answer = once(worker, 'message', signal === undefined ? {} : { signal })
    worker.postMessage(read, [read.sizes.buffer, read.members.buffer].filter(isOwn))
    const [offers] = await answer
    return offers
  } finally {
    await worker.terminate()
  }
}

const isOwn = (memory: ArrayBufferLike): memory is ArrayBuffer => memory instanceof ArrayBuffer
