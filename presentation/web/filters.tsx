import { useState } from 'preact/hooks'
import { filterQuery } from '#presentation/address.ts'
import { type Against, isDay, type Period, type Preset, periodOf } from '#presentation/period.ts'
import { addDays } from '#shared/day.ts'
import type { Ranking } from '../server/figures-schema.ts'
import type { SessionView } from '../server/session-routes.ts'
import { askAhead } from './ahead.ts'
import { count, period as periodText, shortPeriod } from './format.ts'
import { Icon } from './icon.tsx'
import { isStoreFor, nameOfStore, storePlace, storeText, useKnownStores } from './known-stores.ts'
import { changedQuery, go, usePlace, withQuery } from './location.ts'
import { Choices, Popover } from './popover.tsx'
import { useResource } from './resource.ts'
import { SearchField } from './search-field.tsx'
import { words } from './words.ts'

const offered = [
  'today',
  'yesterday',
  '7d',
  '30d',
  '90d',
  'month',
  'last-month',
  'year',
  '12m',
  'all',
] as const satisfies readonly Preset[]

type Given = {
  session: SessionView
  shown: Period | undefined
  /** What the page asks of the API for a query of the address: asked ahead of a choice that somebody is about to make. */
  question: (search: URLSearchParams) => string
}
type Near = (changes: Record<string, string | undefined>) => void

/** The period, what it is compared with, and the store: everything they say is in the address. */
export function Filters({ session: { chain, person }, shown, question }: Given) {
  const near: Near = changes => askAhead(question(changedQuery(changes)))
  const { search } = usePlace()
  const [only, other] = search.has('store') ? [] : (person.stores ?? [])
  return (
    <section class="filters" aria-label={words().filters}>
      <PeriodFilter today={chain.today} shown={shown} near={near} />
      <AgainstFilter near={near} />
      {only !== undefined && other === undefined ? <OnlyStore id={only} /> : <StoreFilter near={near} />}
      <Chip name="seller" kind="sellers" />
      <Chip name="product" kind="products" />
    </section>
  )
}

/** A seller or product that the page is narrowed to, and the way back. */
function Chip({ name, kind }: { name: 'seller' | 'product'; kind: 'sellers' | 'products' }) {
  const { search } = usePlace()
  const id = search.get(name)
  return id === null ? null : <ChipFor name={name} kind={kind} id={id} />
}

function ChipFor({ name, kind, id }: { name: 'seller' | 'product'; kind: 'sellers' | 'products'; id: string }) {
  const w = words().chip
  const { search } = usePlace()
  const { answer } = useResource<Ranking>(`/api/v1/rankings/${kind}${filterQuery(search, { limit: '1' })}`)
  const text = answer?.items.find(item => item.id === id)?.name ?? id
  return (
    <button
      type="button"
      class="control chip"
      aria-label={w.remove(`${w[name]}: ${text}`)}
      onClick={() => go(withQuery({ [name]: undefined }))}
    >
      <span class="quiet">{w[name]}</span>
      <strong class="ellipsis">{text}</strong>
      <Icon name="close" size={16} />
    </button>
  )
}

function PeriodFilter({ today, shown, near }: { today: string; shown: Period | undefined; near: Near }) {
  const w = words()
  const { search } = usePlace()
  const free = search.has('from')
  const preset = free ? undefined : (offered.find(name => name === search.get('preset')) ?? '30d')
  const name = preset === undefined ? undefined : w.period[preset]
  return (
    <Popover
      label={`${w.period.label}: ${name ?? ''} ${shown === undefined ? '' : periodText(shown)}`}
      face={
        <>
          <Icon name="calendar" size={18} />
          {name !== undefined && <strong>{name}</strong>}
          {shown !== undefined && <span class={name === undefined ? '' : 'quiet'}>{shortPeriod(shown, today)}</span>}
          <Icon name="down" size={16} />
        </>
      }
    >
      {close => (
        <div class="period-panel">
          <Choices
            label={w.period.label}
            chosen={preset}
            choices={offered.map(value => ({
              value,
              text: w.period[value],
              ...(value === 'all' || value === '12m'
                ? {}
                : { detail: shortPeriod(periodOf(value, today, undefined), today) }),
            }))}
            choose={value => {
              close()
              go(withQuery(presetOf(value)))
            }}
            near={value => near(presetOf(value))}
          />
          <FreeDates start={shown ?? { from: addDays(today, -29), to: today }} close={close} />
        </div>
      )}
    </Popover>
  )
}

function presetOf(value: Preset) {
  return { preset: value === '30d' ? undefined : value, from: undefined, to: undefined }
}

