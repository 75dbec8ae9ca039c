import type { InfraConfig } from './config-schema.ts'

/** The names people see in the AWS console. The prefix is `grupox` unless the configuration says otherwise. */
export function namesOf({ prefix }: Pick<InfraConfig, 'prefix'>) {
  return {
    vpc: `${prefix}-vpc`,
    internetGateway: `${prefix}-igw`,
    publicRoutes: `${prefix}-rtb-public`,
    subnet: (kind: 'public' | 'private', number: number, zone: string) => `${prefix}-subnet-${kind}${number}-${zone}`,
    privateRoutes: (number: number, zone: string) => `${prefix}-rtb-private${number}-${zone}`,
    group: (group: string) => (group === 'my_sg' ? group : `${prefix}-${group}`),
    kafka: `${prefix}-kafka`,
    database: `${prefix}-settings`,
    parameters: `/${prefix}/dataapp`,
    logs: `/${prefix}/dataapp`,
    /** Bucket names are global: the account and the region make them ours. */
    bucket: (purpose: string, account: string, region: string) => `${prefix}-${purpose}-${account}-${region}`,
    resource: (purpose: string) => `${prefix}-${purpose}`,
  }
}

export type Names = ReturnType<typeof namesOf>

/** The machines' names, fixed by the people who run them. Further processing instances are numbered from 2. */
export const machineNames = {
  ingestion: 'Ingestion-Instance',
  processing: 'Processing-Instance',
  presentation: 'Presentation-Instance',
} as const
