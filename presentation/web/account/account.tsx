import { useState } from 'preact/hooks'
import type { AccountView } from '../../server/sign-in/account-routes.ts'
import { Asked, fieldsOf, Table, useAct } from '../administration/table.tsx'
import { accountWords, moment } from '../administration/words.ts'
import { soon, useDone } from '../undo.tsx'
import { browserName } from './browser.ts'
import { SecondFactor } from './second-factor.tsx'

/** What everybody does with their own account. */
export function AccountPage({ factorFirst = false }: { factorFirst?: boolean }) {
  const w = accountWords()
  return (
    <div class="administration">
      <h1>{w.account}</h1>
      <Asked<AccountView>
        path="/api/v1/account"
        show={(account, { again }) => (
          <>
            <div class="account-forms">
              {account.hasPassword && <SecondFactor account={account} again={again} />}
              {!factorFirst && account.hasPassword && <Password tokens={account.tokens.length} again={again} />}
            </div>
            {!factorFirst && (
              <>
                <Sessions account={account} again={again} />
                <Tokens account={account} again={again} />
              </>
            )}
          </>
        )}
      />
    </div>
  )
}

function Password({ tokens, again }: { tokens: number; again: () => void }) {
  const w = accountWords()
  const [done, setDone] = useState(false)
  const { act, notice } = useAct(() => {
    setDone(true)
    again()
  })
  return (
    <form class="card form-grid" onSubmit={event => act('PUT', '/account/password', fieldsOf(event))}>
      <h2>{w.password}</h2>
      <label>
        {w.current_}
        <input name="current" type="password" autocomplete="current-password" required />
      </label>
      <label>
        {w.newPassword}
        <input name="password" type="password" autocomplete="new-password" minLength={10} required />
        <small class="quiet">{w.least}</small>
      </label>
      {tokens > 0 && (
        <label class="check">
          <input name="tokens" type="checkbox" value="revoke" />
          <span>{w.revokeToo}</span>
        </label>
      )}
      {notice}
      {done && <p role="status">{w.passwordChanged}</p>}
      <button type="submit" class="primary">
        {w.changePassword}
      </button>
    </form>
  )
}

function Sessions({ account, again }: { account: AccountView; again: () => void }) {
  const w = accountWords()
  const isDone = useDone()
  const open = account.sessions.filter(({ id }) => !isDone('DELETE', `/api/v1/account/sessions/${id}`))
  const end = (id: string, agent: string) =>
    soon({ text: w.ended(browserName(agent)), method: 'DELETE', path: `/api/v1/account/sessions/${id}`, done: again })
  return (
    <div class="card table-card">
      <h2>{w.sessions}</h2>
      <Table
        head={[w.browser, w.address, w.last, w.end]}
        rows={open.map(({ id, agent, address, seenAt, current }) => ({
          key: id,
          cells: [
            <span key="agent" title={agent}>
              {browserName(agent)}
            </span>,
            address,
            moment(seenAt, w.never),
            current ? (
              w.current
            ) : (
              <button key="end" type="button" class="ghost" onClick={() => end(id, agent)}>
                {w.end}
              </button>
            ),
          ],
        }))}
      />
    </div>
  )
}

function Tokens({ account, again }: { account: AccountView; again: () => void }) {
  const w = accountWords()
  const [made, setMade] = useState<string | undefined>()
  const { act, notice } = useAct(again)
  const isDone = useDone()
  const good = account.tokens.filter(({ id }) => !isDone('DELETE', `/api/v1/account/tokens/${id}`))
  const revoke = (id: string, name: string) =>
    soon({ text: w.revoked(name), method: 'DELETE', path: `/api/v1/account/tokens/${id}`, done: again })
  const make = async (event: Event) => {
    const { name, days } = fieldsOf(event)
    const answer = await act<{ token: string }>('POST', '/account/tokens', { name, days: Number(days) })
    setMade(answer?.token)
  }
  return (
    <div class="card table-card">
      <h2>{w.tokens}</h2>
      <form class="form-grid" onSubmit={make}>
        <label>
          {w.tokenName}
          <input name="name" required maxLength={80} />
        </label>
        <label>
          {w.days}
          <input name="days" type="number" min={1} max={366} defaultValue="90" required />
        </label>
        <button type="submit" class="primary">
          {w.make}
        </button>
        {notice}
        {made !== undefined && (
          <p role="status">
            {w.shownOnce} <span class="secret">{made}</span>
          </p>
        )}
      </form>
      <Table
        head={[w.name, w.used, w.expires, w.revoke]}
        rows={good.map(({ id, name, usedAt, expiresAt }) => ({
          key: id,
          cells: [
            name,
            moment(usedAt, w.never),
            moment(expiresAt, w.never),
            <button key="revoke" type="button" class="ghost" onClick={() => revoke(id, name)}>
              {w.revoke}
            </button>,
          ],
        }))}
      />
    </div>
  )
}
