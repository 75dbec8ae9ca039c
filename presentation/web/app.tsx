import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { type Door, mayPass } from '#presentation/access.ts'
import { filterNames } from '#presentation/address.ts'
import type { SessionView } from '../server/session-routes.ts'
import { session, signOut } from './call.ts'
import { setChain } from './format.ts'
import { followKeys, sheetOpen } from './help/shortcuts.ts'
import { tourStep } from './help/tour.ts'
import { Icon, type IconName } from './icon.tsx'
import { lazy } from './lazy.tsx'
import { leaveLive, stayLive } from './live.ts'
import { AlertNotice, ConnectionNotice } from './live-mark.tsx'
import { toPage, usePlace } from './location.ts'
import { Mark } from './mark.tsx'
import { OverviewPage } from './overview.tsx'
import { Popover } from './popover.tsx'
import { LanguageSwitch, language, ThemeSwitch } from './preferences.tsx'
import { reportWords } from './reports/words.ts'
import { SignIn } from './sign-in.tsx'
import { useStore } from './store.ts'
import { UndoNotice } from './undo.tsx'
import { type Words, words } from './words.ts'

type Page = {
  path: string
  door: Door
  icon: IconName
  name: (w: Words, view: SessionView) => string
  show: ComponentType<{ session: SessionView }>
}

const pages: readonly Page[] = [
  {
    path: '/',
    door: 'figures.read',
    icon: 'overview',
    name: (w, view) => (view.person.role === 'seller' ? w.mySales : w.overview),
    show: OverviewPage,
  },
  {
    path: '/sell',
    door: 'insights.read',
    icon: 'sell',
    name: w => w.sell.title,
    show: page(() => import('./sell.tsx').then(m => m.SellPage)),
  },
  {
    path: '/products',
    door: 'figures.read',
    icon: 'products',
    name: w => w.products,
    show: page(() => import('./products.tsx').then(m => m.ProductsPage)),
  },
  {
    path: '/team',
    door: 'team.compare',
    icon: 'team',
    name: w => w.team,
    show: page(() => import('./team.tsx').then(m => m.TeamPage)),
  },
  {
    path: '/stores',
    door: 'stores.compare',
    icon: 'stores',
    name: w => w.stores,
    show: page(() => import('./stores.tsx').then(m => m.StoresPage)),
  },
  {
    path: '/pay',
    door: 'pay.read',
    icon: 'pay',
    name: w => w.pay.title,
    show: page(() => import('./pay.tsx').then(m => m.PayPage)),
  },
  {
    path: '/alerts',
    door: 'alerts.read',
    icon: 'warning',
    name: w => w.alerts.title,
    show: page(() => import('./alerts.tsx').then(m => m.AlertsPage)),
  },
  {
    path: '/reports',
    door: 'reports.use',
    icon: 'table',
    name: () => reportWords().title,
    show: page(() => import('./reports/page.tsx').then(m => m.ReportsPage)),
  },
  {
    path: '/lines',
    door: 'lines.read',
    icon: 'sales',
    name: w => w.lines.short,
    show: page(() => import('./lines.tsx').then(m => m.LinesPage)),
  },
  {
    path: '/data',
    door: 'data.read',
    icon: 'data',
    name: w => w.data,
    show: page(() => import('./data/page.tsx').then(m => m.DataPage)),
  },
  {
    path: '/administration',
    door: 'people.manage',
    icon: 'administration',
    name: w => w.administration,
    show: page(() => import('./administration/administration.tsx').then(m => m.AdministrationPage)),
  },
  {
    path: '/help',
    door: 'session.own',
    icon: 'help',
    name: w => w.help,
    show: page(() => import('./help/page.tsx').then(m => m.HelpPage)),
  },
]

const TourBar = lazy(() => import('./help/tour-bar.tsx').then(m => m.TourBar), Nothing)
const ShortcutSheet = lazy(() => import('./help/shortcut-sheet.tsx').then(m => m.ShortcutSheet), Nothing)
const AccountPage = lazy(() => import('./account/account.tsx').then(m => m.AccountPage), TableWaiting)
const ResetPage = lazy(() => import('./account/reset.tsx').then(m => m.ResetPage), TableWaiting)

/** So many pages have room in the menu at the foot of a phone; with more of them the last place opens the rest. */
const placesAtFoot = 5

/** A page whose code comes when it is opened. */
function page(load: () => Promise<ComponentType<{ session: SessionView }>>): ComponentType<{ session: SessionView }> {
  return lazy(load, TableWaiting)
}

function Nothing() {
  return null
}

function TableWaiting() {
  return <div class="skeleton page-waiting" role="status" aria-label={words().loading} />
}

export function App() {
  useStore(language)
  const signed = useStore(session)
  const { path } = usePlace()
  if (path === '/reset') return <ResetPage />
  if (typeof signed === 'string') return <SignIn ended={signed === 'ended'} />
  return <Signed view={signed} />
}

