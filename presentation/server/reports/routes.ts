import { z } from 'zod'
import { roles } from '#presentation/access.ts'
import type { Config } from '#shared/config.ts'
import { mailState, mailStates } from '#shared/mail.ts'
import type { Ask } from '../ask.ts'
import { audit } from '../audit.ts'
import { fileOf } from '../exports/file.ts'
import { mannerOf } from '../exports/manner.ts'
import { sendFile } from '../exports/send.ts'
import { formats } from '../exports/sheet.ts'
import type { FiguresDesk } from '../figures.ts'
import { day } from '../figures-schema.ts'
import { money } from '../money.ts'
import type { Person } from '../person.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'
import { addressOf } from '../session-routes.ts'
import { type Definition, definitionSchema, dimensions, metrics } from './definition.ts'
import { dropLink, followLink, linksOf, makeLink, namesPeople } from './links.ts'
import { kindOf, type Ran, runReport, sheetOf } from './run.ts'
import { addSchedule, dropSchedule, rhythmSchema, schedulesOf } from './schedule.ts'
import type { Shelf } from './shelf.ts'

type ReportParts = { config: Config; ask: Ask; desk: FiguresDesk; shelf: Shelf }

const shareSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('person'), target: z.string().min(1).max(320) }),
  z.strictObject({ kind: z.literal('role'), target: z.enum(roles) }),
])
const reportSchema = z.object({
  id: z.string(),
  owner: z.string(),
  ownerName: z.string(),
  version: z.number().int(),
  definition: definitionSchema,
  updatedAt: z.string(),
  mine: z.boolean(),
})
const ranSchema = z.object({
  from: day,
  to: day,
  columns: z.array(z.object({ name: z.enum([...dimensions, ...metrics]), kind: z.string() })),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
  total: z.array(z.union([z.string(), z.number(), z.null()])),
  cutOff: z.boolean().meta({ description: 'True when there are more rows; the total is of all of them' }),
  linesFrom: day.nullable().meta({
    description:
      'Where figures are counted on sale lines and the period begins before it: the first day of which these are kept. Earlier ones are left out of such figures. Otherwise null',
  }),
  stores: z.array(z.string()).meta({ description: 'Names of the stores it is narrowed to; none when it is of all' }),
})
/** What a link leads to. */
export const openReport = z.object({ definition: definitionSchema, ran: ranSchema })
const linkSchema = z.object({ id: z.string(), open: z.boolean(), expiresAt: z.string(), createdAt: z.string() })
const scheduleSchema = z.object({
  id: z.string(),
  rhythm: rhythmSchema,
  format: z.enum(['csv', 'xlsx', 'pdf']),
  recipients: z.array(z.string()),
  nextAt: z.string(),
})
const mailSchema = z.enum(mailStates).meta({
  description: '`off`: there is no mail server here, and what is scheduled waits until there is one',
})
const formatQuery = z.strictObject({
  format: z.enum(formats).default('xlsx'),
  locale: z.enum(['pt-BR', 'en']).optional(),
})

/** A report that ran, as the API shows it: money with two digits. */
export function ranView({ dimensions, metrics }: Definition, ran: Ran): z.infer<typeof ranSchema> {
  const shown = (row: Ran['total']) => row.map(cell => (typeof cell === 'bigint' ? money(cell) : cell))
  return {
    ...ran.period,
    columns: [
      ...dimensions.map(name => ({ name, kind: 'dimension' })),
      ...metrics.map(name => ({ name, kind: kindOf(name) })),
    ],
    rows: ran.rows.map(shown),
    total: shown(ran.total),
    cutOff: ran.cutOff,
    linesFrom: ran.linesFrom,
    stores: ran.stores,
  }
}

