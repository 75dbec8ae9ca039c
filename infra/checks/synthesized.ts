import { readFileSync } from 'node:fs'
import { z } from 'zod'

const block = z.record(z.string(), z.unknown())
const schema = z.looseObject({
  resource: z.record(z.string(), z.record(z.string(), block)),
  data: z.record(z.string(), z.record(z.string(), block)).default({}),
  output: z.record(z.string(), block).default({}),
})

/** The Terraform JSON of one stack, as far as the checks look at it. */
export type Synthesized = z.output<typeof schema>
export type Block = Readonly<Record<string, unknown>>

export function readSynthesized(json: string): Synthesized {
  return schema.parse(JSON.parse(json))
}

export function readSynthesizedFile(path: string): Synthesized {
  return readSynthesized(readFileSync(path, 'utf8'))
}

/** All resources of one type, by their id. */
export function resourcesOf(stack: Synthesized, type: string): Record<string, Block> {
  return stack.resource[type] ?? {}
}

/** The id in a reference: `${aws_subnet.a.id}` is `a` for the type aws_subnet. */
export function referenced(value: unknown, type: string): string | undefined {
  if (typeof value !== 'string') return undefined
  return new RegExp(`^\\$\\{${type}\\.([A-Za-z0-9_-]+)\\.[a-z_]+\\}$`).exec(value)?.[1]
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function number(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function blockOf(value: unknown): Block {
  return block.safeParse(value).data ?? {}
}

/** Every reference to a resource or data source in any text of a value: `aws_vpc.vpc`, `data.aws_caller_identity.account`. */
export function referencesIn(value: unknown): string[] {
  if (typeof value === 'string') {
    return [...value.matchAll(/\$\{([^}]*)\}/g)].flatMap(([, expression = '']) =>
      [...expression.matchAll(/\b((?:data\.)?aws_[a-z0-9_]+\.[A-Za-z0-9_-]+)/g)].map(([, reference = '']) => reference),
    )
  }
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(referencesIn)
  return []
}
