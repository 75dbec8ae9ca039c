import { expect } from 'chai'
import { type Chain, passwordOfAll, startChain } from '../../../test/parts/chain.ts'
import { type Mailbox, openMailbox } from '../../../test/parts/mailbox.ts'
import { setPassword } from '../accounts.ts'
import { Problem } from '../problem.ts'
import { signIn as checkSignIn } from './credentials.ts'
import { makeReset } from './reset.ts'
import { counterAt, totpCode } from './totp.ts'

describe('accounts', () => {
  let chain: Chain
  let mailbox: Mailbox

  before(async () => {
    mailbox = await openMailbox()
    chain = await startChain({
      DATAAPP_SMTP_URL: mailbox.url,
      DATAAPP_PUBLIC_URL: 'http://panel.chain.example',
    })
    await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
  })
  after(async () => {
    await chain.stop()
    await mailbox.close()
  })

  const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${chain.url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const signIn = (email: string, more: Record<string, string> = {}) =>
    send('POST', '/session', { email, password: passwordOfAll, ...more })
  const cookieFrom = (answer: Response) => ({ cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' })
  const seller = async (name: string) => {
    await chain.add({ email: `${name}@chain.example`, name, role: 'seller', seller: name })
    return { email: `${name}@chain.example`, headers: cookieFrom(await signIn(`${name}@chain.example`)) }
  }
  const asAdmin = async (method: string, path: string, body?: unknown) =>
    (await chain.as('admin@chain.example'))(`/api/v1${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })

  it('ask for a second factor once it is set: a code passes once, a recovery code too', async () => {
    const { email, headers } = await seller('factor')
    expect((await send('POST', '/account/second-factor', { password: 'wrong' }, headers)).status).to.equal(401)
    const begun = await (await send('POST', '/account/second-factor', { password: passwordOfAll }, headers)).json()
    expect(begun.link).to.include(begun.secret)
    expect(begun.qr).to.match(/^<svg/)
    expect((await signIn(email)).status, 'not before it is confirmed').to.equal(200)
    const now = () => counterAt(new Date())
    const used = now() - 1
    const confirmed = await send('PUT', '/account/second-factor', { code: totpCode(begun.secret, used) }, headers)
    const { recoveryCodes } = await confirmed.json()
    expect(recoveryCodes).to.have.length(10)

    const asked = await signIn(email)
    expect([asked.status, (await asked.json()).type]).to.deep.equal([401, 'urn:dataapp:problem:code-needed'])
    expect((await signIn(email, { code: totpCode(begun.secret, used) })).status, 'used already').to.equal(401)
    const code = totpCode(begun.secret, now())
    const both = await Promise.all([signIn(email, { code }), signIn(email, { code })])
    expect(both.map(answer => answer.status).sort()).to.deep.equal([200, 401])
    expect((await signIn(email, { code: recoveryCodes[0] })).status).to.equal(200)
    expect((await signIn(email, { code: recoveryCodes[0] })).status).to.equal(401)
    const [row] = await chain.parts.settings.query<{ totp_secret: string; recovery_codes: string[] }>(
      'SELECT totp_secret, recovery_codes FROM people WHERE email = $1',
      [email],
    )
    expect(JSON.stringify(row)).not.to.include(begun.secret).and.not.to.include(recoveryCodes[1])
  })

  it('let no more guesses through when they come all at once', async () => {
    const { email } = await seller('guessed')
    const { settings, vault } = chain.parts
    const guess = (password: string) =>
      checkSignIn(settings, vault, { email, password }, 'somewhere').then(
        () => 'in',
        (error: unknown) => (error instanceof Problem ? error.kind : String(error)),
      )
    const told = await Promise.all([...Array.from({ length: 16 }, (_, i) => guess(`guess ${i}`)), guess(passwordOfAll)])
    // Those whose passwords were being checked already when the fifth was found wrong.
    expect(told.filter(kind => kind === 'wrong-credentials').length).to.be.within(5, 5 + 8)
    expect(told.at(-1)).to.equal('too-many')
  })

  it('count wrong codes where the second factor is removed', async () => {
    const { headers } = await seller('remover')
    const { secret } = await (await send('POST', '/account/second-factor', { password: passwordOfAll }, headers)).json()
    await send('PUT', '/account/second-factor', { code: totpCode(secret, counterAt(new Date())) }, headers)
    const remove = (code: string) =>
      send('DELETE', '/account/second-factor', { password: passwordOfAll, code }, headers)
    const told = []
    for (let i = 0; i < 6; i++) told.push((await remove(`NOTACODE${i}`)).status)
    expect(told).to.deep.equal([401, 401, 401, 401, 401, 429])
  })

  it('lose their links when the password is set at the command line', async () => {
    const { email } = await seller('leaked')
    const { people } = await (await asAdmin('GET', '/people')).json()
    const { id } = people.find((person: { email: string }) => person.email === email)
    const secret = await makeReset(chain.parts.settings, id, 1)
    await setPassword(chain.parts.settings, email, 'quite another password')
    expect((await send('PUT', '/password-reset', { secret, password: 'the words of a thief' })).status).to.equal(410)
  })

  it('list their sessions and end them, only their own', async () => {
    const [{ email, headers }, other] = [await seller('sessions'), await seller('stranger')]
    const second = cookieFrom(await signIn(email))
    const { sessions } = await (await fetch(`${chain.url}/api/v1/account`, { headers })).json()
    const mine = sessions.find((session: { current: boolean }) => session.current)
    const elsewhere = sessions.find((session: { current: boolean }) => !session.current)
    expect(sessions).to.have.length(2)
    const end = (id: string, by: Record<string, string>) =>
      fetch(`${chain.url}/api/v1/account/sessions/${id}`, { method: 'DELETE', headers: by })
    expect((await end(mine.id, other.headers)).status).to.equal(404)
    expect((await end(elsewhere.id, headers)).status).to.equal(204)
    expect((await fetch(`${chain.url}/api/v1/session`, { headers: second })).status).to.equal(401)
    expect((await fetch(`${chain.url}/api/v1/session`, { headers })).status).to.equal(200)
  })

  it('make tokens that reach what their person reaches, change nothing of the account, and end when revoked', async () => {
    const { headers } = await seller('tokens')
    const made = await (await send('POST', '/account/tokens', { name: 'Power BI', days: 30 }, headers)).json()
    const bearer = { authorization: `Bearer ${made.token}` }
    const account = await fetch(`${chain.url}/api/v1/account`, { headers: bearer })
    expect(await account.text())
      .to.include('Power BI')
      .and.not.to.include(made.token)
    expect((await fetch(`${chain.url}/api/v1/people`, { headers: bearer })).status).to.equal(403)
    expect((await send('POST', '/account/tokens', { name: 'another' }, bearer)).status).to.equal(403)
    await fetch(`${chain.url}/api/v1/account/tokens/${made.id}`, { method: 'DELETE', headers })
    expect((await fetch(`${chain.url}/api/v1/account`, { headers: bearer })).status).to.equal(401)
    const [{ text } = { text: '' }] = await chain.parts.settings.query<{ text: string }>(
      `SELECT coalesce(json_agg(t)::text, '') AS text FROM tokens t`,
    )
    expect(text).not.to.include(made.token)
  })

  it('keep their tokens when they change the password, unless they say otherwise, and lose them when it is set for them', async () => {
    const { email, headers } = await seller('programs')
    const token = async (by: Record<string, string>) => {
      const made = await (await send('POST', '/account/tokens', { name: 'Power BI' }, by)).json()
      return { authorization: `Bearer ${made.token}` }
    }
    const works = async (bearer: Record<string, string>) =>
      (await fetch(`${chain.url}/api/v1/account`, { headers: bearer })).status === 200
    const change = (current: string, password: string, more = {}) =>
      send('PUT', '/account/password', { current, password, ...more }, headers)
    const kept = await token(headers)
    await change(passwordOfAll, 'another few words')
    expect(await works(kept)).to.equal(true)
    await change('another few words', 'yet another few words', { tokens: 'revoke' })
    expect(await works(kept)).to.equal(false)
    const { entries } = await (await asAdmin('GET', '/audit?action=password-changed')).json()
    expect(entries[0].details).to.deep.equal({ tokensRevoked: 1 })

    const second = await token(headers)
    const { people } = await (await asAdmin('GET', '/people')).json()
    const { id } = people.find((person: { email: string }) => person.email === email)
    const secret = await makeReset(chain.parts.settings, id, 1)
    await send('PUT', '/password-reset', { secret, password: passwordOfAll })
    expect(await works(second), 'by a link').to.equal(false)

    await token(cookieFrom(await signIn(email)))
    await setPassword(chain.parts.settings, email, 'quite another password')
    const tokens = await chain.parts.settings.query('SELECT 1 FROM tokens WHERE person = $1', [id])
    expect(tokens, 'at the command line').to.deep.equal([])
  })

  it('change their password: every other session ends', async () => {
    const { email, headers } = await seller('changing')
    const other = cookieFrom(await signIn(email))
    const change = (current: string, password: string) =>
      send('PUT', '/account/password', { current, password }, headers)
    expect((await change('wrong', 'another few words')).status).to.equal(401)
    expect((await change(passwordOfAll, 'short')).status).to.equal(400)
    expect((await change(passwordOfAll, 'another few words')).status).to.equal(204)
    expect((await fetch(`${chain.url}/api/v1/session`, { headers })).status).to.equal(200)
    expect((await fetch(`${chain.url}/api/v1/session`, { headers: other })).status).to.equal(401)
    expect((await signIn(email)).status).to.equal(401)
  })

  it('are reset by the link of an administrator: once, and not when it is too old', async () => {
    const { email, headers } = await seller('forgetful')
    const { people } = await (await asAdmin('GET', '/people')).json()
    const { id } = people.find((person: { email: string }) => person.email === email)
    const linkOf = async () => new URL((await (await asAdmin('POST', `/people/${id}/password-reset`)).json()).link)
    const link = await linkOf()
    expect(link.href).to.match(/^http:\/\/panel\.chain\.example\/reset#/)
    const use = (secret: string, password = 'entirely new words') =>
      send('PUT', '/password-reset', { secret, password })
    expect((await use(`${link.hash.slice(1)}x`)).status).to.equal(410)
    const both = await Promise.all([use(link.hash.slice(1)), use(link.hash.slice(1))])
    expect(both.map(answer => answer.status).sort()).to.deep.equal([204, 410])
    expect((await fetch(`${chain.url}/api/v1/session`, { headers })).status).to.equal(401)
    expect((await signIn(email)).status).to.equal(401)
    expect((await send('POST', '/session', { email, password: 'entirely new words' })).status).to.equal(200)
    const late = await linkOf()
    await chain.parts.settings.query(`UPDATE password_resets SET expires_at = now() - interval '1 second'`)
    expect((await use(late.hash.slice(1))).status).to.equal(410)
  })

  it('are reset by mail, without telling who has an account', async () => {
    const { email } = await seller('mailed')
    for (const asked of [email, 'nobody@chain.example'])
      expect((await send('POST', '/password-reset', { email: asked }, { host: 'evil.example' })).status).to.equal(202)
    const { mails } = mailbox
    while (mails.length === 0) await new Promise(done => setTimeout(done, 20))
    expect(mails).to.have.length(1)
    const mail = (mails[0]?.raw ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=')
    expect(mail).to.include(`To: ${email}`)
    const secret = /http:\/\/panel\.chain\.example\/reset#([\w-]+)/.exec(mail)?.[1] ?? ''
    expect((await send('PUT', '/password-reset', { secret, password: 'words from a mail' })).status).to.equal(204)
    expect((await send('POST', '/session', { email, password: 'words from a mail' })).status).to.equal(200)
  })

  it('are added, changed, locked and removed by administrators, who stay at least one', async () => {
    const bounds = { role: 'manager', stores: ['centro'] }
    const added = await asAdmin('POST', '/people', { email: 'new@chain.example', name: 'New', bounds })
    const { id } = await added.json()
    expect((await asAdmin('POST', '/people', { email: 'NEW@chain.example', name: 'New', bounds })).status).to.equal(409)
    const wider = await asAdmin('PATCH', `/people/${id}`, { bounds: { role: 'manager', stores: ['centro', 'praia'] } })
    expect((await wider.json()).stores).to.deep.equal(['centro', 'praia'])
    expect((await asAdmin('PATCH', `/people/${id}`, { bounds: { role: 'seller' } })).status).to.equal(400)
    const { headers } = await seller('locked')
    const { people } = await (await asAdmin('GET', '/people')).json()
    const idOf = (email: string) => people.find((person: { email: string }) => person.email === email).id
    await asAdmin('PATCH', `/people/${idOf('locked@chain.example')}`, { locked: true })
    expect((await fetch(`${chain.url}/api/v1/session`, { headers })).status).to.equal(401)
    expect((await signIn('locked@chain.example')).status).to.equal(401)
    const self = idOf('admin@chain.example')
    for (const change of [{ locked: true }, { bounds: { role: 'seller', seller: 'x' } }])
      expect((await asAdmin('PATCH', `/people/${self}`, change)).status).to.equal(409)
    expect((await asAdmin('DELETE', `/people/${self}`)).status).to.equal(409)
    expect((await asAdmin('DELETE', `/people/${id}`)).status).to.equal(204)
    const { entries } = await (await asAdmin('GET', '/audit')).json()
    const actions = entries.map((entry: { action: string }) => entry.action)
    expect(actions).to.include.members(['person-created', 'person-changed', 'person-locked', 'person-removed'])
  })

  it('show administrators the settings in force, and no secret', async () => {
    const shown = await (await asAdmin('GET', '/settings')).json()
    expect(shown.settings.DATAAPP_SMTP_URL).to.equal('(set, not shown)')
    expect(shown.settings.DATAAPP_RETENTION_LINES_DAYS).to.equal(1826)
  })

  it('mark the cookie Secure where a trusted proxy says https', async () => {
    await seller('behind-tls')
    const answer = await send(
      'POST',
      '/session',
      { email: 'behind-tls@chain.example', password: passwordOfAll },
      { 'x-forwarded-proto': 'https' },
    )
    expect(answer.headers.get('set-cookie')).to.match(/; Secure/)
  })
})

describe('where administrators must have a second factor', () => {
  it('nothing but their account is open to one without', async () => {
    const chain = await startChain({ DATAAPP_SECOND_FACTOR: 'admins' })
    try {
      await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
      await chain.add({ email: 'ana@chain.example', name: 'Ana', role: 'seller', seller: 'ana' })
      const call = await chain.as('admin@chain.example')
      const send = (method: string, body: unknown) =>
        call('/api/v1/account/second-factor', {
          method,
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        })
      const session = await fetch(`${chain.url}/api/v1/session`, {
        method: 'POST',
        body: JSON.stringify({ email: 'admin@chain.example', password: passwordOfAll, code: '123456' }),
        headers: { 'content-type': 'application/json' },
      })
      expect(await session.json(), 'any code does not make one').to.include({ secondFactorMissing: true })
      expect((await call('/api/v1/people')).status).to.equal(403)
      expect((await call('/api/v1/summary?preset=7d')).status).to.equal(403)
      expect(await (await call('/')).text())
        .to.include('"secondFactorMissing":true')
        .and.not.to.include('"answers"')
      expect((await (await chain.as('ana@chain.example'))('/api/v1/summary?preset=7d')).status).to.equal(200)
      const { secret } = await (await send('POST', { password: passwordOfAll })).json()
      expect((await send('PUT', { code: totpCode(secret, counterAt(new Date())) })).status).to.equal(200)
      expect((await call('/api/v1/people')).status).to.equal(200)
    } finally {
      await chain.stop()
    }
  })
})
