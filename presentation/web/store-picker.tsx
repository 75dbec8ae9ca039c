import { count } from './format.ts'
import { nameOfStore, storePlace, storeText, useKnownStores } from './known-stores.ts'
import { Picker, PickList } from './picker.tsx'
import { words } from './words.ts'

type Given = {
  label: string
  /** What no store at all means here. */
  none: string
  chosen: readonly string[]
  change: (chosen: string[]) => void
  mayAdd: boolean
}

/** Several stores by name. A store that has sold nothing yet is known by its code alone. */
export function StorePicker({ label, none, chosen, change, mayAdd }: Given) {
  const w = words().store
  const { stores, failed } = useKnownStores()
  const textOf = (id: string) => nameOfStore(stores, id)
  const [only, other] = chosen
  const face = only === undefined ? none : other === undefined ? textOf(only) : w.count(count(chosen.length))
  const items = (stores ?? (failed ? [] : undefined))?.map(store => ({
    id: store.id,
    text: storeText(store),
    detail: storePlace(store),
    found: `${store.city} ${store.region}`,
  }))
  return (
    <Picker label={label} icon="stores" face={face} textOf={textOf} chosen={chosen} change={change}>
      {() => (
        <PickList
          label={label}
          search={w.search}
          items={items}
          chosen={chosen}
          change={change}
          mayAdd={mayAdd}
          texts={{ none: w.none, empty: w.empty, add: w.add }}
        />
      )}
    </Picker>
  )
}
