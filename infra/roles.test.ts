import { expect } from 'chai'
import { exampleConfigs, synthesized } from './checks/synth.ts'
import { resourcesOf, text } from './checks/synthesized.ts'
import { unscoped } from './roles.ts'
import { looks } from './snapshots.ts'

type Statement = {
  Sid: string
  Effect: string
  Action: string | string[]
  Resource: string | string[]
  Condition?: unknown
}

/** Cuts what is known only at apply time, so that a policy's text can be read as JSON. */
function statementsOf(policy: string): Statement[] {
  const parsed: { Statement: Statement[] } = JSON.parse(policy.replaceAll(/\$\{[^}]*\}/g, 'later'))
  return parsed.Statement
}

function allOf(value: string | string[]): string[] {
  return typeof value === 'string' ? [value] : value
}

const withoutResource = new Set([...Object.keys(unscoped), ...looks])

describe('the rights of the roles', () => {
  for (const [name, config] of Object.entries(exampleConfigs)) {
    const stack = synthesized(config)
    const policies = Object.entries(resourcesOf(stack, 'aws_iam_role_policy'))

    it(`name every action and every resource ("${name}")`, () => {
      expect(policies).to.have.lengthOf.above(3)
      for (const [id, { policy }] of policies) {
        for (const statement of statementsOf(text(policy))) {
          const actions = allOf(statement.Action)
          expect(statement.Effect, id).to.equal('Allow')
          expect(
            actions.filter(action => action.includes('*')),
            `${id} ${statement.Sid}`,
          ).to.deep.equal([])
          if (allOf(statement.Resource).includes('*')) {
            expect(
              actions.filter(action => !withoutResource.has(action)),
              `${id} ${statement.Sid}`,
            ).to.deep.equal([])
          }
        }
      }
    })

    it(`let only its service take a role on ("${name}")`, () => {
      for (const role of Object.values(resourcesOf(stack, 'aws_iam_role'))) {
        expect(text(role.assume_role_policy)).to.match(
          /"Service":"(ec2|vpc-flow-logs|monitoring\.rds|dlm)\.amazonaws\.com"/,
        )
      }
    })
  }

  it('give a tier its own topics: ingestion does not read, presentation does not write sales', () => {
    const stack = synthesized(exampleConfigs.sketch ?? config())
    const rights = (tier: string) =>
      statementsOf(text(resourcesOf(stack, 'aws_iam_role_policy')[`rights-${tier}`]?.policy))
    const topics = (tier: string, sid: string) =>
      rights(tier)
        .filter(statement => statement.Sid === sid)
        .flatMap(statement => allOf(statement.Resource))
        .filter(resource => resource.startsWith('later/'))
    expect(topics('ingestion', 'KafkaRead')).to.deep.equal([])
    expect(topics('ingestion', 'KafkaWrite')).to.deep.equal(['later/sales', 'later/dimensions', 'later/sales.rejected'])
    expect(topics('processing', 'KafkaRead')).to.deep.equal(['later/sales', 'later/dimensions'])
    expect(topics('presentation', 'KafkaWrite')).to.not.include('later/sales')
  })

  it('let nobody but ingestion read the landing bucket, nobody but processing write the lake', () => {
    const stack = synthesized(exampleConfigs.sketch ?? config())
    const policy = (tier: string) => text(resourcesOf(stack, 'aws_iam_role_policy')[`rights-${tier}`]?.policy)
    expect(policy('ingestion')).to.contain('bucket-landing').and.not.contain('bucket-lake')
    expect(policy('processing')).to.contain('bucket-lake').and.not.contain('bucket-landing')
    expect(policy('presentation')).to.not.match(/bucket-(lake|landing)/)
  })
})

function config(): never {
  throw new Error('the example "sketch" is missing')
}
