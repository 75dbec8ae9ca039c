import { SsmAssociation } from '@cdktf/provider-aws/lib/ssm-association/index.js'
import { SsmDocument } from '@cdktf/provider-aws/lib/ssm-document/index.js'
import type { TerraformStack } from 'cdktf'
import type { InfraConfig } from './config.ts'
import type { Machine } from './machine.ts'
import type { Names } from './names.ts'

/** How long a deployer waits for one machine to become ready: a first boot on a plain image takes some eight minutes. */
const patienceSeconds = 1200

/**
 * Tells each machine to take on the release and the settings of its parameter and waits until its tier is ready, so that a deploy fails when a
 * machine does. Without Session Manager the machines notice by themselves within a minute and nothing reports back here.
 */
export function buildRollout(
  stack: TerraformStack,
  config: InfraConfig,
  names: Names,
  machines: readonly Machine[],
): void {
  if (!config.sessionManager) return
  const document = new SsmDocument(stack, 'rollout', {
    name: names.resource('dataapp-rollout'),
    documentType: 'Command',
    documentFormat: 'JSON',
    targetType: '/AWS::EC2::Instance',
    content: JSON.stringify({
      schemaVersion: '2.2',
      description: 'Takes on the release and the settings of the machine, then waits until its tier is ready',
      parameters: {
        wanted: { type: 'String', description: 'What is to run; a change of it starts the rollout' },
      },
      mainSteps: [
        {
          action: 'aws:runShellScript',
          name: 'rollout',
          inputs: {
            timeoutSeconds: String(patienceSeconds),
            runCommand: [
              'cloud-init status --wait',
              '/usr/local/bin/dataapp-release apply',
              '/usr/local/bin/dataapp-release wait 300',
            ],
          },
        },
      ],
    }),
    tags: { Name: names.resource('dataapp-rollout') },
  })
  for (const { plan, instance, parameter } of machines) {
    new SsmAssociation(stack, `rollout-to-${plan.id}`, {
      name: document.name,
      associationName: names.resource(`rollout-${plan.id}`),
      targets: [{ key: 'InstanceIds', values: [instance.id] }],
      parameters: { wanted: `version ${parameter.version} of ${parameter.name}` },
      waitForSuccessTimeoutSeconds: patienceSeconds,
    })
  }
}
