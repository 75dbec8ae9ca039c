import { fileURLToPath } from 'node:url'
import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js'
import { App, S3Backend, TerraformStack } from 'cdktf'
import { uploadArtifacts } from './artifacts.ts'
import { type InfraConfig, readConfig } from './config.ts'
import { buildDatabase } from './database.ts'
import { buildFirewall } from './firewall.ts'
import { buildFront } from './front.ts'
import { buildInside } from './inside.ts'
import { buildKafka } from './kafka.ts'
import { buildKeys } from './keys.ts'
import { buildMachines } from './machines.ts'
import { namesOf } from './names.ts'
import { buildNetwork } from './network.ts'
import { tellOperator } from './outputs.ts'
import { Refusal } from './refusal.ts'
import { type Releases, readReleases } from './releases.ts'
import { buildRollout } from './rollout.ts'
import { buildSnapshots } from './snapshots.ts'
import { buildStorage } from './storage.ts'
import { buildWarehouseSecret } from './warehouse-secret.ts'
import { buildWatching } from './watching.ts'

/** What exists in AWS, room by room. */
export function deployment(app: App, config: InfraConfig, releases: Releases): TerraformStack {
  const stack = new TerraformStack(app, config.prefix)
  const names = namesOf(config)
  connect(stack, config)

  const keys = buildKeys(stack, config, names)
  const network = buildNetwork(stack, config, names, keys)
  const firewall = buildFirewall(stack, config, names, network)
  const inside = buildInside(stack, config, names, network, firewall)
  const kafka = buildKafka(stack, { config, names, network, firewall, keys })
  const storage = buildStorage(stack, config, names, keys)
  const database = buildDatabase(stack, { config, names, network, firewall, keys })
  const warehouse = buildWarehouseSecret(stack, config, names, keys)
  const artifacts = uploadArtifacts(stack, config, keys, storage, releases)

  const machines = buildMachines(stack, {
    config,
    names,
    keys,
    network,
    firewall,
    kafka,
    storage,
    database,
    warehouse,
    releases,
    needs: [...artifacts, ...inside, ...network.ways],
  })
  const front = buildFront(stack, { config, names, keys, network, firewall, storage, dashboard: machines.dashboard })
  buildSnapshots(stack, config, names, keys)
  buildWatching(stack, { config, names, machines: machines.all, storage, database, front }, keys)
  buildRollout(stack, config, names, machines.all)
  tellOperator(stack, config, machines.dashboardUrl, machines.all, storage)
  return stack
}

function connect(stack: TerraformStack, config: InfraConfig): void {
  new AwsProvider(stack, 'aws', {
    region: config.region,
    defaultTags: [{ tags: { Project: `${config.prefix}-dataapp`, ManagedBy: 'cdktf', CostCenter: config.costCenter } }],
  })
  if (config.stateBucket === undefined) return
  const backend = new S3Backend(stack, {
    bucket: config.stateBucket,
    key: `${config.prefix}/dataapp.tfstate`,
    region: config.region,
    encrypt: true,
  })
  backend.addOverride('use_lockfile', true)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const config = readConfig(process.env)
    const app = new App()
    deployment(app, config, readReleases(config))
    app.synth()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
