import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { openParts } from '#cli/parts.ts'
import { ingestion } from '#ingestion/main.ts'
import { openS3 } from '#ingestion/s3/objects.ts'
import { processing } from '#processing/main.ts'
import { silentLog } from '#shared/log.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { available, type MotoPart, startMoto } from '../test/parts/moto.ts'
import { benchData } from './data.ts'

const limitSeconds = 3
const bucket = 'sales'
const samples = fileURLToPath(new URL('../samples', import.meta.url))
const shop = `name: shop
sale: { id: id, store: store, soldAt: day, product: product, revenue: total }
`

/** From the moment an object is put into the bucket until its lines are in the warehouse, told by a notification: a small file, Northwind, Online Retail. */
export async function run(): Promise<void> {
  const reason = available()
  if (reason !== undefined) return console.log(`S3: ${reason}`)
  const moto = await startMoto()
  process.env.AWS_ACCESS_KEY_ID = moto.credentials.accessKeyId
  process.env.AWS_SECRET_ACCESS_KEY = moto.credentials.secretAccessKey
  const home = temporaryHome({ DATAAPP_S3_ENDPOINT: moto.endpoint })
  const client = openS3(home.config)
  try {
    const queue = await bucketWithQueue(client, moto)
    const sources = join(home.config.DATAAPP_HOME, 'sources')
    mkdirSync(sources, { recursive: true })
    // Listing is far too slow to be what finds an object here.
    const from = (prefix: string) =>
      `from: { s3: { bucket: ${bucket}, prefix: ${prefix}/, queue: "${queue}", everySeconds: 3600 } }\n`
    writeFileSync(join(sources, 'shop.yaml'), shop + from('shop'))
    for (const [name, file] of [
      ['northwind', 'sales.source.yaml'],
      ['online-retail', 'online-retail.source.yaml'],
    ] as const)
      writeFileSync(join(sources, `${name}.yaml`), readFileSync(join(samples, name, file), 'utf8') + from(name))
    const { close, ...parts } = await openParts(home.config, silentLog)
    const [loading, taking] = [await processing(parts), await ingestion(parts)]
    try {
      await measureAll(client, parts.warehouse)
    } finally {
      await taking.stop()
      await loading.stop()
      await close()
    }
  } finally {
    client.destroy()
    await moto.stop()
    home.remove()
  }
}

async function measureAll(client: S3Client, warehouse: Warehouse): Promise<void> {
  const put = async (key: string, body: Buffer) =>
    client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }))
  const until = async (source: string, lines: number) => {
    for (;;) {
      const [row] = await warehouse.rows<{ lines: string }>(
        `SELECT count() AS lines FROM sale_lines FINAL WHERE source = '${source}'`,
      )
      if (Number(row?.lines) >= lines) return
      await sleep(20)
    }
  }
  const times: number[] = []
  for (let n = 1; n <= 10; n++) {
    const begin = performance.now()
    await put(`shop/${n}.csv`, Buffer.from(`id,store,day,product,total\n${n},s,2024-03-05,p,5.00\n`))
    await until('shop', n)
    times.push((performance.now() - begin) / 1000)
  }
  const sorted = times.toSorted((a, b) => a - b)
  print('a file of one row, ten times', sorted.at(-1) ?? 0, `the slowest; the median ${(sorted[4] ?? 0).toFixed(2)} s`)

  const begin = performance.now()
  // What the rows are joined with comes last: the worst order.
  for (const name of ['Employees.csv', 'Order_Details.csv', 'Orders.csv'])
    await put(`northwind/${name}`, readFileSync(join(samples, 'northwind', name)))
  await until('northwind', 2_155)
  print('Northwind, three files, 2,155 lines', (performance.now() - begin) / 1000)

  const file = benchData('online-retail', 'online-retail-2010-12_2011-08.csv.gz')
  if (file === undefined) return console.log('Online Retail: not here (BENCH_DATA)')
  const large = performance.now()
  await put('online-retail/online_retail.csv.gz', readFileSync(file))
  await until('online-retail', 300_000)
  print('Online Retail, 320,705 rows', (performance.now() - large) / 1000)
}

async function bucketWithQueue(client: S3Client, moto: MotoPart): Promise<string> {
  const sqs = new SQSClient({ region: moto.region, endpoint: moto.endpoint })
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'arrivals' }))
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
  await client.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: {
        QueueConfigurations: [{ QueueArn: Attributes?.QueueArn, Events: ['s3:ObjectCreated:*'] }],
      },
    }),
  )
  sqs.destroy()
  return QueueUrl
}

function print(what: string, seconds: number, more = ''): void {
  console.log(
    `${what}: ${seconds.toFixed(2)} s from put to warehouse${more === '' ? '' : ` (${more})`}; limit for a small file ${limitSeconds} s`,
  )
}
