import { silentLog } from '#shared/log.ts'
import { openEmbeddedBus } from './embedded-bus.ts'

/** Publishes numbers without end and tells each one only after it was acknowledged. Started and killed by the crash test. */
const directory = process.argv[2] ?? ''
const first = Number(process.argv[3])
const bus = await openEmbeddedBus({ directory, retentionMs: 3_600_000, retentionBytes: 1024 ** 3, log: silentLog })

for (let number = first; ; number += 20) {
  const publishes = Array.from({ length: 20 }, (_, index) =>
    bus.publish('sales', [{ key: 'store', value: Buffer.from(String(number + index)) }]),
  )
  await Promise.all(publishes)
  process.stdout.write(`${number + 19}\n`)
}
