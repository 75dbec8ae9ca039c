import { statfsSync } from 'node:fs'
import { DataAppError, systemCodeOf } from '#shared/error.ts'

export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCodeOf(error))
}

export function full(directory: string, cause: unknown): DataAppError {
  return new DataAppError('BUS_FULL', `The disk is full: nothing more goes into ${directory}.`, {
    hint: 'Make room on that disk; it goes on by itself.',
    ...(cause === undefined ? {} : { cause }),
  })
}

const megabyte = 1024 * 1024
const lookEveryMs = 1_000

/**
 * Keeps a last part of the disk free: the warehouse and the settings database beside the log need room to finish what is in hand, and do not
 * survive a disk that is full to the last byte. The part is 2 % of the disk, at least 32 MB and at most 1 GB. `check` throws `BUS_FULL`.
 */
export function roomOn(directory: string): { check: () => void } {
  let lookedAt = 0
  let enough = true
  return {
    check() {
      const now = performance.now()
      if (lookedAt === 0 || now - lookedAt > lookEveryMs || !enough) {
        const { bavail, blocks, bsize } = statfsSync(directory)
        const reserve = Math.min(Math.max(blocks * bsize * 0.02, 32 * megabyte), 1024 * megabyte)
        enough = bavail * bsize > reserve
        lookedAt = now
      }
      if (!enough) throw full(directory, undefined)
    },
  }
}
