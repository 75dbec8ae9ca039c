/**
 * Processing in a process of its own, as in production, so that what it takes is its own. Its settings come in the environment. It begins at the first message and says that it runs, stops at the
 * second and says what it took; it ends with its parent.
 */
import { once } from 'node:events'
import { openParts } from '#cli/parts.ts'
import { processing } from '#processing/main.ts'
import { parseConfig } from '#shared/config.ts'
import { silentLog } from '#shared/log.ts'

process.once('disconnect', () => process.exit())
const { close, ...parts } = await openParts(parseConfig(process.env), silentLog)
let mostBytes = 0
const watch = setInterval(() => {
  mostBytes = Math.max(mostBytes, process.memoryUsage.rss())
}, 20)

process.send?.({ openBytes: process.memoryUsage.rss() })
await once(process, 'message')
const before = process.cpuUsage()
const tier = await processing(parts)
tier.failed.catch(error => {
  console.error(error)
  process.exit(1)
})
process.send?.('running')
await once(process, 'message')
const { user, system } = process.cpuUsage(before)
clearInterval(watch)
await tier.stop()
await close()
process.send?.({ mostBytes, cpuSeconds: (user + system) / 1e6 })
process.disconnect()
