import { randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { chainOwner, type Rule, ruleSchema } from '#shared/alerts/rule.ts'
import { mailState, mailStates } from '#shared/mail.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Person } from '../person.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'
import { dryRunOf } from './dry-run.ts'
import type { InsightParts } from './routes.ts'

/** A rule as people write it: whose it is and its id are not theirs to say. */
const ruleText = ruleSchema.omit({ id: true, owner: true })
const shownRule = ruleSchema.extend({ readyMade: z.boolean() })
const mostRulesEach = 200

/** Rules of alerts: one's own, and for who may, the ready-made ones. */
export function ruleRoutes(parts: InsightParts): Route[] {
  const { settings, config } = parts
  return [
    route({
      method: 'get',
      path: '/insights/rules',
      door: 'rules.own',
      summary: 'Your rules and the ready-made ones',
      answer: z.object({
        items: z.array(shownRule),
        mail: z.enum(mailStates).meta({ description: '`off`: alerts are shown on the page, and none leaves by mail' }),
      }),
      run: async ({ person }) => ({ items: (await rulesOf(settings, person)).map(shown), mail: mailState(config) }),
    }),
    route({
      method: 'post',
      path: '/insights/rules',
      door: 'rules.own',
      summary: 'Make a rule; it looks only at what you may see',
      body: ruleText,
      answer: shownRule,
      status: 201,
      run: async ({ person, body }) => {
        const rule: Rule = withinScope(person, { ...body, id: randomUUID(), owner: person.id })
        const own = await settings.query('SELECT 1 FROM alert_rules WHERE owner = $1', [person.id])
        if (own.length >= mostRulesEach) throw new Problem('conflict', `You have ${mostRulesEach} rules already.`)
        await settings.query('INSERT INTO alert_rules (id, owner, rule) VALUES ($1, $2, $3)', [
          rule.id,
          rule.owner,
          JSON.stringify(rule),
        ])
        return shown(rule)
      },
    }),
    route({
      method: 'put',
      path: '/insights/rules/:id',
      door: 'rules.own',
      summary: 'Change a rule; the ready-made ones by administrators only',
      body: ruleText,
      answer: shownRule,
      run: async ({ person, params, body }) => {
        const before = await changeable(settings, person, params.id)
        const rule: Rule = withinScope(person, { ...body, id: before.id, owner: before.owner })
        await settings.query('UPDATE alert_rules SET rule = $2, updated_at = now() WHERE id = $1', [
          rule.id,
          JSON.stringify(rule),
        ])
        return shown(rule)
      },
    }),
    route({
      method: 'delete',
      path: '/insights/rules/:id',
      door: 'rules.own',
      summary: 'Remove one of your rules; a ready-made one can only be turned off',
      run: async ({ person, params }) => {
        const rule = await changeable(settings, person, params.id)
        if (rule.owner === chainOwner)
          throw new Problem('conflict', 'A ready-made rule stays; set "on" to false instead.')
        await settings.query('DELETE FROM alert_rules WHERE id = $1', [rule.id])
      },
    }),
    route({
      method: 'post',
      path: '/insights/rules/dry-run',
      door: 'rules.own',
      summary: 'When a rule would have fired in the last 90 days; nobody is told',
      body: ruleText,
      answer: z.object({
        days: z.number().int(),
        note: z.string(),
        items: z.array(
          z.object({
            day: z.string(),
            resolved: z.string().nullable(),
            breaches: z.array(
              z.object({
                kind: z.string(),
                id: z.string(),
                store: z.string(),
                value: z.number(),
                reference: z.number(),
                badness: z.number(),
              }),
            ),
          }),
        ),
      }),
      run: async ({ person, body }) =>
        dryRunOf(parts, person, withinScope(person, { ...body, id: 'dry-run', owner: person.id })),
    }),
    route({
      method: 'put',
      path: '/insights/webhook',
      door: 'rules.chain',
      summary: 'Where alerts of your rules are posted. Answers the secret that signs them, once',
      body: z.strictObject({ url: z.url({ protocol: /^https?$/ }), for: z.enum(['me', 'chain']).default('me') }),
      answer: z.object({ secret: z.string() }),
      run: async ({ person, body }) => {
        const secret = randomBytes(24).toString('base64url')
        await settings.query(
          'INSERT INTO alert_webhooks (owner, url, secret) VALUES ($1, $2, $3) ON CONFLICT (owner) DO UPDATE SET url = excluded.url, secret = excluded.secret, updated_at = now()',
          [body.for === 'chain' ? chainOwner : person.id, body.url, secret],
        )
        return { secret }
      },
    }),
    route({
      method: 'delete',
      path: '/insights/webhook',
      door: 'rules.chain',
      summary: 'Post alerts of your rules, or of the ready-made ones, nowhere',
      query: z.strictObject({ for: z.enum(['me', 'chain']).default('me') }),
      run: async ({ person, query }) => {
        await settings.query('DELETE FROM alert_webhooks WHERE owner = $1', [
          query.for === 'chain' ? chainOwner : person.id,
        ])
      },
    }),
  ]
}

const shown = (rule: Rule) => ({ ...rule, readyMade: rule.owner === chainOwner })

async function rulesOf(settings: Settings, person: Person): Promise<Rule[]> {
  const rows = await settings.query<{ rule: unknown }>(
    'SELECT rule FROM alert_rules WHERE owner IN ($1, $2) ORDER BY owner, id',
    [person.id, chainOwner],
  )
  return rows.flatMap(({ rule }) => ruleSchema.safeParse(rule).data ?? [])
}

async function changeable(settings: Settings, person: Person, id: string): Promise<Rule> {
  const rule = (await rulesOf(settings, person)).find(one => one.id === id)
  if (rule === undefined) throw new Problem('not-found', 'You have no such rule.')
  if (rule.owner === chainOwner && person.role !== 'admin')
    throw new Problem('forbidden', 'Ready-made rules are changed by administrators.')
  return rule
}

/** Refuses what the person may not see, rather than silently looking at less. */
function withinScope(person: Person, rule: Rule): Rule {
  const { kind, ids = [], stores = [] } = rule.scope
  switch (person.role) {
    case 'admin':
      return rule
    case 'manager': {
      const named = kind === 'store' ? [...ids, ...stores] : stores
      if (kind === 'chain' || kind === 'category' || kind === 'source')
        throw new Problem('forbidden', 'A manager watches stores, and the sellers and products in them.')
      if (named.some(store => !person.stores.includes(store)))
        throw new Problem('forbidden', 'That store is not in your scope.')
      return rule
    }
    case 'seller':
      if (kind !== 'seller' || ids.some(id => id !== person.seller))
        throw new Problem('forbidden', 'A seller watches their own sales.')
      return { ...rule, scope: { kind: 'seller', ids: [person.seller] } }
  }
}