/** Reports: build, keep, run, share, link, send. Everything runs as whoever reads. */
export function reportRoutes(parts: ReportParts): Route[] {
  const { config, shelf } = parts
  const { settings } = shelf
  return [
    route({
      method: 'post',
      path: '/reports/preview',
      door: 'reports.use',
      summary: 'Run a report that is not saved',
      body: definitionSchema,
      answer: ranSchema,
      status: 200,
      run: async ({ person, body }) => ranView(body, await runReport(parts, person, body)),
    }),
    route({
      method: 'get',
      path: '/categories',
      door: 'reports.use',
      summary: 'The categories of the products whose sales you may see',
      answer: z.object({ items: z.array(z.string()) }),
      keep: 'scope',
      run: async ({ person }) => ({ items: await parts.desk.categories(person) }),
    }),
    route({
      method: 'get',
      path: '/reports',
      door: 'reports.use',
      summary: 'Reports of your own and those shared with you',
      answer: z.object({ items: z.array(reportSchema) }),
      run: async ({ person }) => ({ items: await shelf.list(person) }),
    }),
    route({
      method: 'post',
      path: '/reports',
      door: 'reports.use',
      summary: 'Save a new report',
      body: definitionSchema,
      answer: reportSchema,
      status: 201,
      run: ({ person, body }) => shelf.create(person, body),
    }),
    route({
      method: 'get',
      path: '/reports/:id',
      door: 'reports.use',
      summary: 'One report',
      answer: reportSchema,
      run: ({ person, params }) => shelf.open(person, params.id),
    }),
    route({
      method: 'put',
      path: '/reports/:id',
      door: 'reports.use',
      summary: 'Save over the version you opened; 409 when somebody saved in between',
      body: z.strictObject({ version: z.number().int(), definition: definitionSchema }),
      answer: reportSchema,
      run: ({ person, params, body }) => shelf.save(person, params.id, body.version, body.definition),
    }),
    route({
      method: 'delete',
      path: '/reports/:id',
      door: 'reports.use',
      summary: 'Remove a report with its links and schedules',
      run: ({ person, params }) => shelf.remove(person, params.id),
    }),
    route({
      method: 'get',
      path: '/reports/:id/versions',
      door: 'reports.use',
      summary: 'Every form the report had',
      answer: z.object({
        items: z.array(z.object({ version: z.number().int(), definition: definitionSchema, savedAt: z.string() })),
      }),
      run: async ({ person, params }) => ({ items: await shelf.versions(person, params.id) }),
    }),
    route({
      method: 'get',
      path: '/reports/:id/run',
      door: 'reports.use',
      summary: 'Run a report within your scope',
      answer: ranSchema,
      run: async ({ person, params }) => {
        const { definition } = await shelf.open(person, params.id)
        return ranView(definition, await runReport(parts, person, definition))
      },
    }),
    route({
      method: 'get',
      path: '/reports/:id/export',
      door: 'exports.read',
      summary: 'A report as CSV, XLSX or PDF: the same figures as the page',
      query: formatQuery,
      status: 200,
      run: async ({ person, params, query, request, response }) => {
        const { definition, id } = await shelf.open(person, params.id)
        const manner = mannerOf(config, person, query.locale)
        const sheet = sheetOf(definition, await runReport(parts, person, definition), manner)
        const file = await fileOf(sheet, query.format, manner)
        await audit(settings, {
          person: person.id,
          action: 'data-exported',
          subject: `report ${id}`,
          address: addressOf(request),
          details: { format: query.format, rows: sheet.rows.length },
        })
        sendFile(response, file)
      },
    }),
    route({
      method: 'get',
      path: '/reports/:id/shares',
      door: 'reports.share',
      summary: 'With whom a report is shared',
      answer: z.object({
        items: z.array(z.object({ kind: z.enum(['person', 'role']), target: z.string(), name: z.string() })),
      }),
      run: async ({ person, params }) => ({ items: await shelf.shares(person, params.id) }),
    }),
    route({
      method: 'put',
      path: '/reports/:id/shares',
      door: 'reports.share',
      summary: 'Share with people (by e-mail) or everybody of a role; each sees their own scope in it',
      body: z.strictObject({ items: z.array(shareSchema).max(500) }),
      answer: z.object({
        items: z.array(z.object({ kind: z.enum(['person', 'role']), target: z.string(), name: z.string() })),
      }),
      run: async ({ person, params, body }) => ({ items: await shelf.share(person, params.id, body.items) }),
    }),
    ...linkRoutes(parts),
    ...scheduleRoutes(parts),
  ]
}

