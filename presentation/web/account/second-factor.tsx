import { useState } from 'preact/hooks'
import type { AccountView } from '../../server/sign-in/account-routes.ts'
import { fieldsOf, useAct } from '../administration/table.tsx'
import { accountWords } from '../administration/words.ts'
import { call, session } from '../call.ts'

type Draft = { secret: string; link: string; qr: string }

/** Sets a code from an authenticator app beside the password: begin with the password, confirm with the first code, keep the recovery codes. */
export function SecondFactor({ account, again }: { account: AccountView; again: () => void }) {
  const w = accountWords()
  const [draft, setDraft] = useState<Draft | undefined>()
  const [codes, setCodes] = useState<string[] | undefined>()
  const { act, notice } = useAct(() => {})
  const begin = async (event: Event) => setDraft(await act<Draft>('POST', '/account/second-factor', fieldsOf(event)))
  const confirm = async (event: Event) => {
    const answer = await act<{ recoveryCodes: string[] }>('PUT', '/account/second-factor', fieldsOf(event))
    if (answer === undefined) return
    setDraft(undefined)
    setCodes(answer.recoveryCodes)
  }
  const goOn = async () => {
    setCodes(undefined)
    again()
    session.set(await call('/api/v1/session'))
  }
  const remove = (event: Event) => act('DELETE', '/account/second-factor', fieldsOf(event)).then(again)
  if (codes !== undefined)
    return (
      <div class="card form-grid" role="status">
        <h2>{w.secondFactor}</h2>
        <p>{w.keep}</p>
        <pre class="secret">{codes.join('\n')}</pre>
        <button type="button" class="primary" onClick={goOn}>
          {w.confirm}
        </button>
      </div>
    )
  if (draft !== undefined)
    return (
      <form class="card form-grid" onSubmit={confirm}>
        <h2>{w.secondFactor}</h2>
        <p>{w.scan}</p>
        <img class="qr" alt={draft.link} src={`data:image/svg+xml,${encodeURIComponent(draft.qr)}`} />
        <span class="secret">{draft.secret}</span>
        <label>
          {w.code}
          <input name="code" inputMode="numeric" autocomplete="one-time-code" required />
        </label>
        {notice}
        <button type="submit" class="primary">
          {w.confirm}
        </button>
      </form>
    )
  const { set, required, recoveryCodesLeft } = account.secondFactor
  return (
    <form class="card form-grid" onSubmit={set ? remove : begin}>
      <h2>{w.secondFactor}</h2>
      <p class="quiet">
        {set ? `${w.factorOn} ${recoveryCodesLeft} ${w.codesLeft}.` : required ? w.mustSet : w.factorOff}
      </p>
      <label>
        {w.current_}
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
      {set && (
        <label>
          {w.code}
          <input name="code" autocomplete="one-time-code" required />
        </label>
      )}
      {notice}
      <button type="submit" class={set ? 'plain' : 'primary'}>
        {set ? w.turnOff : w.begin}
      </button>
    </form>
  )
}
