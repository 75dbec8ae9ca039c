import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect } from 'chai'
import { available, type MotoPart, startMoto } from '../../test/parts/moto.ts'
import { needs } from '../../test/parts/part.ts'
import { openPreparedSettings } from '../../test/parts/prepared.ts'
import { ingestPath } from '../ingest.ts'
import { openLimit } from '../limit.ts'
import { builtInSources } from '../source/load.ts'
import { quietWork, source, workbench } from '../testing.ts'
import { watchS3 } from './arrivals.ts'
import { openS3 } from './objects.ts'

const northwind = fileURLToPath(new URL('../../samples/northwind', import.meta.url))

describe('sales from S3', () => {
  let bench: Awaited<ReturnType<typeof workbench>>
  let moto: MotoPart
  let client: S3Client
  const before_ = { id: process.env.AWS_ACCESS_KEY_ID, secret: process.env.AWS_SECRET_ACCESS_KEY }

  before(needs(available()))
  before(async () => {
    bench = await workbench(openPreparedSettings)
    moto = await startMoto()
    process.env.AWS_ACCESS_KEY_ID = moto.credentials.accessKeyId
    process.env.AWS_SECRET_ACCESS_KEY = moto.credentials.secretAccessKey
    bench.config.DATAAPP_S3_ENDPOINT = moto.endpoint
    client = openS3(bench.config)
    await client.send(new CreateBucketCommand({ Bucket: 'sales' }))
  })
  beforeEach(() => bench.clear())
  after(async () => {
    process.env.AWS_ACCESS_KEY_ID = before_.id
    process.env.AWS_SECRET_ACCESS_KEY = before_.secret
    client?.destroy()
    await moto?.stop()
    await bench?.close()
  })

  const put = async (name: string, prefix: string) =>
    client.send(
      new PutObjectCommand({ Bucket: 'sales', Key: `${prefix}${name}`, Body: await readFile(`${northwind}/${name}`) }),
    )

  it('reads a prefix, looks rows up in the objects beside, and counts an object once', async () => {
    for (const name of ['Orders.csv', 'Order_Details.csv', 'Employees.csv']) await put(name, 'once/')
    const ingest = () => ingestPath(bench, { ...quietWork(), path: 's3://sales/once/', source: 'northwind' })
    expect(await ingest()).to.deep.include({ rows: 2_164, accepted: 2_164, sales: 830 })
    expect(await ingest()).to.deep.include({ rows: 2_164, accepted: 0, duplicates: 2_164 })
  })

  it('reads the object of a name, not those whose names begin with it', async () => {
    const body = (id: string) => `id,day,p,total\n${id},2024-03-05,x,5\n`
    await bench.write(
      'named.yaml',
      'name: named\nsale: { id: id, store: { value: s }, soldAt: day, product: p, revenue: total }\n',
    )
    for (const key of ['named/a.csv', 'named/a.csv.old'])
      await client.send(new PutObjectCommand({ Bucket: 'sales', Key: key, Body: body(key) }))
    const path = 's3://sales/named/a.csv'
    await ingestPath(bench, { ...quietWork(), path, source: `${bench.home}/named.yaml` })
    expect(bench.sales().map(({ sale }) => sale)).to.deep.equal(['named/a.csv'])
  })

  it('goes on when something else than news of objects is in the queue, and reads keys with any characters', async () => {
    const sqs = new SQSClient({ region: 'us-east-1', endpoint: moto.endpoint })
    await client.send(new CreateBucketCommand({ Bucket: 'odd' }))
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'odd' }))
    const record = (key: string, eventName = 'ObjectCreated:Put') => ({
      eventName,
      s3: { bucket: { name: 'odd' }, object: { key } },
    })
    const tell = (body: unknown) =>
      sqs.send(
        new SendMessageCommand({ QueueUrl, MessageBody: typeof body === 'string' ? body : JSON.stringify(body) }),
      )
    const from = { s3: { bucket: 'odd', prefix: '', queue: QueueUrl, everySeconds: 3_600 } }
    const shop = source('sale: { id: id, store: { value: s }, soldAt: day, product: p, revenue: total }')
    const taken: string[] = []
    const watching = watchS3(
      [{ ...shop, from }],
      bench,
      (file, _, { accepted }) => taken.push(`${file} ${accepted}`),
      quietWork(),
      openLimit(1),
    )
    await new Promise(done => setTimeout(done, 500))
    await tell('no JSON')
    await tell({ Event: 's3:TestEvent', Bucket: 'sales' })
    await tell({ Records: [record('odd/100%.csv'), record(''), record('odd/folder/')] })
    await tell({ Records: [record('odd/gone.csv', 'ObjectRemoved:Delete')] })
    const keys = ['odd/50% off+1 .csv', 'odd/ação=ü&ß.csv', 'odd//two.csv', '/first.csv', 'odd/100%.csv']
    for (const key of keys)
      await client.send(
        new PutObjectCommand({ Bucket: 'odd', Key: key, Body: `id,day,p,total\n${key},2024-03-05,x,5\n` }),
      )
    for (const key of keys.slice(0, -1))
      await tell({ Records: [record(encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+'))] })
    await tell({ Records: [record('odd/100%.csv')] })
    const until = Date.now() + 30_000
    const enough = async () => {
      while (taken.length < keys.length && Date.now() < until) await new Promise(done => setTimeout(done, 50))
    }
    await Promise.race([watching.failed, enough()]).finally(() => watching.stop())
    sqs.destroy()
    expect(taken).to.have.members(keys.map(key => `s3://odd/${key} 1`))
  })

  it('is told of new objects by one queue for all sources, in whatever order they come', async () => {
    const sqs = new SQSClient({ region: 'us-east-1', endpoint: moto.endpoint })
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'arrivals' }))
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
    await client.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: 'sales',
        NotificationConfiguration: {
          QueueConfigurations: [{ QueueArn: Attributes?.QueueArn, Events: ['s3:ObjectCreated:*'] }],
        },
      }),
    )
    const from = (prefix: string) => ({ s3: { bucket: 'sales', prefix, queue: QueueUrl, everySeconds: 3_600 } })
    const shop = source('sale: { id: id, store: { value: s }, soldAt: day, product: p, revenue: total }')
    const known = (await builtInSources()).map(one =>
      one.name === 'northwind' ? { ...one, from: from('told/') } : one,
    )
    const sources = [...known, { ...shop, from: from('shop/') }]
    const taken: string[] = []
    const watching = watchS3(
      sources,
      bench,
      (file, _, { accepted }) => taken.push(`${file} ${accepted}`),
      quietWork(),
      openLimit(1),
    )
    await put('Order_Details.csv', 'told/')
    await client.send(
      new PutObjectCommand({ Bucket: 'sales', Key: 'shop/1.csv', Body: 'id,day,p,total\n1,2024-03-05,x,5\n' }),
    )
    await put('Orders.csv', 'told/')
    const until = Date.now() + 50_000
    while (taken.length < 2 && Date.now() < until) await new Promise(done => setTimeout(done, 50))
    await watching.stop()
    sqs.destroy()
    expect(taken).to.have.members(['s3://sales/told/Order_Details.csv 2155', 's3://sales/shop/1.csv 1'])
  })
})
