import type { MailState } from '#shared/mail.ts'
import type { Definition } from '../../server/reports/definition.ts'
import type { ranView } from '../../server/reports/routes.ts'

export type { Definition, Dimension, Metric } from '../../server/reports/definition.ts'
export type Ran = ReturnType<typeof ranView>
export type Report = { id: string; ownerName: string; version: number; definition: Definition; mine: boolean }
export type Schedule = {
  id: string
  rhythm: { every: 'day' | 'weekday' | 'week' | 'month'; at: string }
  format: string
  recipients: string[]
  nextAt: string
}
/** When a report goes out, and whether anything leaves by mail here. */
export type Schedules = { items: Schedule[]; mail: MailState }

export const metricNames = [
  'revenue',
  'margin',
  'marginShare',
  'cost',
  'units',
  'sales',
  'lines',
  'averageTicket',
] as const satisfies readonly Definition['metrics'][number][]
export const dimensionNames = [
  'day',
  'week',
  'month',
  'year',
  'store',
  'city',
  'region',
  'country',
  'seller',
  'category',
  'subcategory',
  'product',
] as const satisfies readonly Definition['dimensions'][number][]

export function newDefinition(name: string): Definition {
  return {
    name,
    metrics: ['revenue', 'margin'],
    dimensions: ['store'],
    filters: { stores: [], sellers: [], products: [], categories: [] },
    period: { preset: '12m' },
    show: 'table',
    limit: 1_000,
  }
}

/** `a, b` as `['a', 'b']`. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
}
