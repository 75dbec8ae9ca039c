import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate/index.js'
import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation/index.js'
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { Lb } from '@cdktf/provider-aws/lib/lb/index.js'
import { LbListener } from '@cdktf/provider-aws/lib/lb-listener/index.js'
import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group/index.js'
import { LbTargetGroupAttachment } from '@cdktf/provider-aws/lib/lb-target-group-attachment/index.js'
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record/index.js'
import { Wafv2WebAcl } from '@cdktf/provider-aws/lib/wafv2-web-acl/index.js'
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js'
import { Wafv2WebAclLoggingConfiguration } from '@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration/index.js'
import { Fn, type TerraformStack } from 'cdktf'
import { accept } from './accept.ts'
import type { InfraConfig } from './config.ts'
import type { Firewall } from './firewall.ts'
import { partPorts } from './firewall-rules.ts'
import type { Keys } from './keys.ts'
import type { Machine } from './machine.ts'
import type { Names } from './names.ts'
import type { Network } from './network.ts'
import type { Storage } from './storage.ts'

export type Front = { balancer: Lb; targets: LbTargetGroup; certificate: AcmCertificate }
export type FrontAround = {
  config: InfraConfig
  names: Names
  keys: Keys
  network: Network
  firewall: Firewall
  storage: Storage
  dashboard: Machine
}

/** With a domain name: HTTPS in front of the dashboard, port 80 sends people on to it, and rules against floods and known attacks. */
export function buildFront(stack: TerraformStack, around: FrontAround): Front | undefined {
  const { config, names, network, firewall, storage, dashboard } = around
  const { domainName, hostedZoneId } = config
  if (domainName === undefined || hostedZoneId === undefined) return undefined

  const { certificate, proved } = prove(stack, domainName, hostedZoneId)
  const balancer = new Lb(stack, 'front', {
    name: names.resource('front'),
    loadBalancerType: 'application',
    internal: false,
    subnets: network.zones.flatMap(zone => {
      const subnet = network.publicSubnets[zone]
      return subnet === undefined ? [] : [subnet.id]
    }),
    securityGroups: [firewall.idOf('front')],
    dropInvalidHeaderFields: true,
    desyncMitigationMode: 'strictest',
    enableDeletionProtection: config.deletionProtection,
    // Live updates hold a connection open; the tier says something every 30 seconds.
    idleTimeout: 120,
    accessLogs: { bucket: storage.accessLogs.bucket, prefix: 'front', enabled: true },
    tags: { Name: names.resource('front') },
  })
  accept(
    balancer,
    'CKV2_AWS_76',
    'The rule group for known bad inputs, which has Log4j, is in front-guard; the scanner does not follow rules given as a list.',
  )
  if (!config.deletionProtection) {
    accept(balancer, 'CKV_AWS_150', 'The key deletionProtection was turned off to tear the deployment down.')
  }
  const targets = new LbTargetGroup(stack, 'front-targets', {
    name: names.resource('dashboard'),
    vpcId: network.vpc.id,
    port: partPorts.http,
    protocol: 'HTTP',
    targetType: 'instance',
    deregistrationDelay: '30',
    healthCheck: {
      path: '/readyz',
      matcher: '200',
      interval: 15,
      timeout: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
    },
  })
  new LbTargetGroupAttachment(stack, 'front-target', {
    targetGroupArn: targets.arn,
    targetId: dashboard.instance.id,
    port: partPorts.http,
  })
  new LbListener(stack, 'front-https', {
    loadBalancerArn: balancer.arn,
    port: partPorts.https,
    protocol: 'HTTPS',
    sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
    certificateArn: proved.certificateArn,
    defaultAction: [{ type: 'forward', targetGroupArn: targets.arn }],
  })
  new LbListener(stack, 'front-http', {
    loadBalancerArn: balancer.arn,
    port: partPorts.http,
    protocol: 'HTTP',
    defaultAction: [
      { type: 'redirect', redirect: { port: String(partPorts.https), protocol: 'HTTPS', statusCode: 'HTTP_301' } },
    ],
  })
  new Route53Record(stack, 'front-name', {
    zoneId: hostedZoneId,
    name: domainName,
    type: 'A',
    alias: { name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true },
  })
  guard(stack, around, balancer)
  return { balancer, targets, certificate }
}

function prove(stack: TerraformStack, domainName: string, hostedZoneId: string) {
  const certificate = new AcmCertificate(stack, 'certificate', {
    domainName,
    validationMethod: 'DNS',
    lifecycle: { createBeforeDestroy: true },
  })
  // The options are a set, which has no first element until it is made a list.
  const option = Fn.element(Fn.tolist(certificate.domainValidationOptions), 0)
  const proof = new Route53Record(stack, 'certificate-proof', {
    zoneId: hostedZoneId,
    name: Fn.lookup(option, 'resource_record_name', ''),
    type: Fn.lookup(option, 'resource_record_type', ''),
    records: [Fn.lookup(option, 'resource_record_value', '')],
    ttl: 300,
    allowOverwrite: true,
  })
  const proved = new AcmCertificateValidation(stack, 'certificate-proved', {
    certificateArn: certificate.arn,
    validationRecordFqdns: [proof.fqdn],
  })
  return { certificate, proved }
}

const managedRules = [
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesSQLiRuleSet',
] as const

function guard(stack: TerraformStack, { config, names, keys }: FrontAround, balancer: Lb): void {
  const visible = (metricName: string) => ({ cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName })
  const acl = new Wafv2WebAcl(stack, 'guard', {
    name: names.resource('guard'),
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visible(names.resource('guard')),
    rule: [
      {
        name: 'rate',
        priority: 0,
        action: { block: {} },
        statement: { rate_based_statement: { limit: 2000, aggregate_key_type: 'IP' } },
        visibilityConfig: visible('rate'),
      },
      ...managedRules.map((name, index) => ({
        name,
        priority: index + 1,
        overrideAction: { none: {} },
        statement: { managed_rule_group_statement: { vendor_name: 'AWS', name } },
        visibilityConfig: visible(name),
      })),
    ],
  })
  new Wafv2WebAclAssociation(stack, 'guard-of-front', { resourceArn: balancer.arn, webAclArn: acl.arn })
  const logs = new CloudwatchLogGroup(stack, 'guard-logs', {
    // The service writes only to groups whose name begins like this.
    name: `aws-waf-logs-${names.resource('guard')}`,
    retentionInDays: config.logRetentionDays,
    kmsKeyId: keys.key.arn,
  })
  new Wafv2WebAclLoggingConfiguration(stack, 'guard-logging', {
    resourceArn: acl.arn,
    logDestinationConfigs: [logs.arn],
    redactedFields: [{ singleHeader: { name: 'authorization' } }, { singleHeader: { name: 'cookie' } }],
  })
}
