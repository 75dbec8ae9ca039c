import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { CallFailed, isKeptPage } from './call.ts'
import { Failure } from './failure.tsx'
import { connection } from './live.ts'

/** A component whose code is loaded when it is first shown; until then its place is a quiet skeleton. */
export function lazy<Given extends object>(
  load: () => Promise<ComponentType<Given>>,
  Waiting: ComponentType = Skeleton,
): ComponentType<Given> {
  let loaded: ComponentType<Given> | undefined
  let loading: Promise<void> | undefined
  return function Lazy(given: Given) {
    const [failed, setFailed] = useState(false)
    const [, setReady] = useState(loaded !== undefined)
    // Asked for while the rest is being drawn, not after it.
    loading ??= load().then(component => {
      loaded = component
    })
    const asked = loading
    useEffect(() => {
      let here = true
      asked.then(
        () => here && setReady(true),
        () => {
          loading = undefined
          if (!here) return
          if (!loadAnew()) setFailed(true)
        },
      )
      return () => {
        here = false
      }
    }, [])
    const Loaded = loaded
    if (failed) return <Missing />
    return Loaded === undefined ? <Waiting /> : <Loaded {...given} />
  }
}

/** Code that is not there belongs to a version that the server has left behind: the page is loaded anew, once. False when that was just tried, or there is no connection. */
function loadAnew(): boolean {
  const last = Number(sessionStorage.getItem('dataapp-anew') ?? 0)
  if (!navigator.onLine || Date.now() - last < 60_000) return false
  sessionStorage.setItem('dataapp-anew', String(Date.now()))
  location.reload()
  return true
}

function Missing() {
  // A page that was never opened has nothing else that would ask for it once the connection is back.
  useEffect(() => {
    const look = () => {
      const state = connection.get()
      if (state === 'back' || (state === 'on' && isKeptPage)) location.reload()
    }
    look()
    return connection.follow(look)
  }, [])
  return <Failure failed={new CallFailed(0, 'unreachable', '')} again={() => location.reload()} />
}

export function Skeleton() {
  return <div class="skeleton fill" aria-hidden="true" />
}
