import { count } from '../format.ts'
import { Picker, PickList } from '../picker.tsx'
import { useResource } from '../resource.ts'
import { reportWords } from './words.ts'

type Given = { chosen: readonly string[]; change: (chosen: string[]) => void; mayAdd: boolean }

/** Several categories of what was sold. */
export function CategoryPicker({ chosen, change, mayAdd }: Given) {
  const w = reportWords()
  const [only, other] = chosen
  const face =
    only === undefined ? w.allCategories : other === undefined ? only : w.someCategories(count(chosen.length))
  return (
    <Picker label={w.categories} icon="products" face={face} textOf={name => name} chosen={chosen} change={change}>
      {() => <CategoryList chosen={chosen} change={change} mayAdd={mayAdd} />}
    </Picker>
  )
}

/** Asked for when the list is opened: nothing else needs them. */
function CategoryList({ chosen, change, mayAdd }: Given) {
  const w = reportWords()
  const { answer, failed } = useResource<{ items: string[] }>('/api/v1/categories')
  const items = answer?.items ?? (failed === undefined ? undefined : [])
  return (
    <PickList
      label={w.categories}
      search={w.category.search}
      items={items?.map(name => ({ id: name, text: name }))}
      chosen={chosen}
      change={change}
      mayAdd={mayAdd}
      texts={w.category}
    />
  )
}
