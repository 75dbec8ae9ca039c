import { readyMadeRules } from '#shared/alerts/ready-made.ts'
import { chainOwner, type Rule, ruleSchema } from '#shared/alerts/rule.ts'
import type { Config } from '#shared/config.ts'
import type { Log } from '#shared/log.ts'
import type { Sight } from '#shared/records/alert.ts'
import type { Settings } from '#shared/settings/settings.ts'

/** Somebody who can be told. */
export type Listener = {
  readonly id: string
  readonly email: string
  readonly locale: string | null
  readonly sight: Sight
}

export type Rulebook = { readonly rules: readonly Rule[]; readonly listeners: readonly Listener[] }

/** Puts the ready-made rules in place; what somebody changed about them stays changed. */
export async function placeReadyMade(settings: Settings, config: Config): Promise<void> {
  for (const rule of readyMadeRules(config.DATAAPP_LOCALE))
    await settings.query('INSERT INTO alert_rules (id, owner, rule) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING', [
      rule.id,
      rule.owner,
      JSON.stringify(rule),
    ])
}

type PersonRow = {
  id: string
  email: string
  role: string
  stores: string[] | null
  seller: string | null
  locale: string | null
}

/** Reads rules and people, and keeps them until either changes. */
export function rulebookReader(settings: Settings, log: Log): () => Promise<Rulebook> {
  let known: { mark: string; book: Rulebook } | undefined
  return async () => {
    const [row] = await settings.query<{ mark: string }>(
      `SELECT (SELECT count(*)::text || coalesce(max(updated_at)::text, '') FROM alert_rules) || ' ' ||
              (SELECT coalesce(md5(string_agg(id || email || role || coalesce(array_to_string(stores, ','), '') || coalesce(seller, '') || (disabled_at IS NULL)::text, ';' ORDER BY id)), '') FROM people) AS mark`,
    )
    if (known !== undefined && known.mark === row?.mark) return known.book
    const [rules, people] = await Promise.all([
      settings.query<{ id: string; owner: string; rule: unknown }>(
        'SELECT id, owner, rule FROM alert_rules ORDER BY id',
      ),
      settings.query<PersonRow>('SELECT id, email, role, stores, seller, locale FROM people WHERE disabled_at IS NULL'),
    ])
    const listeners = people.map(listenerOf)
    const byId = new Map(listeners.map(one => [one.id, one]))
    const bounded = rules.flatMap(({ id, owner, rule }) => {
      const parsed = ruleSchema.safeParse(rule)
      if (parsed.success) return boundedTo(parsed.data, owner, byId.get(owner)?.sight)
      log.warn({ rule: id, problem: parsed.error.message }, 'a rule of alerts is not valid and is left out')
      return []
    })
    known = { mark: row?.mark ?? '', book: { rules: bounded, listeners } }
    return known.book
  }
}

/** Who has this address and may sign in; undefined when nobody does. */
export async function listenerAt(settings: Settings, email: string): Promise<Listener | undefined> {
  const [row] = await settings.query<PersonRow>(
    'SELECT id, email, role, stores, seller, locale FROM people WHERE lower(email) = lower($1) AND disabled_at IS NULL',
    [email],
  )
  return row && listenerOf(row)
}

function listenerOf({ id, email, role, stores, seller, locale }: PersonRow): Listener {
  const who = { id, email, locale }
  if (role === 'admin') return { ...who, sight: { role: 'admin' } }
  if (role === 'manager') return { ...who, sight: { role: 'manager', stores: stores ?? [] } }
  return { ...who, sight: { role: 'seller', seller: seller ?? '' } }
}

/** The rule looking only at what its owner may see now; nothing is left of it when its owner is gone or sees none of it. */
function boundedTo(rule: Rule, owner: string, sight: Sight | undefined): Rule[] {
  if (owner === chainOwner) return [rule]
  if (sight === undefined) return []
  switch (sight.role) {
    case 'admin':
      return [rule]
    case 'manager': {
      const stores = (rule.scope.stores ?? sight.stores).filter(store => sight.stores.includes(store))
      return stores.length === 0 ? [] : [{ ...rule, scope: { ...rule.scope, stores } }]
    }
    case 'seller':
      if (rule.scope.kind !== 'seller') return []
      return [{ ...rule, scope: { kind: 'seller', ids: [sight.seller] } }]
  }
}
