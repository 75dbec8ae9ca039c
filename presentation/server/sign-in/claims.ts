import { type Role, roles } from '#presentation/access.ts'
import type { Config } from '#shared/config.ts'
import type { Bounds } from '../person.ts'

export type ClaimNames = Pick<
  Config,
  'DATAAPP_OIDC_ROLES_CLAIM' | 'DATAAPP_OIDC_ROLES' | 'DATAAPP_OIDC_STORES_CLAIM' | 'DATAAPP_OIDC_SELLER_CLAIM'
>
type Claims = Record<string, unknown>

/**
 * What a person may do by the provider's claims. Of several roles the widest counts. Without a role that is mapped, or for a seller without an id, nobody gets
 * in: undefined. A manager without stores sees none.
 */
export function boundsOf(claims: Claims, names: ClaimNames): Bounds | undefined {
  const given = new Set(textsAt(claims, names.DATAAPP_OIDC_ROLES_CLAIM))
  const mapped = new Set(names.DATAAPP_OIDC_ROLES.filter(pair => given.has(claimOf(pair))).map(roleOf))
  const role = roles.find(candidate => mapped.has(candidate))
  switch (role) {
    case undefined:
      return undefined
    case 'admin':
      return { role }
    case 'manager':
      return { role, stores: textsAt(claims, names.DATAAPP_OIDC_STORES_CLAIM) }
    case 'seller': {
      const [seller] = textsAt(claims, names.DATAAPP_OIDC_SELLER_CLAIM)
      return seller === undefined ? undefined : { role, seller }
    }
  }
}

/** The texts of a claim: one, a list, or nested (`realm_access.roles`). A name with dots is looked for as it stands first. */
function textsAt(claims: Claims, name: string): string[] {
  const value = Object.hasOwn(claims, name) ? claims[name] : name.split('.').reduce<unknown>(inside, claims)
  const values = Array.isArray(value) ? value : [value]
  return [...new Set(values.filter(text => typeof text === 'string' && text !== ''))]
}

function inside(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined
}

const claimOf = (pair: string): string => pair.slice(0, pair.lastIndexOf('='))
const roleOf = (pair: string): Role | undefined => roles.find(role => role === pair.slice(pair.lastIndexOf('=') + 1))