function Signed({ view }: { view: SessionView }) {
  const w = words()
  const { path, search } = usePlace()
  setChain(view.chain)
  useEffect(() => {
    if (view.secondFactorMissing === true) return
    stayLive()
    return leaveLive
  }, [view.person.id, view.secondFactorMissing])
  const reachable = pages.filter(page => mayPass(view.person.role, page.door))
  const page = reachable.find(candidate => candidate.path === path)
  const title = page?.name(w, view) ?? (path === '/account' ? w.account : w.notFound.title)
  useEffect(() => {
    document.title = `${title} · ${view.chain.name}`
  }, [title, view.chain.name])
  const Shown = page?.show
  const kept = keptFilters(search)
  const placed = reachable.length > placesAtFoot ? placesAtFoot - 1 : placesAtFoot
  const rest = reachable.slice(placed)
  const linkTo = ({ path: to, icon, name }: Page, close?: () => void) => (
    <a class="entry" href={toPage(to, kept)} aria-current={to === path ? 'page' : undefined} onClick={close}>
      <Icon name={icon} />
      <span>{name(w, view)}</span>
    </a>
  )
  const touring = useStore(tourStep)
  const sheet = useStore(sheetOpen)
  useEffect(() => {
    document.addEventListener('keydown', followKeys)
    return () => document.removeEventListener('keydown', followKeys)
  }, [])
  return (
    <div class="frame">
      <a class="skip" href="#content">
        {w.skip}
      </a>
      <nav class="rail" aria-label={w.menu}>
        <p class="brand">
          <Mark size={28} />
          <span>{view.chain.name}</span>
        </p>
        <ul>
          {reachable.map((one, at) => (
            <li key={one.path} class={at < placed ? '' : 'beyond'}>
              {linkTo(one)}
            </li>
          ))}
          {rest.length > 0 && (
            <li class="menu-rest">
              <Popover
                label={w.more}
                class={rest.some(one => one.path === path) ? 'entry here' : 'entry'}
                align="end"
                face={
                  <>
                    <Icon name="more" />
                    <span>{w.more}</span>
                  </>
                }
              >
                {close => (
                  <ul>
                    {rest.map(one => (
                      <li key={one.path}>{linkTo(one, close)}</li>
                    ))}
                  </ul>
                )}
              </Popover>
            </li>
          )}
        </ul>
        <PersonMenu view={view} />
      </nav>
      <main id="content" tabIndex={-1}>
        {touring !== undefined && <TourBar role={view.person.role} />}
        {view.secondFactorMissing === true ? (
          <AccountPage factorFirst />
        ) : path === '/account' ? (
          <AccountPage />
        ) : Shown === undefined ? (
          <NotFound />
        ) : (
          <Shown session={view} />
        )}
      </main>
      <ConnectionNotice />
      <AlertNotice />
      <UndoNotice />
      {sheet && <ShortcutSheet />}
    </div>
  )
}

function PersonMenu({ view: { person } }: { view: SessionView }) {
  const w = words()
  return (
    <Popover
      label={`${person.name}, ${w.role[person.role]}`}
      class="person"
      align="end"
      face={
        <>
          <span class="avatar" aria-hidden="true">
            {initials(person.name)}
          </span>
          <span class="person-words">
            <strong>{person.name}</strong>
            <small>{w.role[person.role]}</small>
          </span>
        </>
      }
    >
      {() => (
        <div class="person-panel">
          <p>
            <strong>{person.name}</strong>
            <br />
            <small class="quiet">{person.email}</small>
          </p>
          <a href="/account" class="plain">
            {w.account}
          </a>
          <p class="caption">{w.theme.label}</p>
          <ThemeSwitch />
          <p class="caption">{w.language}</p>
          <LanguageSwitch />
          <button type="button" class="plain" onClick={signOut}>
            {w.signOut}
          </button>
        </div>
      )}
    </Popover>
  )
}

function NotFound() {
  const w = words().notFound
  return (
    <div class="card message">
      <h1>{w.title}</h1>
      <p class="quiet">{w.hint}</p>
      <a class="primary" href="/">
        {w.home}
      </a>
    </div>
  )
}

/** Filters go along from page to page; what belongs to one page stays there. */
function keptFilters(search: URLSearchParams): URLSearchParams {
  const kept = new URLSearchParams()
  for (const name of filterNames) for (const value of search.getAll(name)) kept.append(name, value)
  return kept
}

function initials(name: string): string {
  const parts = name.split(/\s+/).filter(part => part !== '')
  return `${parts[0]?.charAt(0) ?? ''}${parts.length > 1 ? (parts.at(-1)?.charAt(0) ?? '') : ''}`.toUpperCase()
}
