import { useState } from 'preact/hooks'
import { fieldsOf, useAct } from '../administration/table.tsx'
import { accountWords } from '../administration/words.ts'
import { Mark } from '../mark.tsx'

/** Asks for a link by mail, or sets a new password with the secret that the link carries behind its `#`. */
export function ResetPage() {
  const w = accountWords()
  const secret = location.hash.slice(1)
  const [done, setDone] = useState(false)
  const { act, notice } = useAct(() => setDone(true))
  const send = (event: Event) => {
    const given = fieldsOf(event)
    void (secret === '' ? act('POST', '/password-reset', given) : act('PUT', '/password-reset', { secret, ...given }))
  }
  return (
    <main class="sign-in">
      <form class="card" onSubmit={send}>
        <Mark />
        <h1>{secret === '' ? w.forgotTitle : w.resetTitle}</h1>
        <p class="quiet">{secret === '' ? w.forgotHint : w.least}</p>
        {done ? (
          <p role="status">{secret === '' ? w.sent : w.resetDone}</p>
        ) : secret === '' ? (
          <label>
            {w.email}
            <input name="email" type="email" autocomplete="username" required />
          </label>
        ) : (
          <label>
            {w.newPassword}
            <input name="password" type="password" autocomplete="new-password" minLength={10} required />
          </label>
        )}
        {notice}
        {!done && (
          <button type="submit" class="primary">
            {secret === '' ? w.send : w.save}
          </button>
        )}
        <a href="/">{w.toSignIn}</a>
      </form>
    </main>
  )
}