function linkRoutes(parts: ReportParts): Route[] {
  const { shelf } = parts
  const { settings } = shelf
  const make = (reader: 'signed-in' | 'anybody') => async (person: Person, id: string, days: number) => {
    const open = reader === 'anybody'
    const report = await shelf.own(person, id)
    if (open && namesPeople(report.definition))
      throw new Problem('bad-request', 'A report that names sellers can not be opened without signing in.')
    return makeLink(settings, person, id, { days, open })
  }
  const body = z.strictObject({ days: z.number().int().min(1).max(90).default(7) })
  const answer = z.object({ ...linkSchema.shape, secret: z.string().meta({ description: 'Shown once' }) })
  return [
    route({
      method: 'get',
      path: '/reports/:id/links',
      door: 'reports.share',
      summary: 'Links to a report that still work',
      answer: z.object({ items: z.array(linkSchema) }),
      run: async ({ person, params }) => {
        await shelf.own(person, params.id)
        return { items: await linksOf(settings, params.id) }
      },
    }),
    route({
      method: 'post',
      path: '/reports/:id/links',
      door: 'reports.share',
      summary: 'Make a link that ends; readers sign in and see what both they and you may see',
      body,
      answer,
      status: 201,
      run: ({ person, params, body: { days } }) => make('signed-in')(person, params.id, days),
    }),
    route({
      method: 'post',
      path: '/reports/:id/open-links',
      door: 'reports.publish',
      summary: 'Make a link that ends and needs no sign-in; never for reports that name people',
      body,
      answer,
      status: 201,
      run: ({ person, params, body: { days } }) => make('anybody')(person, params.id, days),
    }),
    route({
      method: 'delete',
      path: '/reports/:id/links/:link',
      door: 'reports.share',
      summary: 'End a link at once',
      run: async ({ person, params }) => {
        await shelf.own(person, params.id)
        await dropLink(settings, params.id, params.link)
      },
    }),
    route({
      method: 'get',
      path: '/shared-reports/:secret',
      door: 'reports.use',
      summary: 'What a link leads to, within what both its maker and you may see',
      answer: openReport,
      run: async ({ person, params }) => {
        const { definition, maker } = await followLink(settings, params.secret)
        return { definition, ran: ranView(definition, await runReport(parts, person, definition, maker)) }
      },
    }),
  ]
}

function scheduleRoutes({ config, shelf }: ReportParts): Route[] {
  const { settings } = shelf
  return [
    route({
      method: 'get',
      path: '/reports/:id/schedules',
      door: 'reports.schedule',
      summary: 'When you have a report sent, and to whom',
      answer: z.object({ items: z.array(scheduleSchema), mail: mailSchema }),
      run: async ({ person, params }) => {
        await shelf.own(person, params.id)
        return { items: await schedulesOf(settings, params.id, person.id), mail: mailState(config) }
      },
    }),
    route({
      method: 'post',
      path: '/reports/:id/schedules',
      door: 'reports.schedule',
      summary: 'Have a report sent by mail; each recipient gets what their own scope shows',
      body: z.strictObject({
        rhythm: rhythmSchema,
        format: z.enum(['csv', 'xlsx', 'pdf']).default('pdf'),
        recipients: z.array(z.string().min(1).max(320)).min(1).max(100),
      }),
      answer: z.object({ ...scheduleSchema.shape, mail: mailSchema }),
      status: 201,
      run: async ({ person, params, body }) => {
        await shelf.own(person, params.id)
        const schedule = await addSchedule(settings, person, params.id, body, config.DATAAPP_TIME_ZONE)
        return { ...schedule, mail: mailState(config) }
      },
    }),
    route({
      method: 'delete',
      path: '/reports/:id/schedules/:schedule',
      door: 'reports.schedule',
      summary: 'Stop sending',
      run: async ({ person, params }) => {
        await shelf.own(person, params.id)
        await dropSchedule(settings, params.id, person.id, params.schedule)
      },
    }),
  ]
}
