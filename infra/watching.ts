import { BudgetsBudget } from '@cdktf/provider-aws/lib/budgets-budget/index.js'
import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js'
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js'
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy/index.js'
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js'
import type { TerraformStack } from 'cdktf'
import { topics } from '#shared/agreement.ts'
import { alarmPlans, processingGroup, tierMetrics, type Watched } from './alarm-plans.ts'
import { buildAlarms } from './alarms.ts'
import type { Keys } from './keys.ts'
import { policy } from './policy.ts'

/** Who is told when something is wrong, what counts as wrong, and one page to look at. */
export function buildWatching(stack: TerraformStack, watched: Watched, keys: Keys): SnsTopic {
  const { config, names } = watched
  const topic = new SnsTopic(stack, 'alarms', {
    name: names.resource('alarms'),
    kmsMasterKeyId: keys.key.arn,
    tags: { Name: names.resource('alarms') },
  })
  new SnsTopicPolicy(stack, 'alarms-policy', {
    arn: topic.arn,
    policy: policy([
      {
        sid: 'AlarmsAndBudgetOfThisAccount',
        principals: { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] },
        actions: ['sns:Publish'],
        resources: [topic.arn],
        conditions: { StringEquals: { 'aws:SourceAccount': keys.account } },
      },
    ]),
  })
  if (config.alarmEmail !== undefined) {
    new SnsTopicSubscription(stack, 'alarms-by-mail', {
      topicArn: topic.arn,
      protocol: 'email',
      endpoint: config.alarmEmail,
    })
  }
  const plans = alarmPlans(watched)
  const alarms = buildAlarms(stack, names, topic.arn, plans)
  new BudgetsBudget(stack, 'budget', {
    name: names.resource('dataapp-monthly'),
    budgetType: 'COST',
    timeUnit: 'MONTHLY',
    limitAmount: String(config.monthlyBudgetUsd),
    limitUnit: 'USD',
    costFilter: [{ name: 'TagKeyValue', values: [`user:Project$${names.resource('dataapp')}`] }],
    notification: [budgetNotice('FORECASTED', 100, topic.arn), budgetNotice('ACTUAL', 80, topic.arn)],
  })
  new CloudwatchDashboard(stack, 'overview', {
    dashboardName: names.resource('dataapp'),
    dashboardBody: JSON.stringify(
      overview(
        watched,
        alarms.map(alarm => alarm.arn),
      ),
    ),
  })
  return topic
}

function budgetNotice(notificationType: 'FORECASTED' | 'ACTUAL', threshold: number, topicArn: string) {
  return {
    notificationType,
    threshold,
    thresholdType: 'PERCENTAGE',
    comparisonOperator: 'GREATER_THAN',
    subscriberSnsTopicArns: [topicArn],
  }
}

type Metric = readonly (string | { label: string; stat?: string })[]

function overview({ config, names, machines, storage }: Watched, alarms: readonly string[]) {
  const graph = (index: number, title: string, metrics: readonly Metric[]) => ({
    type: 'metric',
    x: (index % 3) * 8,
    y: 4 + Math.floor(index / 3) * 6,
    width: 8,
    height: 6,
    properties: { title, region: config.region, view: 'timeSeries', period: 60, stat: 'Average', metrics },
  })
  const perMachine = (namespace: string, metric: string): Metric[] =>
    machines.map(({ plan, instance }) =>
      namespace === 'AWS/EC2'
        ? [namespace, metric, 'InstanceId', instance.id, { label: plan.name }]
        : [namespace, metric, 'Machine', plan.id, { label: plan.name }],
    )
  return {
    widgets: [
      { type: 'alarm', x: 0, y: 0, width: 24, height: 4, properties: { title: 'Alarms', alarms } },
      graph(0, 'Sale lines accepted and rejected', [
        ['DataApp', tierMetrics.rows, 'Tier', 'ingestion', 'outcome', 'accepted', { label: 'accepted', stat: 'Sum' }],
        ['DataApp', tierMetrics.rows, 'Tier', 'ingestion', 'outcome', 'rejected', { label: 'rejected', stat: 'Sum' }],
      ]),
      graph(1, 'Messages behind', [
        [
          'AWS/Kafka',
          'SumOffsetLag',
          'Cluster Name',
          names.kafka,
          'Consumer Group',
          processingGroup,
          'Topic',
          topics.sales,
          { label: 'processing' },
        ],
      ]),
      graph(2, 'Age of the oldest file waiting (s)', [
        ['AWS/SQS', 'ApproximateAgeOfOldestMessage', 'QueueName', storage.arrivals.name, { label: 'arrivals' }],
      ]),
      graph(3, 'Processors used (%)', perMachine('AWS/EC2', 'CPUUtilization')),
      graph(4, 'Memory used (%)', perMachine('DataApp/Machines', 'mem_used_percent')),
      graph(5, 'Ready', perMachine('DataApp/Machines', 'tier_ready')),
    ],
  }
}
