/** A deployment configuration that can't be used: which key, why, and what to do instead. */
export class Refusal extends Error {
  readonly code = 'INFRA_CONFIG_REFUSED'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(
      [
        'The deployment configuration is refused:',
        ...problems.map(({ key, why }) => `  ✗ ${key} (${variableOf(key)}): ${why}`),
        'What each key takes: docs/infra/configuration.md',
      ].join('\n'),
    )
    this.name = 'Refusal'
    this.problems = problems
  }
}

export type Problem = { key: string; why: string }

/** The environment variable of a key: `adminCidr` is `INFRA_ADMIN_CIDR`. */
export function variableOf(key: string): string {
  return `INFRA_${key.replaceAll(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`
}
