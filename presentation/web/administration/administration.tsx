import type { InForceView, SessionsView, TokensView, TrailView } from '../../server/people/administration-routes.ts'
import type { SessionView } from '../../server/session-routes.ts'
import { count, day } from '../format.ts'
import { usePlace, withQuery } from '../location.ts'
import { Pages, pageOf } from '../pages.tsx'
import { Tabs } from '../tabs.tsx'
import { soon, useDone } from '../undo.tsx'
import { words } from '../words.ts'
import { detailsText } from './details.ts'
import { payWords } from './pay-words.ts'
import { People } from './people.tsx'
import { Plans } from './plans.tsx'
import { Asked, Table } from './table.tsx'
import { Targets } from './targets.tsx'
import { accountWords, moment } from './words.ts'

const tabs = ['people', 'plans', 'targets', 'sessions', 'tokens', 'audit', 'reads', 'settings'] as const
type Tab = (typeof tabs)[number]

/** People, sessions, keys, the audit trail and the settings in force, each at an address of its own. */
export function AdministrationPage({ session }: { session: SessionView }) {
  const w = { ...accountWords(), plans: payWords().plans, targets: payWords().targets }
  const { today } = session.chain
  const { search } = usePlace()
  const tab: Tab = tabs.find(name => name === search.get('tab')) ?? 'people'
  const page = pageOf(search)
  return (
    <div class="administration">
      <h1>{words().administration}</h1>
      <Tabs
        open={tab}
        tabs={tabs.map(name => ({
          name,
          text: w[name],
          to: withQuery({ tab: name === 'people' ? undefined : name, page: undefined, month: undefined }),
        }))}
      />
      {tab === 'people' && <People />}
      {tab === 'plans' && <Plans today={today} />}
      {tab === 'targets' && <Targets today={today} />}
      {tab === 'sessions' && <Sessions />}
      {tab === 'tokens' && <Tokens />}
      {tab === 'audit' && <Trail key="audit" kind="actions" page={page} />}
      {tab === 'reads' && <Trail key="reads" kind="personal-reads" page={page} />}
      {tab === 'settings' && <InForce />}
    </div>
  )
}

function Sessions() {
  return (
    <Asked<SessionsView>
      path="/api/v1/sessions"
      show={({ sessions }, { again }) => <SessionsTable sessions={sessions} again={again} />}
    />
  )
}

function SessionsTable({ sessions, again }: SessionsView & { again: () => void }) {
  const w = accountWords()
  const isDone = useDone()
  const open = sessions.filter(({ id }) => !isDone('DELETE', `/api/v1/sessions/${id}`))
  const end = (id: string, email: string) =>
    soon({ text: w.ended(email), method: 'DELETE', path: `/api/v1/sessions/${id}`, done: again })
  return (
    <div class="card table-card">
      <Table
        head={[w.who, w.address, w.browser, w.last, w.end]}
        rows={open.map(({ id, email, address, agent, seenAt, current }) => ({
          key: id,
          cells: [
            email,
            address,
            agent,
            moment(seenAt, w.never),
            current ? (
              w.current
            ) : (
              <button key="end" type="button" class="ghost" onClick={() => end(id, email)}>
                {w.end}
              </button>
            ),
          ],
        }))}
      />
    </div>
  )
}

function Tokens() {
  return (
    <Asked<TokensView>
      path="/api/v1/tokens"
      show={({ tokens }, { again }) => <TokensTable tokens={tokens} again={again} />}
    />
  )
}

function TokensTable({ tokens, again }: TokensView & { again: () => void }) {
  const w = accountWords()
  const isDone = useDone()
  const good = tokens.filter(({ id }) => !isDone('DELETE', `/api/v1/tokens/${id}`))
  const revoke = (id: string, name: string) =>
    soon({ text: w.revoked(name), method: 'DELETE', path: `/api/v1/tokens/${id}`, done: again })
  return (
    <div class="card table-card">
      <Table
        head={[w.who, w.name, w.used, w.expires, w.revoke]}
        none={w.noTokens}
        rows={good.map(({ id, email, name, usedAt, expiresAt }) => ({
          key: id,
          cells: [
            email,
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

function Trail({ kind, page }: { kind: 'actions' | 'personal-reads'; page: number }) {
  const w = accountWords()
  return (
    <Asked<TrailView>
      path={`/api/v1/audit?kind=${kind}&page=${page}`}
      show={({ entries, more }) => (
        <div class="card table-card">
          <Table
            head={[w.when, w.who, w.action, w.subject, w.address, w.details]}
            none={kind === 'actions' ? w.none : w.noReads}
            rows={entries.map(({ at, person, action, subject, address, details }, index) => ({
              key: `${at} ${index}`,
              cells: [moment(at, ''), person ?? '–', actionText(action), subject, address, detailsText(details)],
            }))}
          />
          <Pages page={page} more={more} words={w} />
        </div>
      )}
    />
  )
}

/** What the trail calls an action, in words; the trail of personal data has its own. */
function actionText(action: string): string {
  return Object.entries(accountWords().actions).find(([code]) => code === action)?.[1] ?? action
}

function InForce() {
  const w = accountWords()
  return (
    <Asked<InForceView>
      path="/api/v1/settings"
      show={({ settings, sources, retention }) => (
        <>
          <section class="card table-card" aria-label={w.retention}>
            <h2>{w.retention}</h2>
            <p class="quiet">{w.retentionHint}</p>
            <Table
              head={[w.kind, w.rule, w.oldest]}
              rows={retention.map(({ kind, days, oldest, overdue }) => ({
                key: kind,
                cells: [
                  w.kinds[kind],
                  <span key="rule" class="amount">
                    {w.keptDays(count(days))}
                  </span>,
                  <span key="oldest" class={overdue ? 'loss' : ''}>
                    {oldest === '' ? w.notSet : day(oldest)}
                    {overdue && ` · ${w.overdue}`}
                  </span>,
                ],
              }))}
            />
          </section>
          <div class="card table-card">
            <Table
              head={[w.source, w.files, w.rows, w.arrived]}
              none={w.noSources}
              rows={sources.map(({ source, files, rows, lastAt }) => ({
                key: source,
                cells: [source, count(files), count(rows), moment(lastAt, w.never)],
              }))}
            />
          </div>
          <div class="card table-card">
            <p class="quiet">{w.readOnly}</p>
            <Table
              head={[w.setting, w.value]}
              rows={Object.entries(settings).map(([name, value]) => ({
                key: name,
                cells: [<code key="name">{name}</code>, value === null ? w.notSet : String(value)],
              }))}
            />
          </div>
        </>
      )}
    />
  )
}
