import { matrixOf } from './checks/matrix.ts'
import { waysOf } from './checks/reachability.ts'
import { example, exampleConfigs, synthesized } from './checks/synth.ts'
import { resourcesOf } from './checks/synthesized.ts'
import type { InfraConfig } from './config.ts'
import { meanings } from './config-meanings.ts'
import { configSchema } from './config-schema.ts'
import { monthlyCosts, total } from './costs.ts'
import { firewallRules, type Peer } from './firewall-rules.ts'
import { variableOf } from './refusal.ts'

/** The pages that are made of the code, by their path. A test holds them against it; `npx tsx infra/pages-main.ts` writes them. */
export function pages(): Record<string, string> {
  return {
    'docs/infra/configuration.md': configurationPage(),
    'docs/infra/firewall.md': firewallPage(),
    'docs/operations/costs.md': costsPage(),
  }
}

const made = (source: string) => `<!-- Made of ${source} by \`npx tsx infra/pages-main.ts\`. -->`

function configurationPage(): string {
  const rows = Object.entries(meanings).map(
    ([key, { description, cost, consequence }]) =>
      `| \`${key}\`<br>\`${variableOf(key)}\` | ${description} | ${defaultOf(key)} | ${cost} | ${consequence} |`,
  )
  return `# The deployment's configuration

${made('`infra/config-meanings.ts` and `infra/config-schema.ts`')}

Written in \`deploy.yaml\` (or the file that \`INFRA_CONFIG\` names) as \`key: value\`; a variable of the environment wins over the file. Lists may be
written as \`a,b\`, switches as \`on\` and \`off\`. A configuration that can't work is refused before anything is made, with every key and the reason.
Prices are US dollars in us-east-1; what a whole configuration costs is in [costs](../operations/costs.md).

\`\`\`yaml
# deploy.yaml: the least there is to say
adminCidr: 203.0.113.7/32
sshPublicKey: ssh-ed25519 AAAA… you@example.com
alarmEmail: operacao@example.com
\`\`\`

| key | what it is | default | what it costs | what follows |
|---|---|---|---|---|
${rows.join('\n')}
`
}

function firewallPage(): string {
  const sections = Object.entries(exampleConfigs).map(([name, config]) => {
    const rules = firewallRules(config).map(
      ({ from, to, port, why }) => `| ${peer(from)} | ${peer(to)} | ${port} | ${why} |`,
    )
    return `## ${titles[name] ?? name}

${matrixOf(waysOf(synthesized(config)))}

The rules it follows from:

| from | to | port | why |
|---|---|---|---|
${rules.join('\n')}
`
  })
  return `# Who may speak to whom

${made('`infra/firewall-rules.ts` and the synthesized stacks')}

The tables of ports are not the rules read aloud: they are computed from the synthesized Terraform (both security groups of a way, the routes of the
subnet, public addresses), by \`infra/checks/reachability.ts\`. What has no port is closed. Not shown, because security groups don't decide it: DNS and
time inside the network, and the gateway endpoint of S3.

\`my_sg\` is on every machine and holds only port 22. Port 80 is on the group of the Presentation-Instance alone.

${sections.join('\n')}`
}

const titles: Readonly<Record<string, string>> = {
  sketch: 'Placement "public", without a domain name',
  inside: 'Placement "private", with a domain name, two processing machines, shop systems and mail',
  serverless: 'MSK Serverless, Session Manager only',
  elsewhere: 'Kafka, warehouse and settings elsewhere',
}

function costsPage(): string {
  const cases: [title: string, config: InfraConfig][] = [
    ['The defaults', example({})],
    [
      'One processing machine for a trial: everything small',
      example({ instanceType: 't3.large', warehouseVolumeGb: 50 }),
    ],
    [
      'Inside the network, with a domain name',
      example({ placement: 'private', domainName: 'vendas.example.com', hostedZoneId: 'Z0123456789EXAMPLE' }),
    ],
    [
      'A large chain: bigger brokers and machines, a standby database',
      example({
        placement: 'private',
        domainName: 'vendas.example.com',
        hostedZoneId: 'Z0123456789EXAMPLE',
        kafkaBrokers: 4,
        kafkaBrokerType: 'kafka.m7g.large',
        processingType: 'r7i.2xlarge',
        processingCount: 2,
        warehouseVolumeGb: 1000,
        databaseClass: 'db.m7g.large',
        databaseMultiAz: true,
      }),
    ],
    ['MSK Serverless', example({ kafka: 'serverless' })],
  ]
  const bills = cases.map(([title, config]) => {
    const alarms = Object.keys(resourcesOf(synthesized(config), 'aws_cloudwatch_metric_alarm')).length
    const lines = monthlyCosts(config, alarms)
    return {
      title,
      sum: total(lines),
      rows: lines.map(({ what, arithmetic, usd }) => `| ${what} | ${arithmetic} | ${usd.toFixed(2)} |`),
    }
  })
  return `# What it costs

${made('`infra/costs.ts`')}

US dollars a month (730 hours) in us-east-1, on demand, before taxes. A year paid ahead takes some 35 % off machines and database. Not in it: data out
to the internet (US$ 0.09 per GiB), requests to S3, SQS and KMS (cents), and data through NAT (US$ 0.045 per GiB). Look prices up before you decide:
they change, and São Paulo (\`sa-east-1\`) is about 60 % dearer.

| configuration | US$ a month |
|---|---|
${bills.map(({ title, sum }) => `| ${title} | **${Math.round(sum)}** |`).join('\n')}

${bills.map(({ title, sum, rows }) => `## ${title}\n\n| what | count × amount × price | US$ |\n|---|---|---|\n${rows.join('\n')}\n| **together** | | **${sum.toFixed(2)}** |\n`).join('\n')}
## Where to save

- The three machines are most of the bill. A savings plan for a year, or \`instanceType: t3.large\` for a chain of up to some 20 stores.
- At night nothing has to run but Kafka: sales wait in the landing bucket. Stop the machines with a schedule of Systems Manager if the chain sleeps.
- One chain with a Kafka of its own already: \`kafka: external\`.
- The budget alarm (\`monthlyBudgetUsd\`) tells before the month ends.
`
}

function defaultOf(key: string): string {
  const parsed = configSchema.safeParse({ adminCidr: '203.0.113.7/32' })
  const value = key === 'adminCidr' ? undefined : Object.entries(parsed.data ?? {}).find(([name]) => name === key)?.[1]
  if (value === undefined) return key === 'adminCidr' ? '**must be given**' : '–'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(one => `\`${one}\``).join(', ')
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : `\`${value}\``
}

function peer(side: Peer): string {
  return 'group' in side ? `\`${side.group}\`` : side.place
}
