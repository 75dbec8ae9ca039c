import type { InfraKey, Meaning } from './config-schema.ts'

const free = 'None.'

/** What each key means, what it costs and what follows from it. `docs/infra/configuration.md` is made of this. */
export const meanings: Readonly<Record<InfraKey, Meaning>> = {
  adminCidr: {
    description: 'The block of addresses administrators sign in from by SSH. Must be given; `0.0.0.0/0` is refused.',
    cost: free,
    consequence: 'From elsewhere port 22 is closed. Session Manager does not depend on it.',
  },
  sshPublicKey: {
    description:
      'An ed25519 or RSA public key for `ec2-user`. Without it there is no key pair and port 22 stays closed.',
    cost: free,
    consequence: 'A changed key replaces the machines: rotate keys on the machines instead (docs/operations/keys.md).',
  },
  sessionManager: {
    description: 'Sign-in by Session Manager, and releases told to the machines by Systems Manager.',
    cost: free,
    consequence: 'Off: a deploy does not wait for the machines; they notice a release within a minute by themselves.',
  },
  region: {
    description: 'The AWS region.',
    cost: 'Prices differ by region; São Paulo is about 60 % dearer than us-east-1.',
    consequence: 'Everything is made anew in another region. Nothing moves.',
  },
  zones: {
    description: 'Two availability zones of the region. Default: its `a` and `b`.',
    cost: free,
    consequence: 'Subnets, brokers and machines of a zone that is no longer named are replaced.',
  },
  prefix: {
    description: 'The first part of every name: `grupox-vpc`.',
    cost: free,
    consequence: 'Another prefix is another deployment beside the first.',
  },
  vpcCidr: {
    description: 'The block of the VPC.',
    cost: free,
    consequence:
      'Changing it replaces the network and everything in it. Choose one that no network you will peer with has.',
  },
  publicCidrs: {
    description: 'One block per zone, inside `vpcCidr`.',
    cost: free,
    consequence: 'Changing one replaces the subnet and what stands in it.',
  },
  privateCidrs: {
    description: 'One block per zone, inside `vpcCidr`.',
    cost: free,
    consequence: 'Changing one replaces the subnet, Kafka and the database in it.',
  },
  dashboardCidrs: {
    description: 'Who may open the dashboard.',
    cost: free,
    consequence: 'Narrow it to the offices when the dashboard runs without a domain name: HTTP can be read on the way.',
  },
  shopCidrs: {
    description: 'Networks whose shop systems send sales to the Ingestion-Instance in real time. Default: none.',
    cost: free,
    consequence: 'Opens the ingestion port to them. HTTP: give VPN addresses, not public ones.',
  },
  placement: {
    description:
      '`public`: the machines have public addresses, as in the first sketch. `private`: ingestion and processing stand in the private subnets, with NAT and interface endpoints.',
    cost: '`private` adds two NAT gateways (about US$ 66 a month) and eight interface endpoints in two zones (about US$ 117).',
    consequence: 'Changing it replaces the machines; the warehouse volume, Kafka and the database stay.',
  },
  domainName: {
    description:
      "The dashboard's name. With it come a load balancer, a certificate and web rules; port 80 redirects to 443.",
    cost: 'Load balancer about US$ 20, web rules about US$ 10 a month.',
    consequence: 'Without it people sign in over HTTP, which anyone on the way can read; the sign-in page warns.',
  },
  hostedZoneId: {
    description: 'The Route 53 zone of `domainName`; the certificate is proved and the name is set there.',
    cost: 'US$ 0.50 a month per zone, if it is new.',
    consequence: 'Given together with `domainName`.',
  },
  kafka: {
    description: '`msk`: our own brokers; `serverless`: MSK Serverless; `external`: any Kafka or Redpanda.',
    cost: '`msk` about US$ 87 a month with the defaults; `serverless` from about US$ 550; `external` nothing here.',
    consequence: 'Changing it starts empty topics: let processing catch up first (docs/operations/upgrade.md).',
  },
  kafkaVersion: {
    description: 'The version of MSK.',
    cost: free,
    consequence: 'Brokers are upgraded one after the other. `.kraft` can only be chosen for a new cluster.',
  },
  kafkaBrokerType: {
    description: 'The type of the brokers.',
    cost: 'See docs/operations/costs.md.',
    consequence:
      'Changed in place, one broker after the other. `kafka.t3.small` takes four new IAM connections a second and is for one chain.',
  },
  kafkaBrokers: {
    description: 'How many brokers: a multiple of two, one per zone.',
    cost: 'By the broker.',
    consequence:
      'With two, one replica in sync is enough to write; from four on two are asked for. It can grow, not shrink.',
  },
  kafkaStorageGb: {
    description: 'GiB per broker at the start.',
    cost: 'US$ 0.10 per GiB a month.',
    consequence: 'Storage grows by itself up to `kafkaStorageMaxGb` and never shrinks.',
  },
  kafkaStorageMaxGb: {
    description: 'GiB per broker at most.',
    cost: 'US$ 0.10 per GiB a month when used.',
    consequence: 'When it is reached the alarm `kafka-disk` is next.',
  },
  kafkaExternalBrokers: {
    description: 'host:port,host:port of an `external` Kafka.',
    cost: free,
    consequence: 'The tiers make their topics there.',
  },
  kafkaExternalCidrs: {
    description: 'The blocks of addresses of those brokers; only they are opened.',
    cost: free,
    consequence: 'A broker outside them is not reached.',
  },
  kafkaExternalSasl: {
    description: 'How the tiers sign in to those brokers; anything but `none` also means TLS.',
    cost: free,
    consequence: '`none` sends sales unencrypted: only for brokers inside a network of your own.',
  },
  kafkaSecretArn: {
    description: 'The secret with `username` and `password` for those brokers.',
    cost: 'US$ 0.40 a month.',
    consequence: 'Read when a tier starts.',
  },
  instanceType: {
    description: 'The type of every machine.',
    cost: 'See docs/operations/costs.md.',
    consequence: 'A change stops and starts the machine; nothing is lost, sales wait in Kafka.',
  },
  ingestionType: {
    description: 'Another type for ingestion.',
    cost: 'By the hour.',
    consequence: 'As `instanceType`.',
  },
  processingType: {
    description: 'Another type for processing.',
    cost: 'By the hour.',
    consequence: 'As `instanceType`. Also what ClickHouse has.',
  },
  presentationType: {
    description: 'Another type for presentation.',
    cost: 'By the hour.',
    consequence: 'As `instanceType`.',
  },
  processingCount: {
    description: 'How many processing machines share the work; the first one has ClickHouse.',
    cost: 'By the machine.',
    consequence: 'Kafka shares its partitions among them within a minute. More than the partitions (12) idle.',
  },
  amiId: {
    description: 'An image baked with `ami/`. Default: the newest Amazon Linux 2023 at the first deploy.',
    cost: 'A snapshot of some 4 GiB, about US$ 0.20 a month.',
    consequence: 'Changing it replaces the machines: five minutes each instead of one.',
  },
  rootVolumeGb: {
    description: 'GiB of the system disk.',
    cost: 'US$ 0.08 per GiB a month.',
    consequence: 'Grows in place.',
  },
  warehouse: {
    description: '`instance`: ClickHouse on the first processing machine; `external`: any ClickHouse by URL.',
    cost: '`instance` needs no more than the volume.',
    consequence: 'Changing it starts an empty warehouse: fill it with `dataapp lake replay`.',
  },
  warehouseVolumeGb: {
    description: 'GiB of the warehouse volume. About 30 bytes per sale line with all its aggregates.',
    cost: 'US$ 0.08 per GiB a month, and as much again for snapshots that differ.',
    consequence: 'Grows in place; the file system follows at the next release. It never shrinks.',
  },
  warehouseUrl: {
    description: 'https address of an `external` ClickHouse.',
    cost: free,
    consequence: 'Must be https.',
  },
  warehouseSecretArn: {
    description: 'The secret with `username` and `password` of that ClickHouse.',
    cost: 'US$ 0.40 a month.',
    consequence: 'Read when a tier starts.',
  },
  database: {
    description: '`rds`: Postgres in the private subnets; `external`: Supabase or any Postgres.',
    cost: '`rds` about US$ 26 a month with the defaults.',
    consequence: 'Move the content with `dataapp backup` and `dataapp restore`.',
  },
  databaseClass: {
    description: 'The class of the database.',
    cost: 'By the hour.',
    consequence: 'Some minutes without settings.',
  },
  databaseMajor: {
    description: 'The major version of PostgreSQL.',
    cost: free,
    consequence: 'Minor versions come by themselves on Sundays. A major one is upgraded by hand after a snapshot.',
  },
  databaseStorageGb: {
    description: 'GiB at the start; grows by itself to five times that.',
    cost: 'US$ 0.115 per GiB a month.',
    consequence: 'Never shrinks.',
  },
  databaseMultiAz: {
    description: 'A standby in the other zone.',
    cost: 'Doubles the database.',
    consequence: 'A lost zone costs a minute instead of a restore.',
  },
  databaseSecretArn: {
    description: 'The secret whose `url` is the connection string of an `external` Postgres.',
    cost: 'US$ 0.40 a month.',
    consequence: 'Read when a tier starts.',
  },
  databasePort: {
    description: 'The port of an `external` Postgres.',
    cost: free,
    consequence: 'Opened outward for the tiers.',
  },
  smtpSecretArn: {
    description: 'The secret with `url` (smtp server, user, password) and `from`. Without it nothing is sent by mail.',
    cost: 'US$ 0.40 a month.',
    consequence: 'Opens `smtpPort` outward for processing and presentation.',
  },
  smtpPort: {
    description: 'The port of that mail server.',
    cost: free,
    consequence: 'AWS blocks 25 unless asked; take 587 or 465.',
  },
  snapshotDays: {
    description: 'How many nightly snapshots of the warehouse are kept; backups of the database likewise, up to 35.',
    cost: 'US$ 0.05 per GiB a month of what differs.',
    consequence: 'What is older can only be rebuilt from the lake.',
  },
  deletionProtection: {
    description:
      'Machines, database, load balancer and buckets refuse to be deleted, and the database and the warehouse volume leave a last snapshot.',
    cost: free,
    consequence: 'Turn it off and deploy before tearing down (docs/operations/tear-down.md).',
  },
  logRetentionDays: {
    description: 'Days that logs are kept.',
    cost: 'US$ 0.50 per GiB taken in, US$ 0.03 per GiB a month kept.',
    consequence: 'Less than 365 is reported by the security scan.',
  },
  rawRetentionDays: {
    description: 'Days that files in the landing bucket and raw records are kept.',
    cost: 'US$ 0.023 per GiB a month, US$ 0.0125 after 90 days.',
    consequence: 'What is older can no longer be read again from its source file.',
  },
  alarmEmail: {
    description: 'Who gets alarms by mail. AWS asks that address for consent once.',
    cost: free,
    consequence: 'Without it alarms only show on the CloudWatch dashboard.',
  },
  monthlyBudgetUsd: {
    description: 'US dollars a month; an alarm tells when 80 % are spent or the forecast is beyond.',
    cost: free,
    consequence: 'Nothing is stopped. The tag `Project` must be activated once as a cost allocation tag.',
  },
  release: {
    description: 'The version to run, of those in `releasesFile`. Default: the newest.',
    cost: free,
    consequence: 'Naming an earlier one is how to go back.',
  },
  releasesFile: {
    description: 'The list that `npm run package` writes.',
    cost: free,
    consequence: 'The artifacts beside it are uploaded.',
  },
  chainName: {
    description: "The chain's name on the dashboard.",
    cost: free,
    consequence: 'Shown at the next release or restart.',
  },
  chainTimeZone: {
    description: "The chain's time zone: where a day begins.",
    cost: free,
    consequence: 'Set it before the first sale.',
  },
  chainCurrency: { description: "The chain's currency.", cost: free, consequence: 'Set it before the first sale.' },
  chainSample: {
    description: '`shifted` or `raw` starts with the sample chain, `none` empty.',
    cost: free,
    consequence: 'For a trial; tear it down before the real chain.',
  },
  stateBucket: {
    description: 'An existing bucket for the state of Terraform, with a lock. Default: a file on this computer.',
    cost: 'Cents.',
    consequence:
      'Needed as soon as two people deploy. After setting it: `terraform init -migrate-state` in the stack folder.',
  },
  costCenter: { description: 'The tag `CostCenter` of everything.', cost: free, consequence: 'Shows on the bill.' },
}
