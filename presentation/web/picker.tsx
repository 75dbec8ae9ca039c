import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from './icon.tsx'
import { isFor, type Pickable, pickable } from './pickable.ts'
import { Choices, Popover } from './popover.tsx'
import { SearchField } from './search-field.tsx'
import { words } from './words.ts'

type Given = {
  label: string
  icon: IconName
  /** What the button says of what is chosen. */
  face: string
  textOf: (id: string) => string
  chosen: readonly string[]
  change: (chosen: string[]) => void
  children: () => ComponentChildren
}

const shownAtFirst = 6

/** Several of a list: a button that opens the list, and under it what is chosen, each with a way to take it out again. */
export function Picker({ label, icon, face, textOf, chosen, change, children }: Given) {
  const w = words().picker
  const root = useRef<HTMLFieldSetElement>(null)
  const [all, showAll] = useState(false)
  const more = chosen.length - shownAtFirst
  const shown = all || more <= 1 ? chosen : chosen.slice(0, shownAtFirst)
  const drop = (id: string) => {
    change(chosen.filter(other => other !== id))
    // What had the focus is gone: it goes to what opens the list.
    root.current?.querySelector<HTMLElement>('.control')?.focus()
  }
  return (
    <fieldset class="picker" ref={root}>
      <legend>{label}</legend>
      <Popover
        floating
        align="start"
        label={`${label}: ${face}`}
        face={
          <>
            <Icon name={icon} size={18} />
            <span class="ellipsis">{face}</span>
            <Icon name="down" size={16} />
          </>
        }
      >
        {close => (
          <div class="pick-panel">
            {children()}
            <p class="pick-foot">
              {chosen.length > 0 && (
                <button type="button" class="ghost" onClick={() => change([])}>
                  {w.clear}
                </button>
              )}
              <button type="button" class="ghost push" onClick={close}>
                {w.done}
              </button>
            </p>
          </div>
        )}
      </Popover>
      {chosen.length > 0 && (
        <ul class="picked">
          {shown.map(id => (
            <li key={id}>
              <button type="button" aria-label={w.remove(textOf(id))} title={textOf(id)} onClick={() => drop(id)}>
                <span class="ellipsis">{textOf(id)}</span>
                <Icon name="close" size={14} />
              </button>
            </li>
          ))}
          {more > 1 && (
            <li>
              <button
                type="button"
                aria-label={all ? undefined : w.rest(more)}
                aria-expanded={all}
                onClick={() => showAll(!all)}
              >
                {all ? w.fewer : `+${more}`}
              </button>
            </li>
          )}
        </ul>
      )}
    </fieldset>
  )
}

type ListGiven = {
  label: string
  search: string
  /** Undefined while they are being asked for. */
  items: readonly Pickable[] | undefined
  chosen: readonly string[]
  change: (chosen: string[]) => void
  /** What is not in the list may be written down too. */
  mayAdd: boolean
  texts: { none: string; empty: string; add: (id: string) => string }
}

const mostListed = 60

/** What can be chosen, each switched on and off. What was chosen when it opened stands first, also what the list does not know. */
export function PickList({ label, search, items, chosen, change, mayAdd, texts }: ListGiven) {
  const [text, write] = useState('')
  const [first] = useState(chosen)
  const found = items === undefined ? [] : pickable(items, first, chosen).filter(isFor(text))
  const typed = text.trim()
  const addable = mayAdd && typed !== '' && items !== undefined && !found.some(({ id }) => id === typed)
  const toggle = (id: string) => {
    change(chosen.includes(id) ? chosen.filter(other => other !== id) : [...chosen, id])
    if (addable && id === typed) write('')
  }
  const enter = () => {
    const [only, other] = found
    if (only !== undefined && (other === undefined || only.id === typed)) toggle(only.id)
    else if (only === undefined && addable) toggle(typed)
  }
  return (
    <>
      <SearchField label={search} text={text} write={write} enter={enter} />
      <Choices
        label={label}
        chosen={chosen}
        choices={[
          ...found
            .slice(0, mostListed)
            .map(({ id, text, detail }) => ({ value: id, text, ...(detail === undefined ? {} : { detail }) })),
          ...(addable ? [{ value: typed, text: texts.add(typed) }] : []),
        ]}
        choose={toggle}
      />
      {items === undefined && <span class="skeleton line" />}
      {items !== undefined && found.length === 0 && !addable && (
        <p class="quiet pad">{typed === '' ? texts.empty : texts.none}</p>
      )}
    </>
  )
}
