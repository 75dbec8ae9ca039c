import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Synthesized } from '../checks/synthesized.ts'
import { blockOf, list, number, referenced, resourcesOf, text } from '../checks/synthesized.ts'
import { inside } from './network.ts'

/** What AWS is for the machines: moto in a namespace of its own, filled from the synthesized deployment. */
export type Cloud = {
  environment: Readonly<Record<string, string>>
  /** The AWS command line, as an operator uses it. */
  aws(...args: string[]): Promise<string>
  /** One question to an interface that speaks JSON, without the second that the command line takes to start. */
  ask(service: string, target: string, body: unknown): Promise<unknown>
  /** Writes an object of S3, or what hangs on a bucket (`?notification`). */
  put(path: string, args: readonly string[]): Promise<void>
  stop(): Promise<void>
}

const region = 'us-east-1'
const account = '123456789012'

/** Starts moto at the place that stands for the internet. Port 443, because that is the one the security groups open; it speaks HTTP there. */
export async function startCloud(moto: string, base: string, space: string, address: string): Promise<Cloud> {
  const url = `http://${address}:443`
  const child = spawn('ip', ['netns', 'exec', space, moto, '-H', '0.0.0.0', '-p', '443'], { stdio: 'ignore' })
  const environment = {
    AWS_ENDPOINT_URL: url,
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
  }
  const settings = Object.entries(environment).map(([key, value]) => `${key}=${value}`)
  const python = `PYTHONPATH=${join(base, 'opt/awscli')}`
  const curl = (service: string, args: readonly string[], input = '') => {
    const scope = `testing/20260101/${region}/${service}/aws4_request`
    const signed = `Authorization: AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`
    return inside(space, 'curl', ['-sS', '--fail-with-body', '--max-time', '60', '-H', signed, ...args], input)
  }
  await answering(() => curl('s3', ['-o', '/dev/null', `${url}/moto-api/data.json`]), child)
  return {
    environment,
    aws: (...args) => inside(space, 'env', [...settings, python, 'python3', '-m', 'awscli', ...args]),
    async ask(service, target, body) {
      const kind = `Content-Type: application/x-amz-json-${service === 'sqs' ? '1.0' : '1.1'}`
      const args = ['-H', kind, '-H', `X-Amz-Target: ${target}`, '--data-binary', '@-', url]
      return JSON.parse((await curl(service, args, JSON.stringify(body))) || 'null')
    },
    async put(path, args) {
      await curl('s3', ['-X', 'PUT', ...args, `${url}/${path}`])
    },
    stop: () => stopped(child),
  }
}

/** What differs from AWS: Kafka without IAM, the database by a plain address, names that only AWS knows. */
export type Differences = { brokers: string; settingsUrl: string }

const told = z.looseObject({ environment: z.record(z.string(), z.string()) })
const keyMade = z.object({ KeyMetadata: z.object({ Arn: z.string() }) })
const secretMade = z.object({ ARN: z.string() })

/** Makes the buckets, queues, secrets, the key, the objects and the machines' parameters of the deployment. */
export async function fillCloud(cloud: Cloud, stack: Synthesized, differences: Differences): Promise<void> {
  const { KeyMetadata } = keyMade.parse(await cloud.ask('kms', 'TrentService.CreateKey', {}))
  for (const bucket of Object.values(resourcesOf(stack, 'aws_s3_bucket')))
    await cloud.put(bucketName(text(bucket.bucket)), [])
  await makeQueues(cloud, stack)
  const secret = async (more: { Name: string; SecretString?: string }) =>
    secretMade.parse(await cloud.ask('secretsmanager', 'secretsmanager.CreateSecret', more)).ARN
  const arns = {
    settings: await secret({ Name: 'settings', SecretString: JSON.stringify({ url: differences.settingsUrl }) }),
    warehouse: await secret({ Name: 'warehouse' }),
  }
  for (const object of Object.values(resourcesOf(stack, 'aws_s3_object')))
    await cloud.put(`${bucketName('artifacts')}/${text(object.key)}`, ['-T', text(object.source)])
  for (const [id, parameter] of Object.entries(resourcesOf(stack, 'aws_ssm_parameter'))) {
    const value = id.startsWith('settings-of-')
      ? adapt(text(parameter.value), arns, KeyMetadata.Arn, differences)
      : text(parameter.value).replace(/\$\{[^}]*\}/, bucketName('artifacts'))
    await tell(cloud, text(parameter.name), value)
  }
}

/** The queues with their dead letters, and the bucket that tells one of them what landed. */
async function makeQueues(cloud: Cloud, stack: Synthesized): Promise<void> {
  const queues = resourcesOf(stack, 'aws_sqs_queue')
  const arnOf = (reference: unknown) => queueArn(text(queues[referenced(reference, 'aws_sqs_queue') ?? '']?.name))
  // A queue names the one for its dead letters, which must be there.
  const ordered = Object.values(queues).sort(
    (a, b) => Number(a.redrive_policy !== undefined) - Number(b.redrive_policy !== undefined),
  )
  for (const queue of ordered) {
    const redrive = text(queue.redrive_policy).replace(/\$\{[^}]*\}/, reference => arnOf(reference))
    const Attributes = {
      VisibilityTimeout: String(number(queue.visibility_timeout_seconds) || 30),
      ...(redrive === '' ? {} : { RedrivePolicy: redrive }),
    }
    await cloud.ask('sqs', 'AmazonSQS.CreateQueue', { QueueName: text(queue.name), Attributes })
  }
  for (const notification of Object.values(resourcesOf(stack, 'aws_s3_bucket_notification'))) {
    const configurations = list(notification.queue).map(one => {
      const { queue_arn, events } = blockOf(one)
      const wanted = list(events).map(event => `<Event>${text(event)}</Event>`)
      return `<QueueConfiguration><Queue>${arnOf(queue_arn)}</Queue>${wanted.join('')}</QueueConfiguration>`
    })
    const document = `<NotificationConfiguration>${configurations.join('')}</NotificationConfiguration>`
    await cloud.put(`${bucketName('landing')}?notification`, [
      '-H',
      'Content-Type: application/xml',
      '--data-binary',
      document,
    ])
  }
}

/** Writes a parameter, as a deploy does. */
export async function tell(cloud: Cloud, name: string, value: string): Promise<void> {
  await cloud.ask('ssm', 'AmazonSSM.PutParameter', { Name: name, Value: value, Type: 'SecureString', Overwrite: true })
}

const parameterRead = z.object({ Parameter: z.object({ Value: z.string() }) })

export async function toldBefore(cloud: Cloud, name: string): Promise<string> {
  const answer = await cloud.ask('ssm', 'AmazonSSM.GetParameter', { Name: name, WithDecryption: true })
  return parameterRead.parse(answer).Parameter.Value
}

export function bucketName(purpose: string): string {
  const name = purpose.replaceAll(/\$\{[^}]*\}/g, account)
  return name.startsWith('grupox-') ? name : `grupox-${name}-${account}-${region}`
}

function queueArn(name: string): string {
  return `arn:aws:sqs:${region}:${account}:${name}`
}

/** The address of a queue, as the deploy prints it. */
export function queueUrl({ environment }: Cloud, name: string): string {
  return `${environment.AWS_ENDPOINT_URL}/${account}/${name}`
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

export async function answering(ask: () => Promise<unknown>, child: ChildProcess, seconds = 120): Promise<void> {
  const until = Date.now() + seconds * 1000
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    const answers = await ask().then(
      () => true,
      () => false,
    )
    if (answers) return
    await pause(300)
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
