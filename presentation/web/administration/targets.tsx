import { useState } from 'preact/hooks'
import type { TargetView } from '../../server/targets/routes.ts'
import { money, monthName } from '../format.ts'
import { go, usePlace, withQuery } from '../location.ts'
import { TableBox } from '../table-box.tsx'
import { locale } from '../words.ts'
import { payWords } from './pay-words.ts'
import { decimal } from './plan.ts'
import { Asked, useAct } from './table.tsx'

/** What each store and seller should reach in a month, beside the month before. */
export function Targets({ today }: { today: string }) {
  const w = payWords()
  const { search } = usePlace()
  const given = search.get('month') ?? ''
  const month = /^\d{4}-(0[1-9]|1[0-2])$/.test(given) ? given : today.slice(0, 7)
  return (
    <>
      <label class="month-pick">
        {w.month}
        <input
          type="month"
          value={month}
          onChange={event => go(withQuery({ month: event.currentTarget.value || undefined }), 'replace')}
        />
      </label>
      <Asked<{ items: TargetView[] }>
        key={month}
        path={`/api/v1/targets?month=${month}`}
        show={({ items }, { again }) => <TargetForm month={month} items={items} again={again} />}
      />
    </>
  )
}

type Row = Pick<TargetView, 'seller' | 'store' | 'name' | 'before'> & { now: string | null }

function TargetForm({ month, items, again }: { month: string; items: TargetView[]; again: () => void }) {
  const w = payWords()
  const [changed, setChanged] = useState<Record<string, string>>({})
  const [added, setAdded] = useState<Row[]>([])
  const [said, setSaid] = useState('')
  const { act, notice } = useAct(() => {})
  const rows: Row[] = [...items.map(({ amount, ...item }) => ({ ...item, now: amount })), ...added]
  const save = async (event: Event) => {
    event.preventDefault()
    const wanted = rows.flatMap(row => {
      const text = changed[keyOf(row)]
      return text === undefined || text.trim() === ''
        ? []
        : [{ seller: row.seller, store: row.store, amount: decimal(text) }]
    })
    if ((await act('PUT', '/targets', { month, items: wanted })) === undefined) return
    setSaid(w.saved)
    setTimeout(again, 1_500)
  }
  const repeat = () =>
    setChanged({
      ...Object.fromEntries(
        rows.flatMap(row => (row.now === null && row.before !== null ? [[keyOf(row), written(row.before)]] : [])),
      ),
      ...changed,
    })
  return (
    <form class="card table-card" onSubmit={save} aria-label={w.targets}>
      <div class="table-tools">
        <h2>{monthName(month)}</h2>
        <button
          type="button"
          class="ghost push"
          disabled={rows.every(row => row.now !== null || row.before === null)}
          onClick={repeat}
        >
          {w.repeat}
        </button>
      </div>
      {rows.length === 0 ? (
        <p class="quiet pad">{w.noTargets}</p>
      ) : (
        <TableBox>
          <table>
            <thead>
              <tr>
                <th scope="col">{w.whose}</th>
                <th scope="col" class="amount col-change">
                  {w.before}
                </th>
                <th scope="col" class="amount">
                  {w.target}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(row => (
                <tr key={keyOf(row)}>
                  <th scope="row">
                    {row.name === '' ? row.store || row.seller : row.name}{' '}
                    <small class="quiet">{row.store === '' ? w.seller : w.store}</small>
                    {row.before !== null && (
                      <small class="quiet narrow-only before">
                        {w.before}: {money(row.before)}
                      </small>
                    )}
                  </th>
                  <td class="amount quiet col-change">{row.before === null ? '–' : money(row.before)}</td>
                  <td class="amount">
                    <input
                      class="amount-field"
                      inputMode="decimal"
                      aria-label={`${w.target}: ${row.name === '' ? row.store || row.seller : row.name}`}
                      value={changed[keyOf(row)] ?? written(row.now)}
                      onInput={event => setChanged({ ...changed, [keyOf(row)]: event.currentTarget.value })}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
      {notice}
      <div class="table-tools wrap">
        <AddTarget add={row => setAdded([...added, row])} />
        <button type="submit" class="primary push" disabled={Object.keys(changed).length === 0}>
          {w.saveTargets}
        </button>
      </div>
      <p role="status" class="quiet pad-side">
        {said}
      </p>
    </form>
  )
}

function AddTarget({ add }: { add: (row: Row) => void }) {
  const w = payWords()
  const [kind, setKind] = useState<'store' | 'seller'>('store')
  const [code, setCode] = useState('')
  return (
    <>
      <select
        class="narrow"
        aria-label={w.whose}
        value={kind}
        onChange={event => setKind(event.currentTarget.value === 'seller' ? 'seller' : 'store')}
      >
        <option value="store">{w.store}</option>
        <option value="seller">{w.seller}</option>
      </select>
      <input
        class="code-field"
        aria-label={w.code}
        placeholder={w.code}
        value={code}
        onInput={event => setCode(event.currentTarget.value)}
      />
      <button
        type="button"
        class="plain"
        disabled={code.trim() === ''}
        onClick={() => {
          const id = code.trim()
          add({
            seller: kind === 'seller' ? id : '',
            store: kind === 'store' ? id : '',
            name: '',
            before: null,
            now: null,
          })
          setCode('')
        }}
      >
        {w.addTarget}
      </button>
    </>
  )
}

/** An amount as people here write it in a field. */
function written(amount: string | null): string {
  const short = (amount ?? '').replace(/\.00$/, '')
  return locale() === 'en' ? short : short.replace('.', ',')
}

function keyOf({ seller, store }: Pick<Row, 'seller' | 'store'>): string {
  return JSON.stringify([store, seller])
}
