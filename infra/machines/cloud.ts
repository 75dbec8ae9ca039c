import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Synthesized } from '../checks/synthesized.ts'
import { resourcesOf, text } from '../checks/synthesized.ts'
import { inside } from './network.ts'

/** What AWS is for the machines: moto in a namespace of its own, filled from the synthesized deployment. */
export type Cloud = {
  environment: Readonly<Record<string, string>>
  aws(...args: string[]): Promise<string>
  stop(): Promise<void>
}

/** Starts moto at the place that stands for the internet. Port 443, because that is the one the security groups open; it speaks HTTP there. */
export async function startCloud(moto: string, base: string, space: string, address: string): Promise<Cloud> {
  const url = `http://${address}:443`
  const child = spawn('ip', ['netns', 'exec', space, moto, '-H', '0.0.0.0', '-p', '443'], { stdio: 'ignore' })
  const environment = {
    AWS_ENDPOINT_URL: url,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
  }
  const settings = Object.entries(environment).map(([key, value]) => `${key}=${value}`)
  const aws = (...args: string[]) =>
    inside(space, 'env', [...settings, `PYTHONPATH=${join(base, 'opt/awscli')}`, 'python3', '-m', 'awscli', ...args])
  await answering(() => inside(space, 'curl', ['-fsS', '-o', '/dev/null', `${url}/moto-api/data.json`]), child)
  return { environment, aws, stop: () => stopped(child) }
}

/** What differs from AWS: Kafka without IAM, the database by a plain address, names that only AWS knows. */
export type Differences = { brokers: string; settingsUrl: string }

const told = z.looseObject({ environment: z.record(z.string(), z.string()) })

/** Makes the buckets, secrets, the key, the objects and the machines' parameters of the deployment. */
export async function fillCloud(
  cloud: Cloud,
  stack: Synthesized,
  folder: string,
  differences: Differences,
): Promise<void> {
  const { KeyMetadata } = z
    .object({ KeyMetadata: z.object({ Arn: z.string() }) })
    .parse(JSON.parse(await cloud.aws('kms', 'create-key')))
  for (const bucket of Object.values(resourcesOf(stack, 'aws_s3_bucket'))) {
    await cloud.aws('s3', 'mb', `s3://${bucketName(text(bucket.bucket))}`)
  }
  const secret = async (name: string, value: string | undefined) => {
    const made = await cloud.aws(
      'secretsmanager',
      'create-secret',
      '--name',
      name,
      ...(value === undefined ? [] : ['--secret-string', value]),
    )
    return z.object({ ARN: z.string() }).parse(JSON.parse(made)).ARN
  }
  const arns = {
    settings: await secret('settings', JSON.stringify({ url: differences.settingsUrl })),
    warehouse: await secret('warehouse', undefined),
  }
  for (const object of Object.values(resourcesOf(stack, 'aws_s3_object'))) {
    await cloud.aws(
      's3',
      'cp',
      '--only-show-errors',
      text(object.source),
      `s3://${bucketName('artifacts')}/${text(object.key)}`,
    )
  }
  for (const [id, parameter] of Object.entries(resourcesOf(stack, 'aws_ssm_parameter'))) {
    const value = id.startsWith('settings-of-')
      ? adapt(text(parameter.value), arns, KeyMetadata.Arn, differences)
      : text(parameter.value).replace(/\$\{[^}]*\}/, bucketName('artifacts'))
    await tell(cloud, folder, text(parameter.name), value)
  }
}

/** Writes a parameter, as a deploy does. */
export async function tell(cloud: Cloud, folder: string, name: string, value: string): Promise<void> {
  const file = join(folder, 'parameter')
  writeFileSync(file, value)
  await cloud.aws(
    'ssm',
    'put-parameter',
    '--overwrite',
    '--type',
    'SecureString',
    '--name',
    name,
    '--value',
    `file://${file}`,
  )
}

export function bucketName(purpose: string): string {
  const name = purpose.replaceAll(/\$\{[^}]*\}/g, '123456789012')
  return name.startsWith('grupox-') ? name : `grupox-${name}-123456789012-us-east-1`
}

function adapt(
  json: string,
  arns: { settings: string; warehouse: string },
  keyArn: string,
  differences: Differences,
): string {
  const settings = told.parse(JSON.parse(json.replaceAll(/\$\{[^}]*\}/g, 'known-in-aws')))
  return JSON.stringify({
    ...settings,
    bucket: bucketName('artifacts'),
    secrets: arns,
    settingsEndpoint: '',
    environment: {
      ...settings.environment,
      DATAAPP_BUS_BROKERS: differences.brokers,
      DATAAPP_BUS_TLS: 'off',
      DATAAPP_BUS_SASL: 'none',
      DATAAPP_BUS_REPLICATION: '1',
      DATAAPP_LAKE_URL: `s3://${bucketName('lake')}`,
      DATAAPP_KEYS_KMS_KEY_ID: keyArn,
    },
  })
}

export async function answering(ask: () => Promise<unknown>, child: ChildProcess, seconds = 60): Promise<void> {
  for (let attempt = 0; attempt < seconds * 2; attempt++) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    const answers = await ask().then(
      () => true,
      () => false,
    )
    if (answers) return
    await pause(500)
  }
  throw new Error(`no answer within ${seconds} seconds`)
}

/** Ends a program that was started through `ip netns exec`. */
export async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>(done => child.once('exit', () => done()))
  child.kill('SIGKILL')
  await ended
}
