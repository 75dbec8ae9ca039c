import { useState } from 'preact/hooks'
import { type Role, roles } from '#presentation/access.ts'
import type { StoreRow } from '../../server/figures.ts'
import type { Ranking } from '../../server/figures-schema.ts'
import type { PersonInList } from '../../server/people/people.ts'
import { nameOfStore, useKnownStores } from '../known-stores.ts'
import { Skeleton } from '../lazy.tsx'
import { useResource } from '../resource.ts'
import { StorePicker } from '../store-picker.tsx'
import { soon, useDone } from '../undo.tsx'
import { words } from '../words.ts'
import { Asked, fieldsOf, Table, useAct } from './table.tsx'
import { accountWords, moment } from './words.ts'

export function People() {
  const { stores, failed } = useKnownStores()
  return (
    <Asked<{ people: PersonInList[] }>
      path="/api/v1/people"
      show={({ people }, { again }) =>
        // Names that took the place of codes would move a button away from under the pointer.
        stores === undefined && !failed ? <Skeleton /> : <PeopleTable people={people} stores={stores} again={again} />
      }
    />
  )
}

type TableGiven = { people: readonly PersonInList[]; stores: readonly StoreRow[] | undefined; again: () => void }

function PeopleTable({ people, stores, again }: TableGiven) {
  const w = accountWords()
  const [edited, edit] = useState<PersonInList | 'new' | undefined>()
  const [link, setLink] = useState<{ link: string; expiresAt: string } | undefined>()
  const { act, notice } = useAct(again)
  const reset = async ({ id }: PersonInList) => setLink(await act('POST', `/people/${id}/password-reset`))
  const sellers = useResource<Ranking>('/api/v1/rankings/sellers?preset=all&limit=1000').answer?.items
  const scopeOf = (seller: string | null) =>
    seller === null
      ? w.everything
      : named(sellers?.find(({ id }) => id === seller)?.name ?? seller, seller, words().seller.label)
  const isDone = useDone()
  const pathOf = ({ id }: PersonInList) => `/api/v1/people/${id}`
  const remove = (person: PersonInList) =>
    soon({ text: w.removed(person.name), method: 'DELETE', path: pathOf(person), done: again })
  return (
    <div class="card table-card">
      <div class="table-tools">
        <button type="button" class="primary" onClick={() => edit('new')}>
          {w.add}
        </button>
      </div>
      {notice}
      {link !== undefined && (
        <p role="status">
          {w.link} {moment(link.expiresAt, '')}: <span class="secret">{link.link}</span>
        </p>
      )}
      {edited !== undefined && (
        <PersonForm
          key={edited === 'new' ? 'new' : edited.id}
          person={edited === 'new' ? undefined : edited}
          close={() => {
            edit(undefined)
            again()
          }}
        />
      )}
      <Table
        head={[w.name, w.role, w.scope, w.secondFactor, w.last, w.toDo]}
        rows={people
          .filter(person => !isDone('DELETE', pathOf(person)))
          .map(person => ({
            key: person.id,
            cells: [
              <span key="name" class="person-name">
                {person.name}
                <small>{person.email}</small>
              </span>,
              `${words().role[person.role]}${person.locked ? ` · ${w.locked}` : ''}${person.provider ? ` · ${w.provider}` : ''}`,
              person.stores === null ? (
                scopeOf(person.seller)
              ) : (
                <StoresCell
                  key="stores"
                  names={person.stores.map(id => named(nameOfStore(stores, id), id, words().store.label))}
                />
              ),
              person.secondFactor ? '✓' : '–',
              moment(person.signedInAt, w.never),
              <div class="row-actions" key="actions">
                <button type="button" class="ghost" onClick={() => edit(person)}>
                  {w.change}
                </button>
                <button
                  type="button"
                  class="ghost"
                  onClick={() => act('PATCH', `/people/${person.id}`, { locked: !person.locked })}
                >
                  {person.locked ? w.unlock : w.lock}
                </button>
                <button type="button" class="ghost" onClick={() => reset(person)}>
                  {w.reset}
                </button>
                {person.secondFactor && (
                  <button
                    type="button"
                    class="ghost"
                    onClick={() => act('DELETE', `/people/${person.id}/second-factor`)}
                  >
                    {w.removeFactor}
                  </button>
                )}
                <button type="button" class="ghost" onClick={() => remove(person)}>
                  {w.remove}
                </button>
              </div>,
            ],
          }))}
      />
    </div>
  )
}

/** A bare code does not say what it is the code of. */
function named(name: string, code: string, kind: string): string {
  return name === code ? `${kind} ${code}` : name
}

const storesAtFirst = 2

/** The stores of a manager: the first of them, and the rest when asked for. */
function StoresCell({ names }: { names: readonly string[] }) {
  const w = accountWords()
  const [all, showAll] = useState(false)
  const more = names.length - storesAtFirst
  if (more <= 0) return <div class="stores-cell">{names.join(', ')}</div>
  return (
    <div class="stores-cell">
      <span>{(all ? names : names.slice(0, storesAtFirst)).join(', ')}</span>{' '}
      <button
        type="button"
        class="count"
        title={all ? undefined : names.join(', ')}
        aria-label={all ? undefined : w.restOfStores(more)}
        aria-expanded={all}
        onClick={() => showAll(!all)}
      >
        {all ? w.fewer : `+${more}`}
      </button>
    </div>
  )
}

function PersonForm({ person, close }: { person: PersonInList | undefined; close: () => void }) {
  const w = accountWords()
  const [role, setRole] = useState<Role>(person?.role ?? 'manager')
  const [stores, setStores] = useState<string[]>(person?.stores ?? [])
  const { act, notice } = useAct(close)
  const save = (event: Event) => {
    const given = fieldsOf(event)
    const bounds = role === 'manager' ? { role, stores } : role === 'seller' ? { role, seller: given.seller } : { role }
    if (person === undefined) void act('POST', '/people', { email: given.email, name: given.name, bounds })
    else void act('PATCH', `/people/${person.id}`, { name: given.name, ...(person.provider ? {} : { bounds }) })
  }
  return (
    <form class="form-grid" onSubmit={save}>
      <label>
        {w.name}
        <input name="name" required maxLength={200} defaultValue={person?.name ?? ''} />
      </label>
      {person === undefined && (
        <label>
          {w.email}
          <input name="email" type="email" required />
        </label>
      )}
      <label>
        {w.role}
        <select
          name="role"
          disabled={person?.provider === true}
          value={role}
          onChange={event => setRole(roles.find(name => name === event.currentTarget.value) ?? role)}
        >
          {roles.map(name => (
            <option key={name} value={name}>
              {words().role[name]}
            </option>
          ))}
        </select>
      </label>
      {role === 'manager' && (
        <StorePicker label={w.stores} none={w.noStores} chosen={stores} change={setStores} mayAdd />
      )}
      {role === 'seller' && (
        <label>
          {w.seller}
          <input name="seller" required defaultValue={person?.seller ?? ''} />
        </label>
      )}
      {notice}
      <div class="row-actions">
        <button type="submit" class="primary">
          {w.save}
        </button>
        <button type="button" class="plain" onClick={close}>
          {w.cancel}
        </button>
      </div>
    </form>
  )
}
