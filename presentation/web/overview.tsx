import type { Role } from '#presentation/access.ts'
import { filterQuery, overviewQuery } from '#presentation/address.ts'
import { addDays } from '#shared/day.ts'
import type { SessionView } from '../server/session-routes.ts'
import { Failure } from './failure.tsx'
import { figureNames } from './figure.ts'
import { Filters } from './filters.tsx'
import { day } from './format.ts'
import { Icon } from './icon.tsx'
import { lazy } from './lazy.tsx'
import { LiveMark } from './live-mark.tsx'
import { go, toPage, usePlace, withQuery } from './location.ts'
import { type Overview, OverviewBlocks } from './overview-blocks.tsx'
import { Popover } from './popover.tsx'
import { RankingWaiting } from './ranking-list.tsx'
import { useResource } from './resource.ts'
import { Welcome } from './welcome.tsx'
import { words } from './words.ts'

const Arrange = lazy(() => import('./arrange.tsx').then(module => module.Arrange))

const question = (search: URLSearchParams) => `/api/v1/overview${overviewQuery(search)}`

/** The first page: the figures of a period, one of them over time, and who and what made them. */
export function OverviewPage({ session }: { session: SessionView }) {
  const w = words()
  const { search } = usePlace()
  const path = question(search)
  const { answer, answered, failed, waiting, again } = useResource<Overview>(path)
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{session.person.role === 'seller' ? w.mySales : w.overview}</h1>
          <LiveMark />
        </div>
        <Filters session={session} shown={answer?.summary} question={question} />
      </header>
      {failed !== undefined && answer === undefined ? (
        <Failure failed={failed} again={again} />
      ) : answer === undefined ? (
        <OverviewSkeleton />
      ) : (
        <div class={waiting ? 'page-body waiting' : 'page-body'} aria-busy={waiting}>
          {session.preferences.toured !== true && <Welcome />}
          <Notices
            overview={answer}
            explicit={search.has('from') || search.has('preset')}
            today={session.chain.today}
            role={session.person.role}
          />
          <OverviewBlocks answer={answer} path={answered} session={session} />
          <div class="page-foot">
            <a href={toPage('/lines', new URLSearchParams(filterQuery(search)))}>{w.lines.see}</a>
            <Popover
              label={w.arrange}
              class="ghost"
              align="end"
              face={
                <>
                  <Icon name="table" size={18} />
                  <span>{w.arrange}</span>
                </>
              }
            >
              {() => <Arrange kept={session.preferences.overview} />}
            </Popover>
          </div>
        </div>
      )}
    </>
  )
}

function Notices({
  overview: { summary, data },
  explicit,
  today,
  role,
}: {
  overview: Overview
  explicit: boolean
  today: string
  role: Role
}) {
  const w = words().empty
  if (data.last === null)
    return (
      <div class="notice">
        <strong>{w.nothingYet[role]}.</strong> {w.nothingYetHint[role]}
      </div>
    )
  if (summary.lines === 0) {
    const { last } = data
    return (
      <div class="notice">
        <span>
          <strong>{w.title}.</strong> {w.last(day(last))}
        </span>
        <button
          type="button"
          class="link"
          onClick={() => go(withQuery({ from: addDays(last, -29), to: last, preset: undefined }))}
        >
          {w.goToLast}
        </button>
      </div>
    )
  }
  if (!explicit && summary.to < addDays(today, -1) && summary.to === data.last)
    return <div class="notice">{words().lastData(day(data.last))}</div>
  return null
}

function OverviewSkeleton() {
  return (
    <div class="page-body" role="status" aria-label={words().loading}>
      <div class="card hero">
        <div class="strip">
          {figureNames.map(name => (
            <div class="figure" key={name}>
              <span class="skeleton line short" />
              <span class="skeleton line tall" />
              <span class="skeleton line" />
            </div>
          ))}
        </div>
        <div class="series">
          <div class="series-head" />
          <div class="chart-box skeleton" />
        </div>
      </div>
      <div class="columns">
        {[1, 2, 3].map(key => (
          <RankingWaiting key={key} />
        ))}
      </div>
    </div>
  )
}
