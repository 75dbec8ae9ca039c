import { plain } from './plain.ts'

export type Pickable = {
  id: string
  text: string
  detail?: string
  /** What else it is found by. */
  found?: string
}

/** All that can be chosen, in the order in which it is offered. */
export function pickable(
  items: readonly Pickable[],
  first: readonly string[],
  chosen: readonly string[],
): readonly Pickable[] {
  const known = new Set(items.map(({ id }) => id))
  const unknown = [...new Set([...first, ...chosen])].filter(id => !known.has(id)).map(id => ({ id, text: id }))
  const before = new Set(first)
  return [...unknown, ...items.filter(({ id }) => before.has(id)), ...items.filter(({ id }) => !before.has(id))]
}

/** Whether something is among what a search looks for. */
export function isFor(text: string): (item: Pickable) => boolean {
  const wanted = plain(text.trim())
  return ({ id, text, found = '' }) => plain(`${text} ${found} ${id}`).includes(wanted)
}
