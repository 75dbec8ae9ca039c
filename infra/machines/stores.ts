import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { partsDirectory } from '../../test/parts/part.ts'
import { answering, stopped } from './cloud.ts'
import { inside } from './network.ts'
import { root } from './root.ts'

export type Store = { stop(): Promise<void> }

/** One real Kafka broker where MSK's would be, on MSK's port for IAM, without IAM. */
export async function startKafka(
  version: string,
  folder: string,
  space: string,
  address: string,
  port: number,
): Promise<Store> {
  const data = join(folder, 'kafka')
  mkdirSync(data, { recursive: true })
  const properties = join(data, 'server.properties')
  writeFileSync(
    properties,
    Object.entries({
      'process.roles': 'broker,controller',
      'node.id': 1,
      'controller.quorum.voters': '1@127.0.0.1:9093',
      'controller.listener.names': 'CONTROLLER',
      listeners: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://127.0.0.1:9093`,
      'advertised.listeners': `PLAINTEXT://${address}:${port}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'log.dirs': join(data, 'logs'),
      'offsets.topic.num.partitions': 4,
      'offsets.topic.replication.factor': 1,
      'transaction.state.log.replication.factor': 1,
      'transaction.state.log.min.isr': 1,
      'group.initial.rebalance.delay.ms': 0,
      'auto.create.topics.enable': false,
    })
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  )
  const java = [
    // As in test/parts/kafka.ts: quick to start, beside machines that need the processor.
    '-XX:TieredStopAtLevel=1',
    '-XX:+UseSerialGC',
    '-Xms128m',
    '-Xmx512m',
    `-Dkafka.logs.dir=${data}`,
    '-cp',
    join(partsDirectory, `kafka-${version}`, '*'),
  ]
  await root('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', 'ZGF0YWFwcC10ZXN0LWthZg', '-c', properties])
  const child = spawn('ip', ['netns', 'exec', space, 'java', ...java, 'kafka.Kafka', properties], { stdio: 'ignore' })
  await listening(space, port, child)
  return { stop: () => stopped(child) }
}

/** A real Postgres where RDS would be. */
export async function startPostgres(folder: string, space: string): Promise<Store & { url(address: string): string }> {
  const [newest = ''] = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a))
  const bin = join('/usr/lib/postgresql', newest, 'bin')
  const data = join(folder, 'postgres')
  mkdirSync(data, { recursive: true })
  await root('chown', ['postgres:postgres', data])
  const asPostgres = (...command: string[]) => ['runuser', '-u', 'postgres', '--', ...command]
  const password = join(folder, 'postgres-password')
  writeFileSync(password, 'only-for-tests')
  await root('chown', ['postgres:postgres', password])
  await root('runuser', [
    '-u',
    'postgres',
    '--',
    join(bin, 'initdb'),
    '-D',
    data,
    '-A',
    'scram-sha-256',
    `--pwfile=${password}`,
  ])
  writeFileSync(join(data, 'pg_hba.conf'), 'host all all 0.0.0.0/0 scram-sha-256\n')
  const child = spawn(
    'ip',
    [
      'netns',
      'exec',
      space,
      ...asPostgres(
        join(bin, 'postgres'),
        '-D',
        data,
        '-c',
        'listen_addresses=0.0.0.0',
        '-c',
        `unix_socket_directories=${data}`,
      ),
    ],
    { stdio: 'ignore' },
  )
  await listening(space, 5432, child)
  return {
    stop: async () => {
      child.kill('SIGINT')
      await stopped(child)
    },
    url: address => `postgres://postgres:only-for-tests@${address}:5432/postgres`,
  }
}

function listening(space: string, port: number, child: ChildProcess): Promise<void> {
  return answering(() => inside(space, 'bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`]), child)
}
