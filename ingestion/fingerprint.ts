import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

/** Up to here the whole content counts; beyond it sixteen samples, the size and the time of the last change stand for it. */
const wholeUpTo = 256 * 1024 * 1024
const sampleSize = 1024 * 1024
const samples = 16

/** What tells one content from another: hex, 32 digits. Reading all of a large file twice would cost more than it guards against. */
export async function fingerprint(path: string, size: number, changedMs: number): Promise<string> {
  const hash = createHash('sha256').update(`${size}\n`)
  const file = await open(path)
  try {
    const buffer = Buffer.allocUnsafe(Math.min(sampleSize, Math.max(1, size)))
    const sampled = size > wholeUpTo
    if (sampled) hash.update(`${Math.floor(changedMs)}\n`)
    const step = sampled ? Math.floor((size - sampleSize) / (samples - 1)) : sampleSize
    for (let at = 0; at < size; at += step) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, size - at), at)
      if (bytesRead === 0) break
      hash.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
  return hash.digest('hex').slice(0, 32)
}
