import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** An AWS that lives on this machine (moto): enough of it to plan against and to run the tiers with. */
export type AwsServer = { url: string; environment: Record<string, string>; stop(): Promise<void> }

/** Starts moto on a free port and waits until it answers. `host` is where it listens; loopback unless machines in namespaces need it. */
export async function startAws(program: string, host = '127.0.0.1'): Promise<AwsServer> {
  const port = await freePort(host)
  const url = `http://${host}:${port}`
  const child = spawn(program, ['-H', host, '-p', String(port)], { stdio: 'ignore' })
  const ended = new Promise<void>(done => child.once('exit', () => done()))
  const stop = async () => {
    child.kill()
    await ended
  }
  for (let attempt = 0; attempt < 120; attempt++) {
    if (child.exitCode !== null) throw new Error(`moto ended with ${child.exitCode}`)
    const answers = await fetch(`${url}/moto-api/data.json`).then(
      response => response.ok,
      () => false,
    )
    if (answers) return { url, environment: environmentOf(url), stop }
    await pause(250)
  }
  await stop()
  throw new Error('moto did not answer within 30 seconds')
}

function environmentOf(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

function freePort(host: string): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, host, () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => done(port))
    })
  })
}
