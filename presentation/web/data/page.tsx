import type { SessionView } from '../../server/session-routes.ts'
import { LiveMark } from '../live-mark.tsx'
import { usePlace, withQuery } from '../location.ts'
import { Tabs } from '../tabs.tsx'
import { Files } from './files.tsx'
import { Quality } from './quality.tsx'
import { Rejected } from './rejected.tsx'
import { Sources } from './sources.tsx'
import { dataWords } from './words.ts'

const tabs = ['sources', 'quality', 'files', 'rejected'] as const
type Tab = (typeof tabs)[number]
const gone = { source: undefined, rule: undefined, state: undefined, row: undefined, page: undefined, days: undefined }

/** What came from where, how good it was, and what could not be used, each at an address of its own. */
export function DataPage(_: { session: SessionView }) {
  const w = dataWords()
  const { search } = usePlace()
  const tab: Tab = tabs.find(name => name === search.get('tab')) ?? 'sources'
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{w.title}</h1>
          <LiveMark />
        </div>
      </header>
      <nav aria-label={w.title}>
        <Tabs
          open={tab}
          tabs={tabs.map(name => ({
            name,
            text: w.tabs[name],
            to: withQuery({ ...gone, tab: name === 'sources' ? undefined : name }),
          }))}
        />
      </nav>
      {tab === 'sources' && <Sources />}
      {tab === 'quality' && <Quality />}
      {tab === 'files' && <Files />}
      {tab === 'rejected' && <Rejected />}
    </>
  )
}
