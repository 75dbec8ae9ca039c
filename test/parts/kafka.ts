import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ended, freePort, lastWords, listening, partsDirectory } from './part.ts'

export type KafkaVersion = '3.9.2' | '4.3.1'
export const kafkaVersions: readonly KafkaVersion[] = ['3.9.2', '4.3.1']

export type KafkaOptions = {
  version?: KafkaVersion
  /** A second listener with TLS and SASL (PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512) for `kafkaUser`. */
  secured?: boolean
  /** Further lines of `server.properties`. */
  properties?: Record<string, string | number | boolean>
}

/** A single KRaft node on loopback with data of its own. */
export type KafkaPart = {
  version: KafkaVersion
  brokers: string[]
  /** Only with `secured`: the other listener and the file with its certificate. */
  securedBrokers: string[]
  certificateFile: string
  /** Ends it at once, as `kill -9` does. Its data stay. */
  kill(): Promise<void>
  /** Starts it again on the same ports and data. */
  restart(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

export const kafkaUser = { username: 'dataapp', password: 'only-for-tests' } as const

/** Why there is no Kafka here, or undefined. */
export function available(version: KafkaVersion = '4.3.1'): string | undefined {
  if (spawnSync('java', ['-version']).status !== 0) return 'needs Java 17 (test/parts/install.sh)'
  if (!existsSync(join(jars(version), `kafka_2.13-${version}.jar`)))
    return `needs Kafka ${version} in ${jars(version)} (test/parts/install.sh)`
  return undefined
}

export async function startKafka(options: KafkaOptions = {}): Promise<KafkaPart> {
  const version = options.version ?? '4.3.1'
  const directory = await mkdtemp(join(tmpdir(), 'dataapp-kafka-'))
  const [port, controllerPort, securedPort] = [await freePort(), await freePort(), await freePort()]
  const secured = options.secured ?? false
  const certificate = secured ? await makeCertificate(directory) : ''
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${secured ? `,SASL_SSL://127.0.0.1:${securedPort}` : ''}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL',
    'log.dirs': join(directory, 'data'),
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    // After kill -9 the node may come back only once its last session has run out.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
    ...(secured ? securedSettings(certificate) : {}),
    ...options.properties,
  }
  const file = join(directory, 'server.properties')
  await writeFile(
    file,
    Object.entries(settings)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  )
  await format(version, directory, file, secured)
  let child = await run(version, directory, file, port)
  const kill = async () => {
    child.kill('SIGKILL')
    await ended(child)
  }
  return {
    version,
    brokers: [`127.0.0.1:${port}`],
    securedBrokers: secured ? [`127.0.0.1:${securedPort}`] : [],
    certificateFile: join(directory, 'certificate.pem'),
    kill,
    async restart() {
      await kill()
      child = await run(version, directory, file, port)
    },
    async stop() {
      await kill()
      await rm(directory, { recursive: true })
    },
  }
}

function jars(version: KafkaVersion): string {
  return join(partsDirectory, `kafka-${version}`)
}

function java(version: KafkaVersion, directory: string): string[] {
  return [
    // The quick compiler and collector: a broker here lives for minutes beside what is tested, not for months on its own machine.
    '-XX:TieredStopAtLevel=1',
    '-XX:+UseSerialGC',
    // Classes as a broker before had them (install.sh). Without that file, or with one of another Java, they are read from the jars.
    `-XX:SharedArchiveFile=${jars(version)}.jsa`,
    '-Xlog:disable',
    '-Xms128m',
    '-Xmx512m',
    `-Dkafka.logs.dir=${directory}`,
    '-cp',
    join(jars(version), '*'),
  ]
}

/** What the tool wrote for the first broker of a kind. It writes the same for the next, and takes a Java of its own for it. */
const formatted = new Map<string, readonly { name: string; content: Buffer }[]>()

async function format(version: KafkaVersion, directory: string, file: string, secured: boolean): Promise<void> {
  const data = join(directory, 'data')
  const kind = `${version} ${secured}`
  const written = formatted.get(kind)
  if (written === undefined) {
    formatAnew(version, directory, file, secured)
    formatted.set(kind, await filesIn(data))
    return
  }
  await mkdir(data)
  for (const { name, content } of written) await writeFile(join(data, name), content)
}

async function filesIn(folder: string): Promise<{ name: string; content: Buffer }[]> {
  const names = await readdir(folder)
  return Promise.all(names.map(async name => ({ name, content: await readFile(join(folder, name)) })))
}

function formatAnew(version: KafkaVersion, directory: string, file: string, secured: boolean): void {
  const { username, password } = kafkaUser
  const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap(kind => [
    '--add-scram',
    `${kind}=[name=${username},password=${password}]`,
  ])
  const clusterId = 'ZGF0YWFwcC10ZXN0LWthZg'
  execFileSync(
    'java',
    [
      ...java(version, directory),
      'kafka.tools.StorageTool',
      'format',
      '-t',
      clusterId,
      '-c',
      file,
      ...(secured ? users : []),
    ],
    { stdio: 'pipe' },
  )
}

async function run(version: KafkaVersion, directory: string, file: string, port: number): Promise<ChildProcess> {
  const child = spawn('java', [...java(version, directory), 'kafka.Kafka', file], { stdio: ['ignore', 'pipe', 'pipe'] })
  // A test run that is cut off leaves no broker behind.
  const end = () => void child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  await listening(port, child, lastWords(child))
  return child
}

async function makeCertificate(directory: string): Promise<string> {
  const key = join(directory, 'key.pem')
  const certificate = join(directory, 'certificate.pem')
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost']
      .concat(['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'])
      .concat(['-keyout', key, '-out', certificate]),
    { stdio: 'pipe' },
  )
  await writeFile(
    join(directory, 'keystore.pem'),
    (await readFile(key, 'utf8')) + (await readFile(certificate, 'utf8')),
  )
  return join(directory, 'keystore.pem')
}

function securedSettings(keystore: string): Record<string, string> {
  const { username, password } = kafkaUser
  const login = (module: string, more = '') =>
    `org.apache.kafka.common.security.${module} required username="${username}" password="${password}"${more};`
  const prefix = 'listener.name.sasl_ssl'
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keystore,
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    [`${prefix}.plain.sasl.jaas.config`]: login('plain.PlainLoginModule', ` user_${username}="${password}"`),
    [`${prefix}.scram-sha-256.sasl.jaas.config`]: login('scram.ScramLoginModule'),
    [`${prefix}.scram-sha-512.sasl.jaas.config`]: login('scram.ScramLoginModule'),
  }
}
