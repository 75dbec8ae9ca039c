import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { parseConfig } from '#shared/config.ts'
import { available, type MotoPart, startMoto } from '../../test/parts/moto.ts'
import { needs } from '../../test/parts/part.ts'
import { openMaster } from './master.ts'

describe('data keys wrapped by KMS', () => {
  before(needs(available()))
  let moto: MotoPart | undefined
  const names = ['AWS_ENDPOINT_URL_KMS', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const
  const environment = names.map(name => [name, process.env[name]] as const)

  after(async () => {
    for (const [name, value] of environment) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    await moto?.stop()
  })

  it('open again by the same key, and say clearly when it is not there', async () => {
    moto = await startMoto()
    process.env.AWS_ENDPOINT_URL_KMS = moto.endpoint
    process.env.AWS_ACCESS_KEY_ID = moto.credentials.accessKeyId
    process.env.AWS_SECRET_ACCESS_KEY = moto.credentials.secretAccessKey
    const client = new KMSClient({ endpoint: moto.endpoint, region: moto.region })
    const made = await client.send(new CreateKeyCommand({}))
    const keyId = made.KeyMetadata?.KeyId ?? ''
    const master = await openMaster(parseConfig({ DATAAPP_KEYS_KMS_KEY_ID: keyId }))
    const key = Buffer.alloc(32, 7)
    const wrapped = await master.wrap(key)
    expect(wrapped).not.to.contain(key.toString('base64url').slice(0, 20))
    expect((await master.unwrap(wrapped, master.id)).equals(key)).to.equal(true)
    const other = await openMaster(parseConfig({ DATAAPP_KEYS_KMS_KEY_ID: '00000000-0000-0000-0000-000000000000' }))
    const error = await other.wrap(key).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).to.include({ code: 'KEYS_UNREADABLE' })
  })
})
