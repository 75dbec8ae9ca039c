import { parentPort } from 'node:worker_threads'
import { mineOffers } from './offers.ts'
import type { ReadBaskets } from './read-baskets.ts'

const port = parentPort
port?.on('message', (read: ReadBaskets) => {
  port.postMessage(mineOffers(read))
})
