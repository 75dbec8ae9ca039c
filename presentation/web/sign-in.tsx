import { useEffect, useRef, useState } from 'preact/hooks'
import { CallFailed, offers, signIn } from './call.ts'
import { Mark } from './mark.tsx'
import { LanguageSwitch } from './preferences.tsx'
import { words } from './words.ts'

/** The door. It says what is wrong without telling which accounts exist. */
export function SignIn({ ended }: { ended: boolean }) {
  const w = words().signIn
  const [wrong, setWrong] = useState(() => refusal(new URLSearchParams(location.search).get('sign-in')))
  const [codeAsked, setCodeAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  const [shown, setShown] = useState(false)
  const email = useRef<HTMLInputElement>(null)
  const password = useRef<HTMLInputElement>(null)
  useEffect(() => email.current?.focus(), [])
  useEffect(() => {
    if (password.current !== null) password.current.type = shown ? 'text' : 'password'
  }, [shown])

  const enter = async (event: Event) => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const given = new FormData(event.currentTarget)
    setBusy(true)
    setWrong('')
    try {
      const code = given.get('code')
      const body = {
        email: String(given.get('email')),
        password: String(given.get('password')),
        ...(typeof code === 'string' ? { code } : {}),
      }
      await signIn(body)
    } catch (error) {
      setBusy(false)
      if (error instanceof CallFailed && error.kind === 'code-needed') setCodeAsked(true)
      else setWrong(reason(error))
    }
  }

  return (
    <main class="sign-in">
      <form class="card" onSubmit={enter}>
        <Mark />
        <h1>{w.title}</h1>
        <p class="quiet">{ended ? w.ended : w.intro}</p>
        <label>
          {w.email}
          <input ref={email} name="email" type="email" autocomplete="username" required aria-invalid={wrong !== ''} />
        </label>
        <div class="field">
          <label for="password">{w.password}</label>
          <span class="password">
            <input
              ref={password}
              id="password"
              name="password"
              type="password"
              autocomplete="current-password"
              required
              aria-invalid={wrong !== ''}
            />
            <button type="button" class="ghost" onClick={() => setShown(!shown)}>
              {shown ? w.hide : w.show}
            </button>
          </span>
        </div>
        {codeAsked && (
          <label>
            {w.code}
            <input name="code" autocomplete="one-time-code" required autofocus aria-describedby="code-hint" />
            <small id="code-hint" class="quiet">
              {w.codeNeeded}
            </small>
          </label>
        )}
        <p class="field-error" role="alert">
          {wrong}
        </p>
        <button type="submit" class="primary" disabled={busy}>
          {busy ? w.entering : w.enter}
        </button>
        {offers.provider !== null && (
          <a class="plain" href="/api/v1/session/provider">
            {w.company} ({offers.provider})
          </a>
        )}
        {offers.mail && <a href="/reset">{w.forgot}</a>}
      </form>
      <LanguageSwitch />
    </main>
  )
}

/** Why the provider's sign-in came back without a session. */
function refusal(why: string | null): string {
  const w = words().signIn
  if (why === null) return ''
  return why === 'failed' || why === 'unreachable' ? w.providerFailed : w.providerRefused
}

function reason(error: unknown): string {
  const w = words()
  if (!(error instanceof CallFailed)) throw error
  if (error.kind === 'wrong-credentials') return w.signIn.wrong
  if (error.kind === 'wrong-code') return w.signIn.codeWrong
  if (error.kind === 'too-many') return w.signIn.tooMany
  return `${w.failed.title}. ${w.failed.hint}`
}
