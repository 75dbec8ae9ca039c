import { TerraformOutput, type TerraformStack } from 'cdktf'
import type { InfraConfig } from './config.ts'
import type { Machine } from './machine.ts'
import type { Storage } from './storage.ts'

/** What an operator needs next: addresses, doors and buckets. */
export function tellOperator(
  stack: TerraformStack,
  config: InfraConfig,
  dashboardUrl: string,
  machines: readonly Machine[],
  storage: Storage,
): void {
  const say = (id: string, value: string, description: string) => new TerraformOutput(stack, id, { value, description })
  say('dashboard', dashboardUrl, 'Open this in a browser')
  say('landing', `s3://${storage.landing.bucket}`, 'Put exports here')
  say('queue', storage.arrivals.url, 'The queue that a source names beside the landing bucket')
  say('sources', `s3://${storage.artifacts.bucket}/sources/`, 'Put source files (*.yaml) here')
  for (const { plan, instance, address } of machines) {
    const host = address?.publicIp ?? (plan.isPublic ? instance.publicIp : instance.privateIp)
    if (config.sshPublicKey !== undefined) {
      const command = plan.isPublic
        ? `ssh ec2-user@${host}`
        : `aws ec2-instance-connect ssh --os-user ec2-user --instance-id ${instance.id}`
      say(`ssh-${plan.id}`, command, `Sign in to ${plan.name} by SSH`)
    }
    if (config.sessionManager) {
      say(
        `session-${plan.id}`,
        `aws ssm start-session --target ${instance.id}`,
        `Sign in to ${plan.name} by Session Manager`,
      )
    }
  }
}
