import { DbInstance } from '@cdktf/provider-aws/lib/db-instance/index.js'
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js'
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group/index.js'
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js'
import type { TerraformStack } from 'cdktf'
import { accept } from './accept.ts'
import type { InfraConfig } from './config.ts'
import type { Firewall } from './firewall.ts'
import type { Keys } from './keys.ts'
import type { Names } from './names.ts'
import type { Network } from './network.ts'
import { assumedBy } from './policy.ts'

/** Where the settings are. `endpoint` is host:port, or '' when the secret has the whole connection string in `url`. */
export type Database = { endpoint: string; secretArn: string; instance: DbInstance | undefined }

type Around = { config: InfraConfig; names: Names; network: Network; firewall: Firewall; keys: Keys }

/** Postgres for people, sessions, the ledger, rules, reports and plans: RDS in the private subnets, or any by the URL in a secret. */
export function buildDatabase(stack: TerraformStack, { config, names, network, firewall, keys }: Around): Database {
  if (config.database === 'external') {
    return { endpoint: '', secretArn: config.databaseSecretArn ?? '', instance: undefined }
  }
  const subnets = new DbSubnetGroup(stack, 'database-subnets', {
    name: names.database,
    subnetIds: network.zones.flatMap(zone => {
      const subnet = network.privateSubnets[zone]
      return subnet === undefined ? [] : [subnet.id]
    }),
    tags: { Name: names.database },
  })
  const parameters = new DbParameterGroup(stack, 'database-parameters', {
    name: `${names.database}-${config.databaseMajor}`,
    family: `postgres${config.databaseMajor}`,
    parameter: [
      { name: 'rds.force_ssl', value: '1' },
      { name: 'log_min_duration_statement', value: '1000' },
      { name: 'log_statement', value: 'ddl' },
    ],
    lifecycle: { createBeforeDestroy: true },
  })
  const monitoring = new IamRole(stack, 'database-monitoring-role', {
    name: names.resource('database-monitoring'),
    assumeRolePolicy: assumedBy('monitoring.rds.amazonaws.com'),
  })
  const monitors = new IamRolePolicyAttachment(stack, 'database-monitoring-rights', {
    role: monitoring.name,
    policyArn: 'arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole',
  })
  const instance = new DbInstance(stack, 'database', {
    identifier: names.database,
    engine: 'postgres',
    engineVersion: String(config.databaseMajor),
    instanceClass: config.databaseClass,
    dbName: 'dataapp',
    username: 'dataapp',
    manageMasterUserPassword: true,
    masterUserSecretKmsKeyId: keys.key.arn,
    allocatedStorage: config.databaseStorageGb,
    maxAllocatedStorage: config.databaseStorageGb * 5,
    storageType: 'gp3',
    storageEncrypted: true,
    kmsKeyId: keys.key.arn,
    dbSubnetGroupName: subnets.name,
    vpcSecurityGroupIds: [firewall.idOf('database')],
    publiclyAccessible: false,
    multiAz: config.databaseMultiAz,
    parameterGroupName: parameters.name,
    backupRetentionPeriod: Math.min(35, config.snapshotDays),
    backupWindow: '06:00-07:00',
    maintenanceWindow: 'sun:07:30-sun:08:30',
    copyTagsToSnapshot: true,
    deletionProtection: config.deletionProtection,
    skipFinalSnapshot: !config.deletionProtection,
    ...(config.deletionProtection ? { finalSnapshotIdentifier: `${names.database}-final` } : {}),
    autoMinorVersionUpgrade: true,
    iamDatabaseAuthenticationEnabled: true,
    caCertIdentifier: 'rds-ca-rsa2048-g1',
    enabledCloudwatchLogsExports: ['postgresql', 'upgrade'],
    performanceInsightsEnabled: true,
    performanceInsightsKmsKeyId: keys.key.arn,
    performanceInsightsRetentionPeriod: 7,
    monitoringInterval: 60,
    monitoringRoleArn: monitoring.arn,
    applyImmediately: true,
    tags: { Name: names.database },
    dependsOn: [monitors],
  })
  if (!config.databaseMultiAz) {
    accept(
      instance,
      'CKV_AWS_157',
      'The key databaseMultiAz decides: a standby doubles the price; backups cover the loss of a zone.',
    )
  }
  if (!config.deletionProtection) {
    accept(instance, 'CKV_AWS_293', 'The key deletionProtection was turned off to tear the deployment down.')
  }
  return { endpoint: instance.endpoint, secretArn: instance.masterUserSecret.get(0).secretArn, instance }
}
