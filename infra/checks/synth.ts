import { join } from 'node:path'
import { App, Testing } from 'cdktf'
import { type InfraConfig, parseConfig } from '../config.ts'
import { deployment } from '../main.ts'
import type { Releases } from '../releases.ts'
import { exampleReleases } from '../testing/releases.ts'
import { readSynthesized, type Synthesized } from './synthesized.ts'

export const adminCidr = '203.0.113.7/32'

/** The configurations that the checks look at: the first sketch, everything inside with TLS, and brokers and stores of others. */
export const exampleConfigs: Readonly<Record<string, InfraConfig>> = {
  sketch: example({
    sshPublicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample admin',
  }),
  inside: example({
    placement: 'private',
    domainName: 'vendas.example.com',
    hostedZoneId: 'Z0123456789EXAMPLE',
    kafkaBrokers: 4,
    kafkaBrokerType: 'kafka.m7g.large',
    processingCount: 2,
    databaseMultiAz: true,
    alarmEmail: 'operacao@example.com',
    stateBucket: 'grupox-state',
    smtpSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:mail-AbCdEf',
    shopCidrs: ['198.51.100.0/24'],
  }),
  serverless: example({ kafka: 'serverless' }),
  elsewhere: example({
    kafka: 'external',
    kafkaExternalBrokers: ['kafka-1.example.com:9094', 'kafka-2.example.com:9094'],
    kafkaExternalCidrs: ['198.51.100.0/28'],
    kafkaSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:kafka-AbCdEf',
    warehouse: 'external',
    warehouseUrl: 'https://clickhouse.example.com:8443',
    warehouseSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:warehouse-AbCdEf',
    database: 'external',
    databaseSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:settings-AbCdEf',
  }),
}

/** A configuration that says only what differs from the defaults. */
export function example(given: Record<string, unknown>): InfraConfig {
  return parseConfig(JSON.stringify({ adminCidr, ...given }), {})
}

/** The Terraform JSON of a configuration, as text. */
export function synthesize(config: InfraConfig, releases: Releases = exampleReleases): string {
  return Testing.synth(deployment(Testing.app(), config, releases))
}

export function synthesized(config: InfraConfig, releases?: Releases): Synthesized {
  return readSynthesized(synthesize(config, releases))
}

/** Synthesizes into a folder as `infra/main.ts` does, with the metadata that `Testing.synth` leaves out. Returns the path of the stack's file. */
export function synthesizeInto(folder: string, config: InfraConfig): string {
  const app = new App({ outdir: folder })
  const stack = deployment(app, config, exampleReleases)
  app.synth()
  return join(folder, 'stacks', stack.node.id, 'cdk.tf.json')
}
