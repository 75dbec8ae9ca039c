import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { z } from 'zod'
import { tiers } from '#shared/agreement.ts'
import { contentOf, packMachine, packTier, sha256, versionOf } from '../../ami/package/artifact.ts'
import { waysOf } from '../checks/reachability.ts'
import { adminCidr, example, synthesized } from '../checks/synth.ts'
import { resourcesOf, text } from '../checks/synthesized.ts'
import { findProgram } from '../checks/tool.ts'
import { partPorts } from '../firewall-rules.ts'
import type { Releases } from '../releases.ts'
import { bucketName, type Cloud, fillCloud, startCloud, tell } from './cloud.ts'
import { type BootedMachine, boot } from './machine.ts'
import { inside, type LocalNetwork, openNetwork } from './network.ts'
import { root } from './root.ts'
import { type Store, startKafka, startPostgres } from './stores.ts'

const checkout = realpathSync(fileURLToPath(new URL('../..', import.meta.url)))
const base = join(process.env.TEST_PARTS ?? join(homedir(), '.cache', 'dataapp-parts'), 'machine-base')
const internet = '0.0.0.0/0'
const addresses = {
  'Ingestion-Instance': '10.0.0.20',
  'Processing-Instance': '10.0.0.10',
  'Presentation-Instance': '10.0.0.30',
  Kafka: '10.0.128.20',
  'Settings database': '10.0.144.20',
  [internet]: '198.51.100.10',
  [adminCidr]: '203.0.113.7',
} as const
const names = {
  ingestion: 'Ingestion-Instance',
  processing: 'Processing-Instance',
  presentation: 'Presentation-Instance',
} as const
const summary = z.object({ revenue: z.string(), lines: z.number() })

/** Why this can't run here, or undefined. */
function missing(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux'
  const absent = ['systemd-nspawn', 'debootstrap', 'nft', 'ip', 'moto_server'].find(
    name => findProgram(name) === undefined,
  )
  return absent === undefined ? undefined : `needs ${absent} (infra/checks/tools.sh)`
}

