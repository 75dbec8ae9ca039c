import { z } from 'zod'
import { access, type OpenDoor, roles } from '#presentation/access.ts'
import { openReport } from './reports/routes.ts'
import type { Route } from './route.ts'
import { credentials, sessionSchema } from './session-routes.ts'
import { resetAsked, resetUsed } from './sign-in/open-doors.ts'

const problem = { $ref: '#/components/responses/Problem' }

/** The OpenAPI 3.1 description, made from the same schemas that validate. */
export function openApi(routes: readonly Route[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method]: operation(route) }
  }
  paths['/session'] = {
    ...paths['/session'],
    post: {
      'x-door': 'session.enter',
      summary: 'Sign in: sets the session cookie',
      security: [],
      requestBody: { required: true, content: json(credentials, 'input') },
      responses: { 200: { description: 'Signed in', content: json(sessionSchema, 'output') }, default: problem },
    },
  }
  Object.assign(paths, openPaths)
  return {
    openapi: '3.1.0',
    info: {
      title: 'DataApp',
      version: '1',
      description:
        "The figures of a retail chain. Money is a decimal text with two digits in the chain's currency; days are in the chain's time zone; a period has both its ends inside. What you get is bounded by your role.",
    },
    servers: [{ url: '/api/v1' }],
    security: [{ session: [] }, { token: [] }],
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'dataapp_session' },
        token: { type: 'http', scheme: 'bearer' },
      },
      responses: {
        Problem: {
          description: 'What went wrong and what to do (RFC 9457)',
          content: { 'application/problem+json': { schema: z.toJSONSchema(problemSchema) } },
        },
      },
    },
  }
}

const toPage = { 302: { description: 'On to the next page' }, default: problem }
const openPaths = {
  '/session/provider': {
    get: { 'x-door': 'provider.enter', summary: "Sign in at the company's provider", security: [], responses: toPage },
  },
  '/session/provider/callback': {
    get: {
      'x-door': 'provider.enter',
      summary: 'Where the provider sends the browser back to',
      security: [],
      responses: { 200: { description: 'A page that goes on to the dashboard or says what failed' }, default: problem },
    },
  },
  '/open-reports/{secret}': {
    get: {
      'x-door': 'report.open',
      summary: 'What an open link leads to: as JSON, or with `.pdf` or `.csv` behind the secret as a file',
      security: [],
      parameters: [{ name: 'secret', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        200: {
          description: 'The report',
          content: {
            ...json(openReport, 'output'),
            'application/pdf': { schema: { type: 'string', format: 'binary' } },
            'text/csv': { schema: { type: 'string' } },
          },
        },
        default: problem,
      },
    },
  },
  '/password-reset': {
    post: {
      'x-door': 'password.reset',
      summary: 'Mail a link that resets the password, if somebody has this address',
      security: [],
      requestBody: { required: true, content: json(resetAsked, 'input') },
      responses: { 202: { description: 'Taken' }, default: problem },
    },
    put: {
      'x-door': 'password.reset',
      summary: 'Set a new password with the secret of a link, once',
      security: [],
      requestBody: { required: true, content: json(resetUsed, 'input') },
      responses: { 204: { description: 'Done' }, default: problem },
    },
  },
} satisfies Record<string, Record<string, { 'x-door': OpenDoor } & Record<string, unknown>>>

const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
})

function operation(route: Route): Record<string, unknown> {
  const reach = roles.map(role => `${role}: ${access[route.door][role]}`).join(', ')
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(match => ({
    name: match[1],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  return {
    'x-door': route.door,
    summary: route.summary,
    description: `Who reaches what: ${reach}.`,
    parameters: [...inPath, ...queryParameters(route.query)],
    ...(route.body === undefined ? {} : { requestBody: { required: true, content: json(route.body, 'input') } }),
    responses: {
      [route.status]:
        route.answer === undefined
          ? { description: 'Done' }
          : { description: 'The answer', content: json(route.answer, 'output') },
      default: problem,
    },
  }
}

function queryParameters(query: z.ZodType | undefined): unknown[] {
  if (query === undefined) return []
  const schema = schemaOf(query, 'input')
  const properties = typeof schema.properties === 'object' && schema.properties !== null ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: property,
  }))
}

function json(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  return { 'application/json': { schema: schemaOf(schema, io) } }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
