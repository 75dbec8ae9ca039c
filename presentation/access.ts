/**
 * Who may do what: the one table from which the server checks, the page hides what can't be used, and `docs/access.md` is made.
 *
 * `all` = every store and seller; `scope` = the stores in the person's scope; `own` = the person's own lines or own account; `no` = refused.
 */
export const roles = ['admin', 'manager', 'seller'] as const
export type Role = (typeof roles)[number]
export type Reach = 'all' | 'scope' | 'own' | 'no'

type Row = Record<Role, Reach> & { what: string }

export const access = {
  'session.own': { what: 'Sign out; see who is signed in', admin: 'own', manager: 'own', seller: 'own' },
  'account.own': {
    what: 'Own password, second factor, sessions and bearer tokens',
    admin: 'own',
    manager: 'own',
    seller: 'own',
  },
  'people.manage': {
    what: 'Add people, change roles and store scopes, lock, reset, remove',
    admin: 'all',
    manager: 'no',
    seller: 'no',
  },
  'sessions.manage': { what: "See and end everybody's sessions", admin: 'all', manager: 'no', seller: 'no' },
  'tokens.manage': { what: "See and revoke everybody's bearer tokens", admin: 'all', manager: 'no', seller: 'no' },
  'audit.read': { what: 'The audit trail', admin: 'all', manager: 'no', seller: 'no' },
  'settings.read': {
    what: 'Settings in force, sources and retention; secrets never',
    admin: 'all',
    manager: 'no',
    seller: 'no',
  },
  'data.read': {
    what: 'What came from which source, its quality, and rejected rows with what stands in them',
    admin: 'all',
    manager: 'no',
    seller: 'no',
  },
  'data.correct': {
    what: 'Correct rejected rows and have them read again',
    admin: 'all',
    manager: 'no',
    seller: 'no',
  },
  'figures.read': { what: 'Figures, series and best lists', admin: 'all', manager: 'scope', seller: 'own' },
  'lines.read': { what: 'Sale lines behind an amount', admin: 'all', manager: 'scope', seller: 'own' },
  'team.compare': { what: 'The team beside one another', admin: 'all', manager: 'scope', seller: 'no' },
  'stores.compare': { what: 'Stores beside one another', admin: 'all', manager: 'scope', seller: 'no' },
  'stores.list': { what: 'The list of stores for the filter', admin: 'all', manager: 'scope', seller: 'own' },
  'live.receive': { what: 'News that data has changed', admin: 'all', manager: 'scope', seller: 'own' },
  'insights.read': { what: 'Projections, what to sell, comparison', admin: 'all', manager: 'scope', seller: 'own' },
  'alerts.read': { what: 'Alerts; acknowledge and snooze them', admin: 'all', manager: 'scope', seller: 'own' },
  'rules.own': {
    what: 'Own rules of alerts, and when they would have fired',
    admin: 'own',
    manager: 'own',
    seller: 'own',
  },
  'rules.chain': { what: 'The ready-made rules; webhooks', admin: 'all', manager: 'no', seller: 'no' },
  'pay.read': { what: 'Pay: so far, expected, what if, line by line', admin: 'all', manager: 'scope', seller: 'own' },
  'pay.manage': {
    what: 'Remuneration plans, who has which, targets, closing months',
    admin: 'all',
    manager: 'no',
    seller: 'no',
  },
  'odata.read': { what: 'The OData feed for spreadsheets and Power BI', admin: 'all', manager: 'scope', seller: 'own' },
  'exports.read': { what: 'Tables of figures as CSV, XLSX and PDF', admin: 'all', manager: 'scope', seller: 'own' },
  'reports.use': {
    what: 'Build, save and read reports; read what is shared with one, within the own scope',
    admin: 'all',
    manager: 'scope',
    seller: 'own',
  },
  'reports.share': {
    what: 'Share own reports with people, a role or a link behind the sign-in',
    admin: 'all',
    manager: 'scope',
    seller: 'no',
  },
  'reports.publish': {
    what: 'Make a link to a report that needs no sign-in',
    admin: 'all',
    manager: 'no',
    seller: 'no',
  },
  'reports.schedule': {
    what: 'Have a report sent by mail; each recipient gets what their own scope shows',
    admin: 'all',
    manager: 'scope',
    seller: 'own',
  },
} as const satisfies Record<string, Row>

export type Door = keyof typeof access

/** What anybody may do before signing in. */
export const openDoors = {
  'session.enter': 'Sign in with e-mail and password, and the second factor where there is one',
  'provider.enter': "Sign in at the company's provider, and come back from there",
  'password.reset': 'Ask for a link that resets the password, and use one',
  'preferences.keep': "Keep the page's language and appearance in this browser",
  'report.open': 'Read a report behind a link that an administrator opened to the world',
  'api.describe': 'Read the description of the API',
} as const

export type OpenDoor = keyof typeof openDoors

/** How far a role reaches through a door. */
export function reach(role: Role, door: Door): Reach {
  return access[door][role]
}

export function mayPass(role: Role, door: Door): boolean {
  return reach(role, door) !== 'no'
}
