import { expect } from 'chai'
import { hasInternetRoute, nodesOf, waysOf } from './reachability.ts'
import { adminCidr, exampleConfigs, synthesized } from './synth.ts'
import { resourcesOf } from './synthesized.ts'

const outside = /^\d+\.\d+\.\d+\.\d+\/\d+$/
const stacks = Object.entries(exampleConfigs).map(([name, config]) => ({ name, config, stack: synthesized(config) }))

describe('who reaches whom, from the synthesized network', () => {
  for (const { name, config, stack } of stacks) {
    const ways = waysOf(stack)
    const into = (to: string) => ways.filter(way => way.to === to)

    describe(`"${name}"`, () => {
      it('lets the internet reach the dashboard and nothing else', () => {
        const open = ways.filter(way => way.from === '0.0.0.0/0').map(({ to, port }) => `${to}:${port}`)
        expect(open).to.have.members(
          config.domainName === undefined ? ['Presentation-Instance:80'] : ['Load balancer:443', 'Load balancer:80'],
        )
      })

      it('lets administrators reach port 22 and nothing else', () => {
        const ports = new Set(ways.filter(way => way.from === adminCidr).map(way => way.port))
        const keyed = config.sshPublicKey !== undefined && config.placement === 'public'
        expect([...ports]).to.deep.equal(keyed ? [22] : [])
      })

      it('lets only the tiers reach Kafka, the database and the warehouse, each on one port', () => {
        const machines = nodesOf(stack).filter(node => /-Instance/.test(node.name))
        const tiers = new Set(machines.map(node => node.name))
        for (const [part, port] of [
          ['Kafka', 9098],
          ['Settings database', 5432],
        ] as const) {
          const ways = into(part)
          expect(
            ways.every(way => tiers.has(way.from) && way.port === port),
            part,
          ).to.equal(true)
          if (nodesOf(stack).some(node => node.name === part)) expect(ways).to.have.lengthOf(machines.length)
        }
        const processing = into('Processing-Instance').filter(way => !outside.test(way.from) && way.port !== 22)
        expect(new Set(processing.map(way => way.port))).to.deep.equal(
          new Set(config.warehouse === 'instance' ? [8443] : []),
        )
        expect(processing.every(way => tiers.has(way.from))).to.equal(true)
      })

      it('never lets Kafka or the database speak first', () => {
        expect(ways.filter(way => way.from === 'Kafka' || way.from === 'Settings database')).to.deep.equal([])
      })

      it('routes public subnets to the gateway, private ones to NAT or nowhere', () => {
        for (const subnet of Object.keys(resourcesOf(stack, 'aws_subnet'))) {
          const isPublic = subnet.startsWith('subnet-public-')
          expect(hasInternetRoute(stack, subnet, 'gateway_id'), subnet).to.equal(isPublic)
          expect(hasInternetRoute(stack, subnet, 'nat_gateway_id'), subnet).to.equal(
            !isPublic && config.placement === 'private',
          )
        }
      })
    })
  }

  it('gives no public address to ingestion and processing when they stand inside', () => {
    const inside = stacks.find(({ name }) => name === 'inside')
    const open = inside === undefined ? [] : nodesOf(inside.stack).filter(node => node.hasPublicAddress)
    expect(open.map(node => node.name)).to.deep.equal(['Load balancer'])
  })
})
