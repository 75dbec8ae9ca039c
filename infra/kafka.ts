import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy/index.js'
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target/index.js'
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { MskCluster } from '@cdktf/provider-aws/lib/msk-cluster/index.js'
import { MskConfiguration } from '@cdktf/provider-aws/lib/msk-configuration/index.js'
import { MskServerlessCluster } from '@cdktf/provider-aws/lib/msk-serverless-cluster/index.js'
import { Fn, type TerraformStack } from 'cdktf'
import { accept } from './accept.ts'
import type { InfraConfig } from './config.ts'
import type { Firewall } from './firewall.ts'
import type { Keys } from './keys.ts'
import type { Names } from './names.ts'
import type { Network } from './network.ts'

/** How the tiers reach Kafka. `brokers` is host:port,host:port; `cluster` is undefined for brokers that are not ours. */
export type Kafka = {
  brokers: string
  sasl: 'iam' | InfraConfig['kafkaExternalSasl']
  replication: number
  cluster: { arn: string; name: string } | undefined
}

type Around = { config: InfraConfig; names: Names; network: Network; firewall: Firewall; keys: Keys }

/** Kafka in the two private subnets, or the way to a Kafka elsewhere. */
export function buildKafka(stack: TerraformStack, around: Around): Kafka {
  switch (around.config.kafka) {
    case 'msk':
      return provisioned(stack, around)
    case 'serverless':
      return serverless(stack, around)
    case 'external':
      return {
        brokers: around.config.kafkaExternalBrokers.join(','),
        sasl: around.config.kafkaExternalSasl,
        replication: Math.min(3, around.config.kafkaExternalBrokers.length),
        cluster: undefined,
      }
  }
}

function provisioned(stack: TerraformStack, { config, names, network, firewall, keys }: Around): Kafka {
  const logs = new CloudwatchLogGroup(stack, 'kafka-logs', {
    name: `${names.logs}/kafka`,
    retentionInDays: config.logRetentionDays,
    kmsKeyId: keys.key.arn,
  })
  const configuration = new MskConfiguration(stack, 'kafka-configuration', {
    name: names.kafka,
    kafkaVersions: [config.kafkaVersion],
    serverProperties: serverProperties(config),
    lifecycle: { createBeforeDestroy: true },
  })
  const cluster = new MskCluster(stack, 'kafka', {
    clusterName: names.kafka,
    kafkaVersion: config.kafkaVersion,
    numberOfBrokerNodes: config.kafkaBrokers,
    enhancedMonitoring: 'PER_TOPIC_PER_BROKER',
    brokerNodeGroupInfo: {
      instanceType: config.kafkaBrokerType,
      clientSubnets: network.zones.flatMap(zone => {
        const subnet = network.privateSubnets[zone]
        return subnet === undefined ? [] : [subnet.id]
      }),
      securityGroups: [firewall.idOf('kafka')],
      storageInfo: { ebsStorageInfo: { volumeSize: config.kafkaStorageGb } },
    },
    clientAuthentication: { unauthenticated: false, sasl: { iam: true } },
    configurationInfo: { arn: configuration.arn, revision: configuration.latestRevision },
    encryptionInfo: {
      encryptionAtRestKmsKeyArn: keys.key.arn,
      encryptionInTransit: { clientBroker: 'TLS', inCluster: true },
    },
    loggingInfo: { brokerLogs: { cloudwatchLogs: { enabled: true, logGroup: logs.name } } },
    openMonitoring: {
      prometheus: { jmxExporter: { enabledInBroker: false }, nodeExporter: { enabledInBroker: false } },
    },
    // The storage grows by itself: a later deploy must not ask for the first size again.
    lifecycle: { ignoreChanges: ['broker_node_group_info[0].storage_info[0].ebs_storage_info[0].volume_size'] },
    tags: { Name: names.kafka },
  })
  growStorage(stack, config, names, cluster)
  return {
    brokers: cluster.bootstrapBrokersSaslIam,
    sasl: 'iam',
    replication: Math.min(3, config.kafkaBrokers),
    cluster: { arn: cluster.arn, name: names.kafka },
  }
}

/** With two brokers one may be away, so one replica in sync has to be enough to write; from three on, two are asked for. */
function serverProperties({ kafkaBrokers }: InfraConfig): string {
  const inSync = kafkaBrokers >= 3 ? 2 : 1
  return [
    'auto.create.topics.enable=false',
    `default.replication.factor=${Math.min(3, kafkaBrokers)}`,
    `min.insync.replicas=${inSync}`,
    'unclean.leader.election.enable=false',
    'log.retention.hours=168',
    'message.max.bytes=4194304',
    'replica.fetch.max.bytes=4194304',
    '',
  ].join('\n')
}

function growStorage(stack: TerraformStack, config: InfraConfig, names: Names, cluster: MskCluster): void {
  const target = new AppautoscalingTarget(stack, 'kafka-storage', {
    serviceNamespace: 'kafka',
    scalableDimension: 'kafka:broker-storage:VolumeSize',
    resourceId: cluster.arn,
    minCapacity: 1,
    maxCapacity: config.kafkaStorageMaxGb,
  })
  new AppautoscalingPolicy(stack, 'kafka-storage-growth', {
    name: names.resource('kafka-storage'),
    policyType: 'TargetTrackingScaling',
    serviceNamespace: target.serviceNamespace,
    scalableDimension: target.scalableDimension,
    resourceId: target.resourceId,
    targetTrackingScalingPolicyConfiguration: {
      targetValue: 60,
      disableScaleIn: true,
      predefinedMetricSpecification: { predefinedMetricType: 'KafkaBrokerStorageUtilization' },
    },
  })
}

function serverless(stack: TerraformStack, { names, network, firewall }: Around): Kafka {
  const { kafka: group } = firewall.groups
  if (group !== undefined)
    accept(group, 'CKV2_AWS_5', 'Attached to the serverless cluster, where the scanner does not look.')
  const cluster = new MskServerlessCluster(stack, 'kafka', {
    clusterName: names.kafka,
    vpcConfig: [
      {
        subnetIds: network.zones.flatMap(zone => {
          const subnet = network.privateSubnets[zone]
          return subnet === undefined ? [] : [subnet.id]
        }),
        securityGroupIds: [firewall.idOf('kafka')],
      },
    ],
    clientAuthentication: { sasl: { iam: { enabled: true } } },
    tags: { Name: names.kafka },
  })
  return {
    brokers: Fn.tostring(cluster.bootstrapBrokersSaslIam),
    sasl: 'iam',
    replication: 3,
    cluster: { arn: cluster.arn, name: names.kafka },
  }
}
