import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ended, freePort, lastWords, listening, partsDirectory } from './part.ts'

/** A Keycloak on loopback with one realm, one client of a DataApp, and whom a test adds. */
export type KeycloakPart = {
  issuer: string
  clientId: string
  clientSecret: string
  /** Adds somebody or changes what the provider says of them. */
  put: (person: KeycloakPerson) => Promise<void>
  stop(): Promise<void>
}

export type KeycloakPerson = {
  username: string
  password: string
  email: string
  emailVerified?: boolean
  roles: readonly string[]
  stores?: readonly string[]
  seller?: string
}

const version = '26.4.2'
const home = join(partsDirectory, `keycloak-${version}`)
const realm = 'chain'
const client = { clientId: 'dataapp', secret: 'only-for-tests' } as const
const admin = { username: 'admin', password: 'only-for-tests' } as const

/** Why there is no Keycloak here, or undefined. */
export function available(): string | undefined {
  if (spawnSync('java', ['-version']).status !== 0) return 'needs Java 17 (test/parts/install.sh)'
  return existsSync(join(home, 'bin', 'kc.sh'))
    ? undefined
    : `needs Keycloak ${version} in ${home} (test/parts/install.sh)`
}

/** Starts it with a realm whose client may come back to `redirectUri`. */
export async function startKeycloak(redirectUri: string): Promise<KeycloakPart> {
  // Its data and what its first start builds lie beside its program: each start has a copy.
  const directory = await mkdtemp(join(tmpdir(), 'dataapp-keycloak-'))
  await cp(home, directory, { recursive: true })
  const [port, managementPort] = [await freePort(), await freePort()]
  const child = spawn(
    join(directory, 'bin', 'kc.sh'),
    [
      'start-dev',
      '--http-host=127.0.0.1',
      `--http-port=${port}`,
      `--http-management-port=${managementPort}`,
      '--cache=local',
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: {
        ...process.env,
        JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx512m',
        KC_BOOTSTRAP_ADMIN_USERNAME: admin.username,
        KC_BOOTSTRAP_ADMIN_PASSWORD: admin.password,
      },
    },
  )
  // The script starts Java as a child of its own: the group ends, so that a run that is cut off leaves nothing behind.
  const end = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL')
  }
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  const stop = async () => {
    end()
    await ended(child)
    await rm(directory, { recursive: true, maxRetries: 5 })
  }
  const url = `http://127.0.0.1:${port}`
  try {
    await listening(port, child, lastWords(child))
    const call = caller(url)
    await call('POST', '/admin/realms', realmOf(redirectUri))
    return {
      issuer: `${url}/realms/${realm}`,
      clientId: client.clientId,
      clientSecret: client.secret,
      put: person => put(call, person),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

type Call = (method: string, path: string, body?: unknown) => Promise<unknown>

function caller(url: string): Call {
  return async (method, path, body) => {
    const token = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...admin }),
    })
    const { access_token: bearer }: { access_token: string } = await token.json()
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}

async function put(call: Call, person: KeycloakPerson): Promise<void> {
  const users = `/admin/realms/${realm}/users`
  const found = await call('GET', `${users}?exact=true&username=${encodeURIComponent(person.username)}`)
  const [known] = Array.isArray(found) ? found : []
  const body = {
    username: person.username,
    email: person.email,
    emailVerified: person.emailVerified ?? true,
    firstName: person.username,
    lastName: 'Silva',
    enabled: true,
    credentials: [{ type: 'password', value: person.password, temporary: false }],
    attributes: {
      roles: person.roles,
      stores: person.stores ?? [],
      seller: person.seller === undefined ? [] : [person.seller],
    },
  }
  if (known === undefined) await call('POST', users, body)
  else await call('PUT', `${users}/${known.id}`, body)
}

/** Roles, stores and seller are attributes of people here, and go into the ID token as claims. */
function realmOf(redirectUri: string): unknown {
  const claim = (name: string, multivalued: boolean) => ({
    name,
    protocol: 'openid-connect',
    protocolMapper: 'oidc-usermodel-attribute-mapper',
    config: {
      'user.attribute': name,
      'claim.name': name,
      'jsonType.label': 'String',
      'id.token.claim': 'true',
      multivalued: String(multivalued),
    },
  })
  return {
    realm,
    enabled: true,
    sslRequired: 'none',
    components: {
      'org.keycloak.userprofile.UserProfileProvider': [
        {
          providerId: 'declarative-user-profile',
          config: {
            'kc.user.profile.config': [
              JSON.stringify({
                unmanagedAttributePolicy: 'ENABLED',
                attributes: ['username', 'email', 'firstName', 'lastName'].map(name => ({
                  name,
                  permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] },
                })),
              }),
            ],
          },
        },
      ],
    },
    clients: [
      {
        clientId: client.clientId,
        secret: client.secret,
        redirectUris: [redirectUri],
        standardFlowEnabled: true,
        publicClient: false,
        attributes: { 'pkce.code.challenge.method': 'S256' },
        protocolMappers: [claim('roles', true), claim('stores', true), claim('seller', false)],
      },
    ],
  }
}
