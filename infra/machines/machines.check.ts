import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { z } from 'zod'
import { type Tier, tiers } from '#shared/agreement.ts'
import { program as moto } from '../../test/parts/moto.ts'
import { partsDirectory } from '../../test/parts/part.ts'
import { waysOf } from '../checks/reachability.ts'
import { adminCidr, example, synthesized } from '../checks/synth.ts'
import { resourcesOf, type Synthesized, text } from '../checks/synthesized.ts'
import { partPorts } from '../firewall-rules.ts'
import { lacking } from './capability.ts'
import { bucketName, type Cloud, fillCloud, queueUrl, startCloud, tell, toldBefore } from './cloud.ts'
import { type BootedMachine, boot, tryBoot } from './machine.ts'
import { inside, type LocalNetwork, openNetwork } from './network.ts'
import { type Packed, packTwice, withRelease } from './packed.ts'
import { type Portion, portionsOf } from './portions.ts'
import { root } from './root.ts'
import { type Site, signIn } from './site.ts'
import { type Store, startKafka, startPostgres } from './stores.ts'
import { makeVolume, type Snapshot, type Volume } from './volume.ts'

const checkout = realpathSync(fileURLToPath(new URL('../..', import.meta.url)))
const sample = join(checkout, 'samples/adventureworks')
const base = join(partsDirectory, 'machine-base')
const knock = fileURLToPath(new URL('./knock.js', import.meta.url))
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
const person = { email: 'admin@grupox.example', role: 'admin' }
/** Long beyond any need: how long a step takes is the computer's affair, not what is tested. */
const patienceMs = 600_000

