import type { Way } from '../checks/reachability.ts'
import { root } from './root.ts'

/** Where each node of the deployment stands: names as the reachability check has them. */
export type Addresses = Readonly<Record<string, string>>
/** A network of its own, in namespaces of this machine: nothing of it reaches the outside. */
export type LocalNetwork = { spaceOf(node: string): string; remove(): Promise<void> }

const router = 'dataapp-router'

/** One namespace per node and a router between them that lets through exactly the given ways. */
export async function openNetwork(addresses: Addresses, ways: readonly Way[]): Promise<LocalNetwork> {
  const nodes = Object.keys(addresses)
  const spaces = new Map(nodes.map((node, index) => [node, `dataapp-${index}`]))
  const spaceOf = (node: string) => spaces.get(node) ?? ''
  const all = [router, ...spaces.values()]
  const remove = async () => {
    for (const space of all) await root('ip', ['netns', 'delete', space])
  }
  for (const space of all) {
    await root('ip', ['netns', 'add', space])
    await root('ip', ['-n', space, 'link', 'set', 'lo', 'up'])
  }
  await root('ip', ['-n', router, 'address', 'add', '169.254.1.1/32', 'dev', 'lo'])
  await inside(router, 'sysctl', ['-qw', 'net.ipv4.ip_forward=1'])
  for (const [node, address] of Object.entries(addresses)) {
    const space = spaceOf(node)
    await root('ip', ['link', 'add', 'host0', 'netns', space, 'type', 'veth', 'peer', 'name', space, 'netns', router])
    await root('ip', ['-n', space, 'address', 'add', `${address}/32`, 'dev', 'host0'])
    await root('ip', ['-n', space, 'link', 'set', 'host0', 'up'])
    await root('ip', ['-n', space, 'route', 'add', 'default', 'dev', 'host0'])
    await root('ip', ['-n', router, 'link', 'set', space, 'up'])
    await root('ip', ['-n', router, 'route', 'add', `${address}/32`, 'dev', space])
    // Each node asks for everybody's address at its one cable; the router answers for all of them.
    await inside(router, 'sysctl', ['-qw', `net.ipv4.conf.${space}.proxy_arp=1`])
  }
  await inside(router, 'nft', ['-f', '-'], filterOf(addresses, ways))
  return { spaceOf, remove }
}

/** The packet filter of the security groups' ways: a first packet must be allowed, its answers follow, all else is dropped. */
export function filterOf(addresses: Addresses, ways: readonly Way[]): string {
  const place = (name: string) => addresses[name] ?? name
  const known = (name: string) => name in addresses || /^\d+\./.test(name)
  const rules = ways
    .filter(({ from, to }) => known(from) && known(to))
    .map(({ from, to, port }) => `    ip saddr ${place(from)} ip daddr ${place(to)} tcp dport ${port} accept`)
  return [
    'table ip dataapp {',
    '  chain forward {',
    '    type filter hook forward priority 0; policy drop;',
    '    ct state established,related accept',
    ...rules,
    '  }',
    '}',
    '',
  ].join('\n')
}

/** Runs a program inside a namespace. */
export function inside(space: string, program: string, args: readonly string[], input = ''): Promise<string> {
  return root('ip', ['netns', 'exec', space, program, ...args], input)
}
