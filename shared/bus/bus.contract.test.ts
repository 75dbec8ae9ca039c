import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '#shared/log.ts'
import { type BusPlace, busContract } from './bus.contract.ts'
import { openEmbeddedBus } from './embedded/embedded-bus.ts'

async function embedded(): Promise<BusPlace> {
  const directory = await mkdtemp(join(tmpdir(), 'dataapp-bus-'))
  return {
    open: () => openEmbeddedBus({ directory, retentionMs: 3_600_000, retentionBytes: 1024 ** 3, log: silentLog }),
    end: () => rm(directory, { recursive: true }),
  }
}

describe('the embedded bus keeps its promises', () => {
  busContract(embedded)
})
