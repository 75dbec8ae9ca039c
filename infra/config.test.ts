import { expect } from 'chai'
import { parseConfig, zonesOf } from './config.ts'
import { meanings } from './config-meanings.ts'
import { configSchema } from './config-schema.ts'
import { Refusal, variableOf } from './refusal.ts'

const admin = 'adminCidr: 203.0.113.7/32'

function refusal(file: string, env: Record<string, string> = {}): string {
  try {
    parseConfig(file, env)
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
  return 'accepted'
}

describe("a deployment's configuration", () => {
  it('needs only the administrators’ addresses', () => {
    const config = parseConfig(admin, {})
    expect(config).to.include({
      region: 'us-east-1',
      prefix: 'grupox',
      instanceType: 't3.xlarge',
      kafka: 'msk',
      placement: 'public',
    })
    expect(zonesOf(config)).to.deep.equal(['us-east-1a', 'us-east-1b'])
  })

  it('takes the environment over the file', () => {
    const config = parseConfig(`${admin}\nkafkaBrokers: 4`, {
      INFRA_KAFKA_BROKERS: '6',
      INFRA_DELETION_PROTECTION: 'off',
    })
    expect(config).to.include({ kafkaBrokers: 6, deletionProtection: false })
  })

  it('names the key and the reason when it refuses', () => {
    const cases: [file: string, said: RegExp][] = [
      ['', /adminCidr \(INFRA_ADMIN_CIDR\): must be given/],
      ['adminCidr: 0.0.0.0/0', /adminCidr.*whole world/],
      ['adminCidr: 10.0.0.0/8', /adminCidr.*16,777,216 addresses/],
      ['adminCidr: 203.0.113.7', /adminCidr.*not an IPv4 block/],
      [`${admin}\nshopCidrs: [0.0.0.0/0]`, /shopCidrs.*whole world/],
      [`${admin}\nprivateCidrs: [10.0.0.0/20, 10.0.144.0/20]`, /privateCidrs.*overlap/],
      [`${admin}\npublicCidrs: [10.1.0.0/20, 10.0.16.0/20]`, /publicCidrs.*not inside 10.0.0.0\/16/],
      [`${admin}\npublicCidrs: [10.0.0.0/20]`, /publicCidrs.*two blocks/],
      [`${admin}\nvpcCidr: 10.0.0.0/8`, /vpcCidr.*16 to 28 bits/],
      [`${admin}\nkafkaBrokers: 3`, /kafkaBrokers.*multiple of 2/],
      [`${admin}\nkafkaVersion: "2.1"`, /kafkaVersion/],
      [`${admin}\nkafkaStorageGb: 20000`, /kafkaStorageGb/],
      [`${admin}\nkafkaStorageGb: 600`, /kafkaStorageMaxGb.*below/],
      [`${admin}\nkafka: external`, /kafkaExternalBrokers.*[\s\S]*kafkaExternalCidrs/],
      [`${admin}\nwarehouse: external`, /warehouseUrl/],
      [`${admin}\ndatabase: external`, /databaseSecretArn/],
      [`${admin}\ninstanceType: a1.huge`, /instanceType.*t3\.xlarge/],
      [`${admin}\ndatabaseMajor: 12`, /databaseMajor/],
      [`${admin}\nlogRetentionDays: 100`, /logRetentionDays.*365/],
      [`${admin}\ndomainName: vendas.example.com`, /hostedZoneId.*together/],
      [`${admin}\nsessionManager: false`, /sshPublicKey.*nobody could reach/],
      [`${admin}\nzones: [us-west-2a, us-east-1b]`, /zones.*us-west-2a is not in us-east-1/],
      [`${admin}\nchainTimeZone: Sao Paulo`, /chainTimeZone.*IANA/],
      [`${admin}\nkafkaBroker: 2`, /kafkaBroker.*is not a key/],
    ]
    for (const [file, said] of cases) expect(refusal(file), file).to.match(said)
    expect(refusal(admin, { INFRA_ADMIN: 'x' })).to.match(/INFRA_ADMIN.*is not a setting/)
  })

  it('says everything that is wrong at once', () => {
    const said = refusal('adminCidr: 0.0.0.0/0\nkafkaBrokers: 3\nsessionManager: off')
    expect(said.match(/✗/g)).to.have.lengthOf(3)
  })

  it('has a meaning, a cost and a consequence for every key', () => {
    expect(Object.keys(meanings).sort()).to.deep.equal(Object.keys(configSchema.shape).sort())
    expect(variableOf('kafkaStorageMaxGb')).to.equal('INFRA_KAFKA_STORAGE_MAX_GB')
  })
})
