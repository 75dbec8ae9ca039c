import { parentPort, workerData } from 'node:worker_threads'
import { DataAppError } from '#shared/error.ts'
import { openLog } from '#shared/log.ts'
import { openKafkaBus } from '../kafka-bus.ts'
import { type Order, type Parcel, type Receipt, type Start, unpacked } from './parcel.ts'

const port = parentPort
const { settings, level }: Start = workerData
const bus = await openKafkaBus(settings, openLog('dataapp', level))

async function publish(parcel: Parcel): Promise<Receipt> {
  const { id, topic } = parcel
  try {
    await bus.publish(topic, unpacked(parcel))
    return { kind: 'published', id }
  } catch (error) {
    // Anything unknown ends the thread, and with it the service.
    if (!(error instanceof DataAppError)) throw error
    return { kind: 'refused', id, code: error.code, message: error.message, hint: error.hint }
  }
}

const underWay = new Set<Promise<void>>()

async function answer(parcel: Parcel): Promise<void> {
  port?.postMessage(await publish(parcel))
}

port?.on('message', async (order: Order) => {
  switch (order.kind) {
    case 'publish': {
      const answering = answer(order.parcel)
      underWay.add(answering)
      await answering
      underWay.delete(answering)
      return
    }
    case 'close':
      await bus.close()
      // What could not arrive is still told why.
      await Promise.all(underWay)
      port.close()
  }
})
