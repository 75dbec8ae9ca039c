import { expect } from 'chai'
import { boundsOf, type ClaimNames } from './claims.ts'

describe('what the claims of a provider allow', () => {
  const names: ClaimNames = {
    DATAAPP_OIDC_ROLES_CLAIM: 'realm_access.roles',
    DATAAPP_OIDC_ROLES: ['chain=admin', 'shop=manager', 'till=seller'],
    DATAAPP_OIDC_STORES_CLAIM: 'stores',
    DATAAPP_OIDC_SELLER_CLAIM: 'seller',
  }
  const withRoles = (...roles: unknown[]) => ({ realm_access: { roles } })

  it('the widest of the mapped roles', () => {
    expect(boundsOf(withRoles('till', 'chain'), names)).to.deep.equal({ role: 'admin' })
  })

  it('a store scope from one text or a list, and none when there is none', () => {
    expect(boundsOf({ ...withRoles('shop'), stores: ['a', 'b', 'a', 7, ''] }, names)).to.deep.equal({
      role: 'manager',
      stores: ['a', 'b'],
    })
    expect(boundsOf({ ...withRoles('shop'), stores: 'a' }, names)).to.deep.equal({ role: 'manager', stores: ['a'] })
    expect(boundsOf(withRoles('shop'), names)).to.deep.equal({ role: 'manager', stores: [] })
  })

  it('a seller by id, nobody without', () => {
    expect(boundsOf({ ...withRoles('till'), seller: 'ana' }, names)).to.deep.equal({ role: 'seller', seller: 'ana' })
    expect(boundsOf({ ...withRoles('till'), seller: '' }, names)).to.equal(undefined)
  })

  it('nothing without a role that is mapped, whatever its shape', () => {
    for (const claims of [{}, withRoles('admin', 7, null), { realm_access: 'chain' }, { roles: ['chain'] }])
      expect(boundsOf(claims, names)).to.equal(undefined)
  })

  it('a claim whose name has dots, as Cognito and Auth0 have them', () => {
    const claim = 'https://chain.example/roles'
    expect(boundsOf({ [claim]: ['chain'] }, { ...names, DATAAPP_OIDC_ROLES_CLAIM: claim })).to.deep.equal({
      role: 'admin',
    })
  })
})
