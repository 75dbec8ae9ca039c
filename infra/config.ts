import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { refusedBy } from './config-rules.ts'
import { configSchema, type InfraConfig } from './config-schema.ts'
import { Refusal, variableOf } from './refusal.ts'

export type { InfraConfig } from './config-schema.ts'

/** The file beside which the environment wins. Its path is itself a variable, so that one checkout can serve several accounts. */
export const defaultFile = 'deploy.yaml'

/** Reads the deployment's configuration: the environment over the file over the defaults. Throws `Refusal` with every key that can't be used. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): InfraConfig {
  const path = env.INFRA_CONFIG ?? defaultFile
  if (env.INFRA_CONFIG !== undefined && !existsSync(path)) {
    throw new Refusal([{ key: 'config', why: `there is no file ${path}` }])
  }
  return parseConfig(existsSync(path) ? readFileSync(path, 'utf8') : '', env)
}

/** Like `readConfig`, with the file's text given. */
export function parseConfig(fileText: string, env: Readonly<Record<string, string | undefined>>): InfraConfig {
  const fromFile: unknown = parse(fileText) ?? {}
  if (typeof fromFile !== 'object' || fromFile === null || Array.isArray(fromFile)) {
    throw new Refusal([{ key: 'config', why: 'the file must be a list of "key: value" lines' }])
  }
  const keys = Object.keys(configSchema.shape)
  const unknown = Object.keys(env).filter(name => name.startsWith('INFRA_') && !known(name, keys))
  if (unknown.length > 0) {
    throw new Refusal(
      unknown.map(name => ({ key: name, why: `is not a setting; the settings are ${keys.join(', ')}` })),
    )
  }
  const fromEnvironment = Object.fromEntries(
    keys.flatMap(key => {
      const value = env[variableOf(key)]
      return value === undefined || value === '' ? [] : [[key, value] as const]
    }),
  )
  const parsed = configSchema.safeParse({ ...fromFile, ...fromEnvironment })
  if (!parsed.success) {
    throw new Refusal(
      parsed.error.issues.map(issue =>
        issue.code === 'unrecognized_keys'
          ? { key: issue.keys.join(', '), why: 'is not a key' }
          : { key: String(issue.path[0]), why: reason(issue) },
      ),
    )
  }
  const problems = refusedBy(parsed.data)
  if (problems.length > 0) throw new Refusal(problems)
  return parsed.data
}

/** The two availability zones, named: subnets and route tables are keyed by them. */
export function zonesOf({ zones, region }: InfraConfig): readonly [string, string] {
  const [first = `${region}a`, second = `${region}b`] = zones ?? []
  return [first, second]
}

function known(variable: string, keys: readonly string[]): boolean {
  return variable === 'INFRA_CONFIG' || keys.some(key => variableOf(key) === variable)
}

function reason(issue: { path: PropertyKey[]; code: string; message: string; input?: unknown }): string {
  const missing = issue.code === 'invalid_type' && issue.message.includes('undefined')
  return missing ? 'must be given: it has no safe default' : issue.message
}