describe('three booted machines', function () {
  this.timeout(900_000)

  const folder = mkdtempSync(join(tmpdir(), 'dataapp-machines-'))
  const machines = new Map<string, BootedMachine>()
  const closing: (() => Promise<void>)[] = []
  let network: LocalNetwork
  let cloud: Cloud
  let releases: Releases
  let password = ''

  before(async function () {
    const reason = missing()
    if (reason !== undefined) {
      if (process.env.CI === 'true' && process.platform === 'linux') throw new Error(reason)
      console.log(`      skipped: ${reason}`)
      this.skip()
    }
    // Postgres runs as a user of its own and must get to its files.
    chmodSync(folder, 0o755)
    await root('bash', [join(checkout, 'infra/machines/base.sh'), base], '', 800)
    releases = await packTwice(join(folder, 'releases'))
    const stack = deployed()
    network = await openNetwork(addresses, waysOf(stack))
    closing.push(() => network.remove())
    const space = (name: keyof typeof addresses) => network.spaceOf(name)
    cloud = await startCloud(findProgram('moto_server') ?? '', base, space(internet), addresses[internet])
    closing.push(() => cloud.stop())
    const stores: Store[] = []
    closing.push(async () => {
      for (const store of stores) await store.stop()
    })
    stores.push(await startKafka('3.9.2', folder, space('Kafka'), addresses.Kafka, partPorts.kafkaIam))
    const postgres = await startPostgres(folder, space('Settings database'))
    stores.push(postgres)
    await fillCloud(cloud, stack, folder, {
      brokers: `${addresses.Kafka}:${partPorts.kafkaIam}`,
      settingsUrl: postgres.url(addresses['Settings database']),
    })
    mkdirSync(join(folder, 'warehouse'))
  })

  after(async () => {
    for (const machine of machines.values()) await machine.terminate().catch(console.error)
    for (const close of closing.reverse()) await close().catch(console.error)
    rmSync(folder, { recursive: true, force: true })
  })

  /** The deployment of the first sketch with the newer or the older of the two releases. */
  function deployed(release?: string) {
    const config = example({
      sshPublicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample admin',
      releasesFile: join(folder, 'releases', 'releases.json'),
      release: release ?? releases.releases[1]?.version ?? '',
    })
    return synthesized(config, releases)
  }

  async function start(tier: (typeof tiers)[number]): Promise<void> {
    const machine = resourcesOf(deployed(), 'aws_instance')[`machine-${tier}`]
    machines.set(
      tier,
      await boot({
        name: tier,
        base,
        folder,
        space: network.spaceOf(names[tier]),
        userData: text(machine?.user_data),
        environment: cloud.environment,
        binds: tier === 'processing' ? [`${join(folder, 'warehouse')}:/var/lib/dataapp/warehouse`] : [],
        readOnlyBinds:
          tier === 'processing'
            ? [
                `${join(checkout, 'shared')}:/opt/stand-in/shared`,
                `${join(checkout, 'infra')}:/opt/stand-in/infra`,
                `${join(checkout, 'package.json')}:/opt/stand-in/package.json`,
                `${realpathSync(join(checkout, 'node_modules'))}:/opt/stand-in/node_modules`,
              ]
            : [],
      }),
    )
  }

  function on(tier: string, command: string, seconds?: number): Promise<string> {
    const machine = machines.get(tier)
    if (machine === undefined) throw new Error(`${tier} is not booted`)
    return machine.run(command, seconds)
  }

  /** Waits until a machine's tier is ready; otherwise says what the machine said. */
  async function ready(tier: string): Promise<void> {
    for (let attempt = 0; attempt < 150; attempt++) {
      const answers = await on(tier, 'dataapp-release ready').then(
        () => true,
        () => false,
      )
      if (answers) return
      await pause(2000)
    }
    const said = await on(
      tier,
      'tail -n 40 /var/log/dataapp-boot.log /var/log/dataapp/*.log; journalctl --no-pager -n 40 -u "dataapp*" -u clickhouse-server -u user-data',
    ).catch(String)
    throw new Error(`${tier} did not become ready:\n${said}`)
  }

  /** What a browser in the internet sees on port 80. */
  async function figures(): Promise<z.output<typeof summary>> {
    const site = `http://${addresses['Presentation-Instance']}`
    const jar = join(folder, 'cookies')
    const curl = (...args: string[]) =>
      inside(network.spaceOf(internet), 'curl', ['-fsS', '-b', jar, '-c', jar, ...args])
    const person = JSON.stringify({ email: 'admin@grupox.example', password })
    await curl('-H', 'content-type: application/json', '-d', person, `${site}/api/v1/session`)
    const answer = await curl(`${site}/api/v1/summary?from=2017-07-01&to=2020-05-31`)
    return summary.parse(JSON.parse(answer))
  }

  async function shows(expected: { revenue: string; lines: number }): Promise<void> {
    let last: unknown
    for (let attempt = 0; attempt < 120; attempt++) {
      last = await figures().catch(String)
      if (JSON.stringify(last) === JSON.stringify(expected)) return
      await pause(1000)
    }
    expect(last).to.deep.equal(expected)
  }

  /** Puts an object into the landing bucket and has ingestion take it. */
  async function land(file: string): Promise<void> {
    const landing = `s3://${bucketName('landing')}/adventureworks`
    await cloud.aws('s3', 'cp', '--only-show-errors', file, `${landing}/`)
    const inbox = '/var/lib/dataapp/home/inbox/adventureworks'
    await on(
      'ingestion',
      `install -d -o dataapp -g dataapp ${inbox} && aws s3 sync --only-show-errors ${landing}/ ${inbox}/ && chown -R dataapp ${inbox}`,
    )
  }

  it('boot from user data, install themselves and become ready', async () => {
    await Promise.all(tiers.map(start))
    await Promise.all(tiers.map(ready))
    const versions = await Promise.all(tiers.map(tier => on(tier, 'dataapp-release status')))
    expect(versions.map(line => line.trim())).to.deep.equal(
      tiers.map(tier => `${tier} ${releases.releases[1]?.version} ready`),
    )
  })

  it('run the tier as its own user, with a read-only system', async () => {
    const owner = await on('presentation', 'ps -o user= -p "$(systemctl show -p MainPID --value dataapp@presentation)"')
    expect(owner.trim()).to.equal('dataapp')
    const secrets = await on(
      'presentation',
      'stat -c "%a %U" /run/dataapp/secrets && (runuser -u nobody -- cat /run/dataapp/secrets 2>&1 || true)',
    )
    expect(secrets).to.match(/^600 root\n.*Permission denied/)
  })

  it('show on port 80 what was put into the landing bucket, to the cent', async () => {
    const added = await on('presentation', 'dataapp user add admin@grupox.example --role admin --json')
    password = z.object({ password: z.string() }).parse(JSON.parse(added)).password
    const parts = thirds(join(checkout, 'samples/adventureworks/Sales.csv'), folder)
    await land(parts[0].file)
    await shows({ revenue: parts[0].revenue, lines: parts[0].lines })
  })

  it('take on a new release under load without losing or doubling a sale', async () => {
    const parts = thirds(join(checkout, 'samples/adventureworks/Sales.csv'), folder)
    const wanted = releases.releases[0]?.version ?? ''
    await land(parts[1].file)
    await Promise.all(
      tiers.map(async tier => {
        const parameter = await cloud.aws(
          ...['ssm', 'get-parameter', '--with-decryption', '--output', 'text', '--query', 'Parameter.Value'],
          ...['--name', `/grupox/dataapp/machines/${tier}/settings`],
        )
        await tell(
          cloud,
          join(folder, tier),
          `/grupox/dataapp/machines/${tier}/settings`,
          renamed(parameter, tier, releases),
        )
        await on(tier, 'dataapp-release apply', 200)
      }),
    )
    await Promise.all(tiers.map(ready))
    for (const tier of tiers) expect(await on(tier, 'dataapp-release status')).to.contain(wanted)
    await shows({ revenue: parts[1].revenue, lines: parts[1].lines })
  })

  it('go on with the same warehouse after the processing machine is terminated and replaced', async () => {
    const parts = thirds(join(checkout, 'samples/adventureworks/Sales.csv'), folder)
    await machines.get('processing')?.terminate()
    machines.delete('processing')
    await land(parts[2].file)
    await start('processing')
    await ready('processing')
    await shows({ revenue: '77548570.20', lines: 57_851 })
  })

  it('go back to the release before on one machine', async () => {
    await on('presentation', 'dataapp-release rollback')
    await ready('presentation')
    expect(await on('presentation', 'dataapp-release status')).to.contain(releases.releases[1]?.version ?? '')
  })

  it('reach each other only on the ways of the security groups', async () => {
    const ways = waysOf(deployed())
    const open = new Set(ways.map(({ from, to, port }) => `${from} → ${to}:${port}`))
    const tried: string[] = []
    const nodes = Object.entries(addresses)
    const ports = [22, 80, 5432, 8081, 8082, 8443, 9098]
    await Promise.all(
      nodes.flatMap(([from]) =>
        nodes
          .filter(([to]) => to !== from && to !== internet && to !== adminCidr)
          .flatMap(([to, address]) =>
            ports.map(async port => {
              const got = await passes(network.spaceOf(from), address, port)
              if (got) tried.push(`${from} → ${to}:${port}`)
            }),
          ),
      ),
    )
    expect(tried.sort()).to.deep.equal([...open].filter(way => !way.endsWith(':443')).sort())
  })
})

