import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js'
import type { TerraformStack } from 'cdktf'
import { accept } from './accept.ts'
import type { InfraConfig } from './config.ts'
import type { Keys } from './keys.ts'
import type { Names } from './names.ts'

/** The secret that has ClickHouse's user, password and, for our own server, its certificate. */
export type WarehouseSecret = { arn: string }

/**
 * Only the place of the secret is made here: the Processing-Instance fills it at its first boot, so that no password ever is in the state of
 * the deployment.
 */
export function buildWarehouseSecret(
  stack: TerraformStack,
  config: InfraConfig,
  names: Names,
  keys: Keys,
): WarehouseSecret {
  if (config.warehouse === 'external') return { arn: config.warehouseSecretArn ?? '' }
  const secret = new SecretsmanagerSecret(stack, 'warehouse-secret', {
    name: `${names.parameters.slice(1)}/warehouse`,
    description: 'ClickHouse: user, password and certificate, written by the Processing-Instance',
    kmsKeyId: keys.key.arn,
    recoveryWindowInDays: config.deletionProtection ? 30 : 0,
    tags: { Name: names.resource('warehouse') },
  })
  accept(
    secret,
    'CKV2_AWS_57',
    'Rotated with "dataapp-warehouse rotate" on the machine (docs/operations/keys.md): the value is made where ClickHouse runs.',
  )
  return { arn: secret.arn }
}
