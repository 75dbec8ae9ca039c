import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ended, freePort, lastWords, listening, partsDirectory } from './part.ts'

/** The API of AWS (S3, SQS, KMS…) on loopback, empty at its start. */
export type MotoPart = {
  endpoint: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  stop(): Promise<void>
}

/** The program itself, for who starts it elsewhere than on loopback. */
export const program = join(partsDirectory, 'moto', 'bin', 'moto_server')

/** Why there is no moto here, or undefined. */
export function available(): string | undefined {
  return existsSync(program) ? undefined : `needs ${program} (test/parts/install.sh)`
}

export async function startMoto(): Promise<MotoPart> {
  const port = await freePort()
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] })
  // A test run that is cut off leaves no server behind.
  const end = () => void child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  await listening(port, child, lastWords(child))
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'only-for-tests', secretAccessKey: 'only-for-tests' },
    async stop() {
      child.kill('SIGKILL')
      await ended(child)
    },
  }
}
