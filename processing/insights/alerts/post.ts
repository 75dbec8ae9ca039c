import { type LookupAddress, lookup } from 'node:dns'
import { request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Where a cloud machine tells its own credentials, and addresses that mean something on one wire only: nobody's webhook. */
const refused = new BlockList()
refused.addSubnet('169.254.0.0', 16, 'ipv4')
refused.addAddress('100.100.100.200', 'ipv4')
refused.addSubnet('fe80::', 10, 'ipv6')
refused.addAddress('fd00:ec2::254', 'ipv6')

type Resolve = (
  host: string,
  options: { all: true },
  told: (error: Error | null, found: LookupAddress[]) => void,
) => void

const patienceMs = 10_000

/** Posts JSON and resolves with the status of the answer, wherever that points: redirects are not followed. */
export function postJson(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  resolve: Resolve = lookup,
): Promise<number> {
  return new Promise((done, fail) => {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    if (isRefused(host)) return fail(noWebhook(host))
    const request = url.protocol === 'https:' ? tlsRequest : plainRequest
    const options = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(patienceMs),
      lookup: guarded(resolve),
    }
    request(url, options, answer => {
      done(answer.statusCode ?? 0)
      answer.destroy()
    })
      .on('error', fail)
      .end(body)
  })
}

/** Looks at what a name stands for where it is used: looked at before, it could stand for something else by then. */
function guarded(resolve: Resolve): LookupFunction {
  return (host, options, told) =>
    resolve(host, { all: true }, (error, found) => {
      const [first] = found
      if (error !== null || first === undefined) told(error ?? new Error(`${host} has no address`), '')
      else if (found.some(({ address }) => isRefused(address))) told(noWebhook(host), '')
      else if (options.all === true) told(null, found)
      else told(null, first.address, first.family)
    })
}

function isRefused(address: string): boolean {
  const version = isIP(address)
  return version !== 0 && refused.check(address, version === 6 ? 'ipv6' : 'ipv4')
}

const noWebhook = (host: string) => new Error(`${host} is an address of this machine's own network, not a webhook`)
