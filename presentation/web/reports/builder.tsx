import type { Role } from '#presentation/access.ts'
import { presets } from '#presentation/period.ts'
import { StorePicker } from '../store-picker.tsx'
import { words } from '../words.ts'
import { CategoryPicker } from './category-picker.tsx'
import { type Definition, dimensionNames, metricNames } from './report.ts'
import { reportWords } from './words.ts'

type Given = { definition: Definition; role: Role; change: (definition: Definition) => void }

/** What a report shows, chosen in words. Every choice shows at once beside it. */
export function Builder({ definition, role, change }: Given) {
  const w = reportWords()
  const { metrics, dimensions, filters, period, show, sort } = definition
  const { sort: _, ...unsorted } = definition
  const sortBy = (by: string, order: 'asc' | 'desc') => {
    const known = [...metrics, ...dimensions].find(name => name === by)
    change(known === undefined ? unsorted : { ...definition, sort: { by: known, order } })
  }
  return (
    <form class="card report-builder" onSubmit={event => event.preventDefault()}>
      <label>
        {w.name}
        <input
          value={definition.name}
          maxLength={120}
          required
          onInput={event => change({ ...definition, name: event.currentTarget.value })}
        />
      </label>
      <fieldset>
        <legend>{w.metrics}</legend>
        {metricNames.map(name => (
          <label class="check" key={name}>
            <input
              type="checkbox"
              checked={metrics.includes(name)}
              disabled={metrics.length === 1 && metrics[0] === name}
              onChange={() => change({ ...unsorted, metrics: toggled(metrics, name) })}
            />
            {w.of[name]}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>{w.dimensions}</legend>
        {dimensionNames.map(name => (
          <label class="check" key={name}>
            <input
              type="checkbox"
              checked={dimensions.includes(name)}
              disabled={dimensions.length === 3 && !dimensions.includes(name)}
              onChange={() => change({ ...unsorted, dimensions: toggled(dimensions, name) })}
            />
            {w.of[name]}
          </label>
        ))}
      </fieldset>
      <label>
        {w.period}
        <select
          value={'preset' in period ? period.preset : ''}
          onChange={event => {
            const preset = presets.find(name => name === event.currentTarget.value)
            if (preset !== undefined) change({ ...definition, period: { preset } })
          }}
        >
          {'from' in period && (
            <option value="">
              {period.from} – {period.to}
            </option>
          )}
          {presets.map(name => (
            <option value={name} key={name}>
              {words().period[name]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {w.show}
        <select
          value={show}
          onChange={event => {
            const next = (['table', 'line', 'bar'] as const).find(name => name === event.currentTarget.value)
            if (next !== undefined) change({ ...definition, show: next })
          }}
        >
          {(['table', 'line', 'bar'] as const).map(name => (
            <option value={name} key={name}>
              {w.shows[name]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {w.sort}
        <select value={sort?.by ?? ''} onChange={event => sortBy(event.currentTarget.value, sort?.order ?? 'desc')}>
          <option value="">{w.usual}</option>
          {[...dimensions, ...metrics].map(name => (
            <option value={name} key={name}>
              {w.of[name]}
            </option>
          ))}
        </select>
      </label>
      {sort !== undefined && (
        <label class="check">
          <input
            type="checkbox"
            checked={sort.order === 'asc'}
            onChange={event => sortBy(sort.by, event.currentTarget.checked ? 'asc' : 'desc')}
          />
          {w.ascending}
        </label>
      )}
      <StorePicker
        label={w.stores}
        none={words().store.all}
        chosen={filters.stores}
        change={stores => change({ ...definition, filters: { ...filters, stores } })}
        mayAdd={role === 'admin'}
      />
      <CategoryPicker
        chosen={filters.categories}
        change={categories => change({ ...definition, filters: { ...filters, categories } })}
        mayAdd={role === 'admin'}
      />
    </form>
  )
}

function toggled<T>(list: readonly T[], one: T): T[] {
  return list.includes(one) ? list.filter(other => other !== one) : [...list, one]
}
