import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** A component whose code is loaded when it is first shown; until then its place is a quiet skeleton. */
export function lazy<Given extends object>(
  load: () => Promise<ComponentType<Given>>,
  Waiting: ComponentType = Skeleton,
): ComponentType<Given> {
  let loaded: ComponentType<Given> | undefined
  let loading: Promise<void> | undefined
  return function Lazy(given: Given) {
    const [, setReady] = useState(loaded !== undefined)
    useEffect(() => {
      let here = true
      loading ??= load().then(component => {
        loaded = component
      })
      loading.then(
        () => here && setReady(true),
        () => {
          loading = undefined
        },
      )
      return () => {
        here = false
      }
    }, [])
    const Loaded = loaded
    return Loaded === undefined ? <Waiting /> : <Loaded {...given} />
  }
}

export function Skeleton() {
  return <div class="skeleton fill" aria-hidden="true" />
}
