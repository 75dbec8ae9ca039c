import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { Client } from 'pg'
import * as moto from './moto.ts'
import { needs } from './part.ts'
import * as postgres from './postgres.ts'

describe('the real parts of tests', () => {
  describe('Postgres', () => {
    before(needs(postgres.available()))

    it('answers, and has its data after a kill', async () => {
      const part = await postgres.startPostgres()
      try {
        await query(part.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
        await part.kill()
        await part.restart()
        expect(await query(part.url, 'SELECT answer FROM kept')).to.deep.equal([{ answer: 42 }])
      } finally {
        await part.stop()
      }
    })
  })

  describe('moto', () => {
    before(needs(moto.available()))

    it('answers', async () => {
      const part = await moto.startMoto()
      try {
        const client = new S3Client({ ...part, forcePathStyle: true })
        await client.send(new CreateBucketCommand({ Bucket: 'sales' }))
        const { Buckets = [] } = await client.send(new ListBucketsCommand({}))
        expect(Buckets.map(({ Name }) => Name)).to.deep.equal(['sales'])
        client.destroy()
      } finally {
        await part.stop()
      }
    })
  })
})

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
