import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { available } from '../../test/parts/moto.ts'
import { findProgram } from '../checks/tool.ts'
import { root } from './root.ts'

const programs = ['systemd-nspawn', 'debootstrap', 'nft', 'ip', 'findmnt', 'losetup', 'curl', 'java']
/** What the three machines, Kafka, Postgres and their layers in memory take at most, with room. */
const wantedGib = 6

/** What machines need and this computer lacks. `lacks` could be installed; `forbids` is what its kernel or the sandbox around it doesn't permit. */
export type Lacking = { kind: 'lacks' | 'forbids'; reason: string }

/** Looks whether machines can be booted here; undefined when nothing speaks against it. */
export async function lacking(): Promise<Lacking | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return forbids('needs root on Linux')
  const absent = programs.filter(name => findProgram(name) === undefined)
  const moto = available()
  if (moto !== undefined) return { kind: 'lacks', reason: moto }
  if (absent.length > 0)
    return { kind: 'lacks', reason: `needs ${absent.join(', ')} (infra/checks/tools.sh, test/parts/install.sh)` }
  if (process.env.MACHINES_FOLDER === undefined)
    return forbids('no namespaces of processes and mounts here (run it by `npm run test:machines`)')
  if (availableGib() < wantedGib)
    return forbids(`needs ${wantedGib} GiB of free memory, ${availableGib().toFixed(1)} are there`)
  return root('bash', [fileURLToPath(new URL('./probe.sh', import.meta.url))]).then(
    () => undefined,
    error => forbids(String(error)),
  )
}

function forbids(reason: string): Lacking {
  return { kind: 'forbids', reason }
}

function availableGib(): number {
  const [, kilobytes] = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? []
  return Number(kilobytes ?? 0) / 2 ** 20
}
