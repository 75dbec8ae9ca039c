import * as client from 'openid-client'
import type { Config } from '#shared/config.ts'
import { DataAppError } from '#shared/error.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { digest, newSecret } from '../session.ts'

/** What a provider says of somebody who came back from it. */
export type Told = { issuer: string; subject: string; claims: Record<string, unknown> }

/** The company's OpenID Connect provider. */
export type Provider = {
  name: string
  /** Begins a visit: where to send the browser, and the secret that only it keeps. */
  leave: () => Promise<{ to: string; secret: string }>
  /** Ends a visit with the address the browser came back to; undefined when this browser is on none. Rejects when the provider's answer does not hold. */
  comeBack: (secret: string, address: URL) => Promise<Told | undefined>
}

export const visitMinutes = 10
export const callbackPath = '/api/v1/session/provider/callback'

/** The provider of this configuration, undefined when there is none. It is asked about itself when it is first needed, so that DataApp starts without it. */
export function openProvider(config: Config, settings: Settings): Provider | undefined {
  const { DATAAPP_OIDC_ISSUER: issuer, DATAAPP_OIDC_CLIENT_ID: id, DATAAPP_PUBLIC_URL: address } = config
  if (issuer === undefined) return undefined
  if (id === undefined || address === undefined)
    throw new DataAppError(
      'OIDC_INCOMPLETE',
      'DATAAPP_OIDC_ISSUER is set without the client id or the public address.',
      {
        hint: 'Set DATAAPP_OIDC_CLIENT_ID and DATAAPP_PUBLIC_URL too: docs/sign-in.md',
      },
    )
  const redirectUri = new URL(callbackPath, address).href
  let known: Promise<client.Configuration> | undefined
  const discovered = () => {
    known ??= discover(new URL(issuer), id, config.DATAAPP_OIDC_CLIENT_SECRET).catch((error: unknown) => {
      known = undefined
      throw error
    })
    return known
  }
  return {
    name: config.DATAAPP_OIDC_NAME ?? new URL(issuer).hostname,
    async leave() {
      const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()]
      const to = client.buildAuthorizationUrl(await discovered(), {
        redirect_uri: redirectUri,
        scope: config.DATAAPP_OIDC_SCOPES,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      })
      const secret = newSecret()
      await settings.query('DELETE FROM provider_visits WHERE expires_at < now()')
      await settings.query(
        `INSERT INTO provider_visits (id, state, nonce, verifier, expires_at)
         VALUES ($1, $2, $3, $4, now() + make_interval(mins => $5))`,
        [digest(secret), state, nonce, verifier, visitMinutes],
      )
      return { to: to.href, secret }
    },
    async comeBack(secret, came) {
      const [visit] = await settings.query<{ state: string; nonce: string; verifier: string }>(
        'DELETE FROM provider_visits WHERE id = $1 AND expires_at > now() RETURNING state, nonce, verifier',
        [digest(secret)],
      )
      if (visit === undefined) return undefined
      const back = new URL(redirectUri)
      back.search = came.search
      const tokens = await client.authorizationCodeGrant(await discovered(), back, {
        pkceCodeVerifier: visit.verifier,
        expectedState: visit.state,
        expectedNonce: visit.nonce,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      return claims === undefined ? undefined : { issuer: claims.iss, subject: claims.sub, claims }
    },
  }
}

/** Plain http is for a provider on this machine only. */
function discover(issuer: URL, id: string, secret: string | undefined): Promise<client.Configuration> {
  const local = issuer.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(issuer.hostname)
  const authentication = secret === undefined ? client.None() : client.ClientSecretBasic(secret)
  return client.discovery(issuer, id, undefined, authentication, {
    timeout: 10,
    ...(local ? { execute: [client.allowInsecureRequests] } : {}),
  })
}
