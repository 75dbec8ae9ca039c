import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js'
import type { TerraformStack } from 'cdktf'
import type { AlarmPlan } from './alarm-plans.ts'
import type { Names } from './names.ts'

/** Makes the alarms of the plans. Each says in its description which page of the runbook tells what to do. */
export function buildAlarms(
  stack: TerraformStack,
  names: Names,
  topicArn: string,
  plans: readonly AlarmPlan[],
): CloudwatchMetricAlarm[] {
  return plans.map(
    plan =>
      new CloudwatchMetricAlarm(stack, `alarm-${plan.id}`, {
        alarmName: names.resource(plan.id),
        alarmDescription: `${plan.meaning} What to do: docs/operations/alarms.md#${plan.page}`,
        namespace: plan.namespace,
        metricName: plan.metric,
        dimensions: { ...plan.dimensions },
        statistic: plan.statistic,
        comparisonOperator: plan.above ? 'GreaterThanThreshold' : 'LessThanThreshold',
        threshold: plan.threshold,
        period: plan.period,
        evaluationPeriods: plan.periods,
        treatMissingData: plan.missing,
        alarmActions: [topicArn, ...plan.actions],
        okActions: [topicArn],
      }),
  )
}
