import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { root } from './root.ts'

export type MachinePlan = {
  name: string
  /** The root that all machines share; each writes into a layer of its own. */
  base: string
  /** Where this machine's layer and console are kept. */
  folder: string
  /** The network namespace it lives in. */
  space: string
  userData: string
  /** For every unit: where AWS is and who asks. */
  environment: Readonly<Record<string, string>>
  /** Folders of this computer that the machine sees, as host:machine. */
  binds: readonly string[]
  readOnlyBinds: readonly string[]
}

/** A booted machine with its own systemd. */
export type BootedMachine = {
  name: string
  run(command: string, seconds?: number): Promise<string>
  /** Pulls the plug, as AWS does when a machine is terminated; its layer is gone. */
  terminate(): Promise<void>
}

const patienceMs = 120_000

/** Whether systemd comes up in a machine at all here; why not, or undefined. */
export async function tryBoot(base: string, folder: string): Promise<string | undefined> {
  const space = 'trial'
  try {
    await root('ip', ['netns', 'add', space])
    const plan = { name: space, base, folder, space, userData: 'true\n', environment: {}, binds: [], readOnlyBinds: [] }
    const machine = await boot(plan)
    let state = ''
    // "degraded" says that some service of the system's own did not start: good enough to run ours.
    for (const until = Date.now() + patienceMs; !/running|degraded/.test(state) && Date.now() < until; ) {
      await pause(500)
      state = await machine.run('systemctl is-system-running 2>&1 || true')
    }
    await machine.terminate()
    await root('ip', ['netns', 'delete', space])
    return /running|degraded/.test(state) ? undefined : `systemd does not come up in a machine here: ${state}`
  } catch (error) {
    return `a machine does not boot here: ${String(error)}`
  }
}

let booted = 0

export async function boot(plan: MachinePlan): Promise<BootedMachine> {
  const [upper, work, mounted] = ['upper', 'work', 'root'].map(part => join(plan.folder, plan.name, part))
  if (upper === undefined || work === undefined || mounted === undefined) throw new Error('no folders')
  for (const folder of [upper, work, mounted]) mkdirSync(folder, { recursive: true })
  await root('mount', [
    '-t',
    'overlay',
    'overlay',
    '-o',
    `lowerdir=${plan.base},upperdir=${upper},workdir=${work}`,
    mounted,
  ])
  prepare(mounted, plan)
  const console = openSync(join(plan.folder, `${plan.name}.console`), 'w')
  const child = spawn(
    fileURLToPath(new URL('./nspawn.sh', import.meta.url)),
    [
      `${plan.name}-${++booted}`,
      '--boot',
      '--quiet',
      `--directory=${mounted}`,
      `--machine=${plan.name}`,
      '--register=no',
      '--keep-unit',
      `--network-namespace-path=/run/netns/${plan.space}`,
      '--link-journal=no',
      '--resolv-conf=off',
      '--console=read-only',
      ...plan.binds.map(bind => `--bind=${bind}`),
      ...plan.readOnlyBinds.map(bind => `--bind-ro=${bind}`),
    ],
    { stdio: ['ignore', console, console] },
  )
  const leader = await leaderOf(child)
  const variables = Object.entries(plan.environment).map(([key, value]) => `${key}=${value}`)
  const run = (command: string, seconds = 60) =>
    root(
      'nsenter',
      ['--target', String(leader), '--all', '/usr/bin/env', ...variables, '/bin/bash', '-c', command],
      '',
      seconds,
    )
  return {
    name: plan.name,
    run,
    async terminate() {
      const ended = new Promise<void>(done => {
        if (child.exitCode !== null || child.signalCode !== null) done()
        else child.once('exit', () => done())
      })
      process.kill(leader, 'SIGKILL')
      await ended
      await root('umount', ['--lazy', mounted])
      rmSync(join(plan.folder, plan.name), { recursive: true, force: true })
    },
  }
}

function prepare(mounted: string, { name, userData, environment }: MachinePlan): void {
  const settings = Object.entries(environment).map(([key, value]) => `"${key}=${value}"`)
  mkdirSync(join(mounted, 'etc/systemd/system.conf.d'), { recursive: true })
  writeFileSync(
    join(mounted, 'etc/systemd/system.conf.d/aws.conf'),
    `[Manager]\nDefaultEnvironment=${settings.join(' ')}\n`,
  )
  writeFileSync(join(mounted, 'etc/hostname'), `${name}\n`)
  writeFileSync(join(mounted, 'etc/hosts'), `127.0.0.1 localhost ${name}\n`)
  writeFileSync(join(mounted, 'var/lib/user-data'), userData)
}

/** The first process of the machine: the one that systemd-nspawn has started. */
async function leaderOf(child: ChildProcess): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) throw new Error(`the machine ended with ${child.exitCode}`)
    const [leader] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')
    if (leader !== undefined && leader !== '' && isSystemd(leader)) return Number(leader)
    await pause(100)
  }
  throw new Error('the machine did not start')
}

/** On its way up the first process is still one of systemd-nspawn's own. */
function isSystemd(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'systemd'
  } catch {
    return false
  }
}
