import { parentPort } from 'node:worker_threads'
import { type Job, run } from './many.ts'

const port = parentPort
port?.on('message', (job: Job) => {
  port.postMessage(run(job))
})
