import type { StoreRow } from '../server/figures.ts'
import { plain } from './plain.ts'
import { useResource } from './resource.ts'

/** The stores that somebody may see and that have sold something; asked anew when the data has changed. */
export function useKnownStores(): { stores: readonly StoreRow[] | undefined; failed: boolean } {
  const { answer, failed } = useResource<{ items: StoreRow[] }>('/api/v1/stores')
  return { stores: answer?.items, failed: failed !== undefined }
}

export function storeText({ id, name }: Pick<StoreRow, 'id' | 'name'>): string {
  return name === '' ? id : name
}

export function storePlace({ city, country }: StoreRow): string {
  return [city, country].filter(part => part !== '').join(', ')
}

/** The name of a store; its code where there is no name, or the store is not known. */
export function nameOfStore(stores: readonly StoreRow[] | undefined, id: string): string {
  const known = stores?.find(store => store.id === id)
  return known === undefined ? id : storeText(known)
}

export function isStoreFor(text: string): (store: StoreRow) => boolean {
  const wanted = plain(text.trim())
  return ({ id, name, city, region }) => wanted === '' || plain(`${name} ${city} ${region} ${id}`).includes(wanted)
}
