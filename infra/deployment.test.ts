import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { consumerGroups, topics } from '#shared/agreement.ts'
import { groupId } from '#shared/bus/kafka/kafka-config.ts'
import { processingGroup, tierMetrics } from './alarm-plans.ts'
import { adminCidr, example, exampleConfigs, synthesize, synthesized } from './checks/synth.ts'
import { blockOf, list, referencesIn, resourcesOf, text } from './checks/synthesized.ts'
import { parseCidr } from './cidr.ts'
import { nameLimits } from './limits.ts'

const sketch = synthesized(example({}))

function names(type: string): string[] {
  return Object.values(resourcesOf(sketch, type)).map(resource => text(blockOf(resource.tags).Name))
}

describe('the deployment', () => {
  it('has the names that the operators gave', () => {
    expect(names('aws_vpc')).to.deep.equal(['grupox-vpc'])
    expect(names('aws_subnet')).to.have.members([
      'grupox-subnet-public1-us-east-1a',
      'grupox-subnet-public2-us-east-1b',
      'grupox-subnet-private1-us-east-1a',
      'grupox-subnet-private2-us-east-1b',
    ])
    expect(names('aws_internet_gateway')).to.deep.equal(['grupox-igw'])
    expect(names('aws_route_table')).to.include('grupox-rtb-public')
    expect(names('aws_instance')).to.have.members([
      'Ingestion-Instance',
      'Processing-Instance',
      'Presentation-Instance',
    ])
    expect(resourcesOf(sketch, 'aws_security_group')['group-my_sg']).to.include({ name: 'my_sg' })
  })

  it('is the same text every time', () => {
    expect(synthesize(example({}))).to.equal(synthesize(example({})))
  })

  it('keys subnets and route tables by zone, never by position', () => {
    const one = synthesized(example({ zones: ['us-east-1a', 'us-east-1b'] }))
    const other = synthesized(example({ zones: ['us-east-1b', 'us-east-1a'] }))
    for (const type of ['aws_subnet', 'aws_route_table']) {
      expect(Object.keys(resourcesOf(one, type)).sort()).to.deep.equal(Object.keys(resourcesOf(other, type)).sort())
    }
  })

  it('encrypts every disk, asks for a token at the metadata service and watches closely', () => {
    for (const machine of Object.values(resourcesOf(sketch, 'aws_instance'))) {
      expect(machine).to.deep.include({ instance_type: 't3.xlarge', monitoring: true })
      expect(blockOf(machine.metadata_options)).to.include({ http_tokens: 'required', http_put_response_hop_limit: 1 })
      expect(blockOf(machine.root_block_device)).to.include({ encrypted: true, volume_type: 'gp3' })
      expect(blockOf(machine.maintenance_options)).to.deep.equal({ auto_recovery: 'default' })
    }
    expect(resourcesOf(sketch, 'aws_ebs_volume')['volume-processing']).to.include({
      encrypted: true,
      final_snapshot: true,
    })
  })

  it('puts Kafka and the database into the private subnets of both zones', () => {
    const inside = [`\${aws_subnet.subnet-private-us-east-1a.id}`, `\${aws_subnet.subnet-private-us-east-1b.id}`]
    const kafka = blockOf(resourcesOf(sketch, 'aws_msk_cluster').kafka?.broker_node_group_info)
    expect(kafka.client_subnets).to.deep.equal(inside)
    expect(resourcesOf(sketch, 'aws_db_subnet_group')['database-subnets']?.subnet_ids).to.deep.equal(inside)
    expect(resourcesOf(sketch, 'aws_db_instance').database).to.include({
      publicly_accessible: false,
      storage_encrypted: true,
    })
  })

  it('has NAT only when the placement asks for it', () => {
    expect(resourcesOf(sketch, 'aws_nat_gateway')).to.deep.equal({})
    expect(
      Object.keys(resourcesOf(synthesized(example({ placement: 'private' })), 'aws_nat_gateway')),
    ).to.have.lengthOf(2)
  })

  it('keeps no password: neither in the deployment nor in what a machine is told', () => {
    for (const config of Object.values(exampleConfigs)) {
      const json = synthesize(config)
      expect(json).to.not.match(/"password"|secret_string|_PASSWORD/)
    }
  })

  it('goes back by naming an earlier release', () => {
    const settings = resourcesOf(synthesized(example({ release: '1.0.0' })), 'aws_ssm_parameter')[
      'settings-of-processing'
    ]
    expect(text(settings?.value)).to.contain('"version":"1.0.0"')
    expect(Object.keys(resourcesOf(sketch, 'aws_s3_object'))).to.have.lengthOf(7)
  })

  it('keeps the state in a bucket with a lock when one is named', () => {
    expect(synthesize(example({ stateBucket: 'grupox-state' }))).to.contain('"use_lockfile": true')
  })

  for (const [name, config] of Object.entries(exampleConfigs)) {
    describe(`"${name}"`, () => {
      const stack = synthesized(config)

      it('refers only to what exists', () => {
        const here = new Set([
          ...Object.entries(stack.resource).flatMap(([type, all]) => Object.keys(all).map(id => `${type}.${id}`)),
          ...Object.entries(stack.data).flatMap(([type, all]) => Object.keys(all).map(id => `data.${type}.${id}`)),
        ])
        const missing = referencesIn([stack.resource, stack.data, stack.output]).filter(
          reference => !here.has(reference),
        )
        expect(missing).to.deep.equal([])
      })

      it('has names that AWS takes', () => {
        for (const { type, attribute, longest, pattern } of nameLimits) {
          for (const [id, resource] of Object.entries(resourcesOf(stack, type))) {
            const value = text(resource[attribute]).replaceAll(/\$\{data\.aws_caller_identity[^}]*\}/g, '123456789012')
            expect(value.length, `${type}.${id}`).to.be.within(1, longest)
            expect(value, `${type}.${id}`).to.match(pattern)
          }
        }
      })

      it('fits user data and parameters into what AWS takes', () => {
        for (const machine of Object.values(resourcesOf(stack, 'aws_instance'))) {
          expect(Buffer.byteLength(text(machine.user_data))).to.be.below(16_384)
        }
        for (const parameter of Object.values(resourcesOf(stack, 'aws_ssm_parameter'))) {
          expect(Buffer.byteLength(text(parameter.value))).to.be.below(3_500)
        }
      })

      it('has subnets inside the network that do not overlap', () => {
        const blocks = Object.values(resourcesOf(stack, 'aws_subnet')).map(subnet => text(subnet.cidr_block))
        expect(new Set(blocks).size).to.equal(4)
        expect(blocks.every(block => parseCidr(block) !== undefined)).to.equal(true)
      })
    })
  }

  it('watches figures and groups that the tiers have', () => {
    const source = readFileSync(fileURLToPath(new URL('../ingestion/main.ts', import.meta.url)), 'utf8')
    expect(source).to.contain(`'${tierMetrics.rows}'`)
    expect(groupId(consumerGroups.sales, topics.sales)).to.equal(processingGroup)
  })

  it('lets only administrators in by SSH', () => {
    const open = Object.values(
      resourcesOf(synthesized(exampleConfigs.sketch ?? example({})), 'aws_vpc_security_group_ingress_rule'),
    )
    const ssh = open.filter(rule => rule.from_port === 22)
    expect(ssh.map(rule => rule.cidr_ipv4)).to.deep.equal([adminCidr])
    expect(list(ssh)).to.have.lengthOf(1)
  })
})
