import { Fn } from 'cdktf'

/** One statement of a policy. Actions are written out: no action has a `*`. */
export type Statement = {
  sid: string
  effect?: 'Allow' | 'Deny'
  actions: readonly string[]
  resources: readonly string[]
  principals?: Readonly<Record<string, string | readonly string[]>> | '*'
  conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/** A policy document as JSON text with a fixed order of keys. */
export function policy(statements: readonly Statement[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map(({ sid, effect = 'Allow', actions, resources, principals, conditions }) => ({
      Sid: sid,
      Effect: effect,
      ...(principals === undefined ? {} : { Principal: principals }),
      Action: actions,
      Resource: resources,
      ...(conditions === undefined ? {} : { Condition: conditions }),
    })),
  })
}

/** Who may take a role on. */
export function assumedBy(service: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  })
}

/** Text that is made at apply time from values known only then. */
export function joined(separator: string, parts: string[]): string {
  return Fn.join(separator, parts)
}
