import { expect } from 'chai'
import { type Chain, startChain } from '../../../test/parts/chain.ts'
import { available, type KeycloakPart, startKeycloak } from '../../../test/parts/keycloak.ts'
import { freePort, needs } from '../../../test/parts/part.ts'
import { callbackPath } from './provider.ts'

describe('signing in at Keycloak', () => {
  before(needs(available()))
  let keycloak: KeycloakPart
  let chain: Chain
  const password = 'at the provider'

  before(async () => {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    keycloak = await startKeycloak(`${url}${callbackPath}`)
    chain = await startChain({
      PORT: String(port),
      DATAAPP_PUBLIC_URL: url,
      DATAAPP_OIDC_ISSUER: keycloak.issuer,
      DATAAPP_OIDC_CLIENT_ID: keycloak.clientId,
      DATAAPP_OIDC_CLIENT_SECRET: keycloak.clientSecret,
      DATAAPP_OIDC_NAME: 'Grupo X',
      DATAAPP_SECOND_FACTOR: 'admins',
    })
  })
  after(async () => {
    await chain?.stop()
    await keycloak?.stop()
  })

  it('makes a person with the role and stores of the claims, and follows them when they change', async () => {
    await keycloak.put({
      username: 'bia',
      password,
      email: 'bia@chain.example',
      roles: ['manager'],
      stores: ['centro'],
    })
    const first = await enter('bia')
    expect(first.view.person).to.include({ email: 'bia@chain.example', name: 'bia Silva', role: 'manager' })
    expect(first.view.person.stores).to.deep.equal(['centro'])
    await keycloak.put({
      username: 'bia',
      password,
      email: 'bia@chain.example',
      roles: ['manager'],
      stores: ['praia', 'sul'],
    })
    const second = await enter('bia')
    expect(second.view.person.id).to.equal(first.view.person.id)
    expect(second.view.person.stores).to.have.members(['praia', 'sul'])
    const before = await (await fetch(`${chain.url}/api/v1/session`, { headers: { cookie: first.cookie } })).json()
    expect(before.person.stores, 'an open session too').to.have.members(['praia', 'sul'])
  })

  it('lets an admin in without a second factor of ours: that is the provider’s to ask', async () => {
    await keycloak.put({ username: 'rui', password, email: 'rui@chain.example', roles: ['admin'] })
    const { cookie } = await enter('rui')
    expect((await fetch(`${chain.url}/api/v1/people`, { headers: { cookie } })).status).to.equal(200)
  })

  it('refuses somebody without a role, and a seller without an id', async () => {
    await keycloak.put({ username: 'eva', password, email: 'eva@chain.example', roles: ['visitor'] })
    await keycloak.put({ username: 'leo', password, email: 'leo@chain.example', roles: ['seller'] })
    for (const name of ['eva', 'leo']) {
      const { page, cookies } = await comeBack(name)
      expect(page).to.include('/?sign-in=no-role')
      expect(cookies).not.to.include('dataapp_session=')
    }
  })

  it('takes over an account by e-mail only when the provider has verified it', async () => {
    await chain.add({ email: 'ana@chain.example', name: 'Ana', role: 'seller', seller: 'ana' })
    const ana = { username: 'ana', password, email: 'ana@chain.example', roles: ['seller'], seller: 'ana' }
    await keycloak.put({ ...ana, roles: ['admin'], emailVerified: false })
    expect((await comeBack('ana')).page).to.include('/?sign-in=unverified-email')
    await keycloak.put(ana)
    expect((await enter('ana')).view.person).to.include({ role: 'seller', seller: 'ana' })
  })

  it('refuses somebody who is locked here', async () => {
    await keycloak.put({ username: 'gil', password, email: 'gil@chain.example', roles: ['manager'] })
    await enter('gil')
    await chain.parts.settings.query(`UPDATE people SET disabled_at = now() WHERE email = 'gil@chain.example'`)
    expect((await comeBack('gil')).page).to.include('/?sign-in=locked')
  })

  it('takes an answer of the provider once, from the browser that left, and with its own state', async () => {
    await keycloak.put({ username: 'ivo', password, email: 'ivo@chain.example', roles: ['admin'] })
    const visit = await leave()
    const back = await answerOf(visit.to, 'ivo')
    const forged = new URL(back)
    forged.searchParams.set('state', 'forged')
    const another = await leave()
    for (const [address, cookie] of [
      [back, ''],
      [back, another.cookie],
      [forged.href, visit.cookie],
      [back, visit.cookie],
    ] as const) {
      const answer = await fetch(address, { headers: { cookie } })
      expect(await answer.text()).to.include('/?sign-in=failed')
      expect(answer.headers.getSetCookie().join()).not.to.include('dataapp_session=')
    }
    const again = await leave()
    const good = await answerOf(again.to, 'ivo')
    const sessions = []
    for (let i = 0; i < 2; i++) {
      const answer = await fetch(good, { headers: { cookie: again.cookie } })
      sessions.push(answer.headers.getSetCookie().some(cookie => cookie.startsWith('dataapp_session=')))
    }
    expect(sessions).to.deep.equal([true, false])
  })

  async function leave(): Promise<{ to: string; cookie: string }> {
    const answer = await fetch(`${chain.url}/api/v1/session/provider`, { redirect: 'manual' })
    const to = answer.headers.get('location') ?? ''
    expect(new URL(to).searchParams.get('code_challenge_method')).to.equal('S256')
    return { to, cookie: (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '' }
  }

  /** Fills in the provider's form as a browser does, and returns where it sends the browser back to. */
  async function answerOf(to: string, username: string): Promise<string> {
    const form = await fetch(to)
    const action = (/action="([^"]+)"/.exec(await form.text())?.[1] ?? '').replaceAll('&amp;', '&')
    const cookie = form.headers
      .getSetCookie()
      .map(text => text.split(';')[0])
      .join('; ')
    const body = new URLSearchParams({ username, password, credentialId: '' })
    const answer = await fetch(action, { method: 'POST', body, headers: { cookie }, redirect: 'manual' })
    const back = answer.headers.get('location')
    if (back === null) throw new Error(`Keycloak did not let ${username} in: ${answer.status} ${await answer.text()}`)
    return back
  }

  async function comeBack(username: string): Promise<{ page: string; cookies: string }> {
    const { to, cookie } = await leave()
    const answer = await fetch(await answerOf(to, username), { headers: { cookie } })
    return { page: await answer.text(), cookies: answer.headers.getSetCookie().join('\n') }
  }

  async function enter(username: string) {
    const { page, cookies } = await comeBack(username)
    expect(page).to.include('url=/"')
    expect(cookies).to.match(/dataapp_session=.*SameSite=Strict/)
    const cookie = /dataapp_session=[^;]+/.exec(cookies)?.[0] ?? ''
    const answer = await fetch(`${chain.url}/api/v1/session`, { headers: { cookie } })
    return { cookie, view: await answer.json() }
  }
})