describe('three booted machines', function () {
  this.timeout(patienceMs * 2)

  const folder = mkdtempSync(join(process.env.MACHINES_FOLDER ?? tmpdir(), 'dataapp-machines-'))
  const machines = new Map<Tier, BootedMachine>()
  const closing: (() => Promise<void>)[] = []
  let network: LocalNetwork
  let cloud: Cloud
  let packed: Packed
  let stack: Synthesized
  let volume: Volume | undefined
  let snapshot: Snapshot | undefined
  let portions: Portion[] = []
  let site: Site

  before(async function () {
    const why = await lacking()
    if (why?.kind === 'lacks' && process.env.CI === 'true') throw new Error(why.reason)
    const unable = why?.reason ?? (await makeBase())
    if (unable !== undefined) {
      console.log(`      skipped: ${unable}`)
      this.skip()
    }
    // Postgres runs as a user of its own and must get to its files.
    chmodSync(folder, 0o755)
    portions = portionsOf(join(sample, 'Sales.csv'), folder, 10)
    const packing = packTwice(checkout, join(folder, 'releases'))
    await Promise.all([packing, openCloud(packing)])
  })

  after(async () => {
    for (const machine of machines.values()) await machine.terminate().catch(console.error)
    for (const close of closing.reverse()) await close().catch(console.error)
    rmSync(folder, { recursive: true, force: true })
  })

  /** The root of the machines, and whether systemd comes up on it at all; why not, or undefined. */
  async function makeBase(): Promise<string | undefined> {
    const script = fileURLToPath(new URL('./base.sh', import.meta.url))
    const made = await root('bash', [script, base], '', 1200).then(() => undefined, String)
    return made === undefined ? tryBoot(base, folder) : `the machines' root can't be made: ${made}`
  }

  /** Everything that is there before the machines: the network, AWS, Kafka, the database, the disk. */
  async function openCloud(packing: Promise<Packed>): Promise<void> {
    packed = await packing
    stack = deployed()
    network = await openNetwork(addresses, waysOf(stack))
    closing.push(() => network.remove())
    const space = (name: keyof typeof addresses) => network.spaceOf(name)
    const stores: Store[] = []
    closing.push(async () => {
      for (const store of stores) await store.stop()
    })
    const [opened, kafka, postgres] = await Promise.all([
      startCloud(moto, base, space(internet), addresses[internet]),
      startKafka('3.9.2', folder, space('Kafka'), addresses.Kafka, partPorts.kafkaIam),
      startPostgres(folder, space('Settings database')),
    ])
    stores.push(opened, kafka, postgres)
    cloud = opened
    await fillCloud(cloud, stack, {
      brokers: `${addresses.Kafka}:${partPorts.kafkaIam}`,
      settingsUrl: postgres.url(addresses['Settings database']),
    })
    volume = await makeVolume(folder)
    const disk = volume
    if (disk === undefined) mkdirSync(join(folder, 'warehouse'))
    else closing.push(() => disk.remove())
  }

  /** The deployment of the first sketch, running the older of the two releases. */
  function deployed() {
    const config = example({
      sshPublicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample admin',
      releasesFile: join(folder, 'releases', 'releases.json'),
      release: packed.older.version,
    })
    return synthesized(config, packed)
  }

  async function start(tier: Tier): Promise<void> {
    const machine = resourcesOf(stack, 'aws_instance')[`machine-${tier}`]
    const disk =
      volume === undefined ? `${join(folder, 'warehouse')}:/var/lib/dataapp/warehouse` : `${volume.device}:/dev/data`
    const standIn = ['shared', 'infra', 'package.json', 'node_modules'].map(
      path => `${realpathSync(join(checkout, path))}:/opt/stand-in/${path}`,
    )
    const booted = await boot({
      name: tier,
      base,
      folder,
      space: network.spaceOf(names[tier]),
      userData: text(machine?.user_data),
      environment: {
        ...cloud.environment,
        ...(tier === 'processing' && volume !== undefined ? { VOLUME_DEVICE: '/dev/data' } : {}),
      },
      binds: tier === 'processing' ? [disk] : [],
      readOnlyBinds: tier === 'processing' ? standIn : [],
    })
    machines.set(tier, booted)
  }

  function on(tier: Tier, command: string, seconds = 120): Promise<string> {
    const machine = machines.get(tier)
    if (machine === undefined) throw new Error(`${tier} is not booted`)
    return machine.run(command, seconds)
  }

  function ready(tier: Tier): Promise<void> {
    return comesTo(tier, 'dataapp-release ready')
  }

  function runs(tier: Tier, version: string): Promise<void> {
    return comesTo(tier, `[ "$(dataapp-release status)" = "${tier} ${version} ready" ]`)
  }

  /** Waits until a command works on a machine; otherwise says what the machine said. */
  async function comesTo(tier: Tier, command: string): Promise<void> {
    if (await eventually(() => on(tier, command))) return
    const said = await on(
      tier,
      'tail -n 40 /var/log/dataapp-boot.log /var/log/dataapp/*.log; journalctl --no-pager -n 40 -u "dataapp*" -u clickhouse-server -u user-data',
    ).catch(String)
    throw new Error(`${tier} did not come to \`${command}\`:\n${said}`)
  }

  /** The dashboard on port 80 comes to show all sales up to the end of a portion. */
  async function shows({ sofar }: Portion, from?: string): Promise<void> {
    let last: unknown
    await eventually(async () => {
      last = await site.figures(from).catch(String)
      expect(last).to.deep.equal(sofar)
    })
    expect(last).to.deep.equal(sofar)
  }

  /** Puts files into the landing bucket, as a chain does. */
  async function land(...files: string[]): Promise<void> {
    for (const file of files)
      await cloud.aws('s3', 'cp', '--only-show-errors', file, `s3://${bucketName('landing')}/adventureworks/`)
  }

  it('boot from user data, install themselves and become ready', async () => {
    await Promise.all(tiers.map(start))
    await Promise.all(tiers.map(tier => runs(tier, packed.older.version)))
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
    const added = await on('presentation', `dataapp user add ${person.email} --role ${person.role} --json`)
    const { password } = z.object({ password: z.string() }).parse(JSON.parse(added))
    const url = `http://${addresses['Presentation-Instance']}`
    const signedIn = await eventually(async () => {
      site = await signIn(network.spaceOf(internet), url, folder, { email: person.email, password })
    })
    expect(signedIn).to.equal(true)
    await bringSource()
    await land(...['Product.csv', 'Reseller.csv', 'Salesperson.csv', 'Targets.csv'].map(name => join(sample, name)))
    await land(portion(0).file)
    await shows(portion(0))
  })

  /** The source file comes as an operator brings it; its objects are told by the queue alone, because it lists but once an hour. */
  async function bringSource(): Promise<void> {
    const queue = queueUrl(cloud, 'grupox-arrivals')
    const place = { bucket: bucketName('landing'), prefix: 'adventureworks/', queue, everySeconds: 3600 }
    const file = join(folder, 'adventureworks.yaml')
    const source = readFileSync(join(sample, 'sales.source.yaml'), 'utf8')
    writeFileSync(file, `${source}from:\n  s3: ${JSON.stringify(place)}\n`)
    await cloud.aws('s3', 'cp', '--only-show-errors', file, `s3://${bucketName('artifacts')}/sources/`)
    await on('ingestion', 'systemctl start dataapp-sources')
    await ready('ingestion')
    await eventually(() => on('ingestion', 'test -s /var/lib/dataapp/sources/adventureworks.yaml'))
  }

  function portion(place: number): Portion {
    const found = portions.at(place)
    if (found === undefined) throw new Error(`the sample has no portion ${place}`)
    return found
  }

  it('take on a new release under load without losing or doubling a sale', async () => {
    const upgrade = async (tier: Tier) => {
      const parameter = `/grupox/dataapp/machines/${tier}/settings`
      await tell(cloud, parameter, withRelease(await toldBefore(cloud, parameter), tier, packed.newer))
      await on(tier, 'dataapp-release apply', 300)
    }
    const files = portions.slice(1, -1).map(({ file }) => file)
    await Promise.all([land(...files), ...tiers.map(upgrade)])
    await Promise.all(tiers.map(tier => runs(tier, packed.newer.version)))
    await shows(portion(-2))
    snapshot = await snapshotTaken()
  })

  /** As EBS does it: of one moment, while everything runs. */
  async function snapshotTaken(): Promise<Snapshot | undefined> {
    if (volume === undefined) return undefined
    await on('processing', 'fsfreeze --freeze /var/lib/dataapp/warehouse')
    try {
      return await volume.snapshot()
    } finally {
      await on('processing', 'fsfreeze --unfreeze /var/lib/dataapp/warehouse')
    }
  }

  it('go on with the same warehouse after the processing machine is terminated and replaced', async () => {
    await machines.get('processing')?.terminate()
    machines.delete('processing')
    await land(portion(-1).file)
    await start('processing')
    await ready('processing')
    await shows(portion(-1))
    expect(portion(-1).sofar).to.deep.equal({ revenue: '77548570.20', lines: 57_851 })
  })

  it('get the warehouse back from a snapshot, and what came since from the landing bucket', async function () {
    if (snapshot === undefined) this.skip()
    await on(
      'processing',
      'systemctl stop dataapp-release.timer dataapp@processing clickhouse-server && umount /var/lib/dataapp/warehouse',
    )
    await snapshot.bringBack()
    await on('processing', 'dataapp-volume "$(jq -r .dataVolume /etc/dataapp/settings.json)"; dataapp-warehouse start')
    // Nobody tells the dashboard of this, and it keeps an answer for a minute: asked of a period that was not asked of before.
    const unasked = '2017-06-30'
    await shows(portion(-2), unasked)
    await on('processing', 'systemctl start dataapp@processing dataapp-release.timer')
    await ready('processing')
    // The machine was replaced not long ago: its new certificate is not everywhere yet.
    await on('ingestion', 'systemctl start dataapp-secrets', 300)
    await ready('ingestion')
    const since = `s3://${bucketName('landing')}/adventureworks/Sales-10.csv`
    await on('ingestion', `dataapp ingest ${since} --source adventureworks --again`)
    await shows(portion(-1), unasked)
  })

  it('go back to the release before on one machine', async () => {
    await on('presentation', 'dataapp-release rollback')
    await runs('presentation', packed.older.version)
    // Also when what looks for a wanted release every minute finds the tier down.
    await on('presentation', 'systemctl stop dataapp@presentation && dataapp-release apply', 300)
    await runs('presentation', packed.older.version)
    await shows(portion(-1))
  })

  it('reach each other only on the ways of the security groups', async () => {
    const ports = [22, 80, 5432, 8081, 8082, 8443, 9098]
    const nodes = Object.entries(addresses)
    const found = await Promise.all(
      nodes.map(async ([from]) => {
        const others = nodes.filter(([to]) => ![from, internet, adminCidr].includes(to))
        const ways = new Map(
          others.flatMap(([to, address]) => ports.map(port => [`${address}:${port}`, `${from} → ${to}:${port}`])),
        )
        const answered = await inside(network.spaceOf(from), process.execPath, [knock, ...ways.keys()])
        return z
          .array(z.string())
          .parse(JSON.parse(answered))
          .map(place => ways.get(place))
      }),
    )
    const open = waysOf(stack)
      .filter(({ port }) => port !== 443)
      .map(({ from, to, port }) => `${from} → ${to}:${port}`)
    expect(found.flat().sort()).to.deep.equal([...new Set(open)].sort())
  })
})

/** Asks again and again, until it does not fail or patience is at its end. Whether it ended well. */
async function eventually(ask: () => Promise<unknown>): Promise<boolean> {
  const until = Date.now() + patienceMs
  do {
    const well = await ask().then(
      () => true,
      () => false,
    )
    if (well) return true
    await pause(500)
  } while (Date.now() < until)
  return false
}