function FreeDates({ start, close }: { start: Period; close: () => void }) {
  const w = words().period
  const [from, setFrom] = useState(start.from)
  const [to, setTo] = useState(start.to)
  const wrong = isDay(from) && isDay(to) && from > to
  const apply = (event: Event) => {
    event.preventDefault()
    if (wrong || !isDay(from) || !isDay(to)) return
    close()
    go(withQuery({ from, to, preset: undefined }))
  }
  return (
    <form class="free-dates" onSubmit={apply}>
      <p class="caption">{w.free}</p>
      <label>
        {w.from}
        <input type="date" required value={from} onInput={event => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        {w.to}
        <input type="date" required value={to} onInput={event => setTo(event.currentTarget.value)} />
      </label>
      {wrong && (
        <p class="field-error" role="alert">
          {w.wrongOrder}
        </p>
      )}
      <button class="primary" type="submit" disabled={wrong}>
        {w.apply}
      </button>
    </form>
  )
}

function AgainstFilter({ near }: { near: Near }) {
  const w = words().against
  const { search } = usePlace()
  const chosen: Against = search.get('against') === 'year' ? 'year' : 'previous'
  return (
    <Popover
      place="against"
      label={`${w.label}: ${w[chosen]}`}
      face={
        <>
          <Icon name="compare" size={18} />
          <span>{w[chosen]}</span>
          <Icon name="down" size={16} />
        </>
      }
    >
      {close => (
        <Choices
          label={w.label}
          chosen={chosen}
          choices={(['previous', 'year'] as const).map(value => ({ value, text: w[value] }))}
          choose={value => {
            close()
            go(withQuery({ against: value === 'previous' ? undefined : value }))
          }}
          near={value => near({ against: value === 'previous' ? undefined : value })}
        />
      )}
    </Popover>
  )
}

/** Who answers for one store has nothing to choose. */
function OnlyStore({ id }: { id: string }) {
  const { stores } = useKnownStores()
  return (
    <span class="only-store">
      <Icon name="stores" size={18} />
      <span class="ellipsis">
        <span class="sr-only">{words().store.label}: </span>
        {nameOfStore(stores, id)}
      </span>
    </span>
  )
}

/** The stores are asked for when the list is opened, or when the name of one is needed. */
function StoreFilter({ near }: { near: Near }) {
  const { search } = usePlace()
  const chosen = search.get('store') ?? ''
  return chosen === '' ? (
    <StoreControl chosen="" name={words().store.all} near={near} />
  ) : (
    <ChosenStore id={chosen} near={near} />
  )
}

function ChosenStore({ id, near }: { id: string; near: Near }) {
  const { stores } = useKnownStores()
  const isUnknown = stores?.every(store => store.id !== id) === true
  const name = isUnknown ? words().store.unknown(id) : nameOfStore(stores, id)
  return <StoreControl chosen={id} name={name} near={near} />
}

function StoreControl({ chosen, name, near }: { chosen: string; name: string; near: Near }) {
  return (
    <Popover
      label={`${words().store.label}: ${name}`}
      face={
        <>
          <Icon name="stores" size={18} />
          <span class="ellipsis">{name}</span>
          <Icon name="down" size={16} />
        </>
      }
    >
      {close => (
        <StorePanel
          chosen={chosen}
          choose={store => {
            close()
            go(withQuery({ store: store === '' ? undefined : store }))
          }}
          near={store => near({ store: store === '' ? undefined : store })}
        />
      )}
    </Popover>
  )
}

const mostListed = 60

type PanelGiven = { chosen: string; choose: (store: string) => void; near: (store: string) => void }

function StorePanel({ chosen, choose, near }: PanelGiven) {
  const w = words().store
  const { stores, failed } = useKnownStores()
  const [text, write] = useState('')
  const found = (stores ?? []).filter(isStoreFor(text))
  const all = { value: '', text: w.all, ...(stores && { detail: w.count(count(stores.length)) }) }
  return (
    <div class="store-panel">
      <SearchField label={w.search} text={text} write={write} />
      <Choices
        label={w.label}
        chosen={chosen}
        choices={[
          ...(text.trim() === '' ? [all] : []),
          ...found
            .slice(0, mostListed)
            .map(store => ({ value: store.id, text: storeText(store), detail: storePlace(store) })),
        ]}
        choose={choose}
        near={near}
      />
      {stores === undefined && !failed && <span class="skeleton line" />}
      {stores !== undefined && found.length === 0 && <p class="quiet pad">{stores.length === 0 ? w.empty : w.none}</p>}
    </div>
  )
}