/** Whether a first packet gets an answer, be it that nobody listens there. */
async function passes(space: string, address: string, port: number): Promise<boolean> {
  const script = `timeout 3 bash -c 'exec 3<>/dev/tcp/${address}/${port}' 2>&1; echo "ended $?"`
  const said = await inside(space, 'bash', ['-c', script])
  return !said.includes('ended 124')
}

/** The same tiers under two versions. */
async function packTwice(folder: string): Promise<Releases> {
  mkdirSync(folder, { recursive: true })
  const contents = await Promise.all(tiers.map(tier => contentOf(checkout, tier)))
  const version = versionOf(checkout, contents)
  const write = (file: string, content: Buffer) => {
    writeFileSync(join(folder, file), content)
    return { file, sha256: sha256(content) }
  }
  const machine = write('machine.tar.gz', packMachine(checkout))
  const list = [`${version}-next`, version].map(name => {
    const [ingestion, processing, presentation] = tiers.map((tier, index) => {
      const content = contents[index]
      if (content === undefined) throw new Error(`nothing packed for ${tier}`)
      return write(`${tier}-${name}.tar.gz`, packTier(tier, name, content))
    })
    if (ingestion === undefined || processing === undefined || presentation === undefined)
      throw new Error('a tier is missing')
    return { version: name, artifacts: { ingestion, processing, presentation } }
  })
  return { machine, releases: list }
}

/** A machine's settings with the newer release. */
function renamed(parameter: string, tier: (typeof tiers)[number], { releases }: Releases): string {
  const [newest] = releases
  const artifact = newest?.artifacts[tier]
  return JSON.stringify({
    ...z.looseObject({}).parse(JSON.parse(parameter)),
    release: { version: newest?.version, key: `releases/${tier}/${artifact?.file}`, sha256: artifact?.sha256 },
  })
}

type Part = { file: string; revenue: string; lines: number }

/** The sample's sales in three files, each order whole in one of them; revenue and lines are those of all files up to there. */
function thirds(path: string, folder: string): [Part, Part, Part] {
  const [header = '', ...lines] = readFileSync(path, 'utf8')
    .split('\r\n')
    .filter(line => line !== '')
  const columns = header.split('|')
  const cellOf = (line: string, column: string) => line.split('|')[columns.indexOf(column)] ?? ''
  const orders = [...new Set(lines.map(line => cellOf(line, 'SalesOrderNumber')))]
  const places = new Map(orders.map((order, index) => [order, Math.floor((3 * index) / orders.length)]))
  const placeOf = (line: string) => places.get(cellOf(line, 'SalesOrderNumber')) ?? 0
  const part = (number: number): Part => {
    const file = join(folder, `Sales-${number}.csv`)
    writeFileSync(file, `${[header, ...lines.filter(line => placeOf(line) === number - 1)].join('\r\n')}\r\n`)
    const sofar = lines.filter(line => placeOf(line) < number)
    const cents = sofar.reduce(
      (sum, line) => sum + Math.round(Number(cellOf(line, 'Sales').replace(/[^0-9.-]/g, '')) * 100),
      0,
    )
    return { file, revenue: (cents / 100).toFixed(2), lines: sofar.length }
  }
  return [part(1), part(2), part(3)]
}
