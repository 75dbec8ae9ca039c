import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.ts'

/** A disk that outlives machines, as an EBS volume does: a file behind a loop device. `undefined` where there are no loop devices. */
export type Volume = {
  device: string
  /** A copy of what is on it now, as a snapshot of EBS is. */
  snapshot(): Promise<Snapshot>
  remove(): Promise<void>
}
/** Puts that copy in the place of what is on the disk. Nobody may have it mounted. */
export type Snapshot = { bringBack(): Promise<void> }

const bytes = 4 * 2 ** 30

/** Makes an empty disk; nothing is on it, not even a file system. */
export async function makeVolume(folder: string): Promise<Volume | undefined> {
  // alone.sh knows by this name which run a device belongs to.
  const file = join(folder, `dataapp-volume.${process.env.MACHINES_RUN}`)
  writeFileSync(file, '')
  truncateSync(file, bytes)
  const made = await root('losetup', ['--find', '--show', file]).catch(() => undefined)
  if (made === undefined) return undefined
  const device = made.trim()
  return {
    device,
    async snapshot() {
      const copy = join(folder, 'snapshot')
      writeFileSync(copy, '')
      await copied(file, copy)
      return { bringBack: () => copied(copy, file) }
    },
    async remove() {
      await root('losetup', ['--detach', device])
    },
  }
}

async function copied(from: string, to: string): Promise<void> {
  // Onto the same file, which a device may have open; holes stay holes.
  truncateSync(to, 0)
  await root('cp', ['--sparse=always', from, to])
}
