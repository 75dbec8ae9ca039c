import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { firstDrawn, onceDrawn } from './first-drawn.ts'

let turn: Promise<void> = Promise.resolve()

/** Each in a task of its own: a tap comes in between, and no phone is held up by all of them together. */
function inTurn(work: () => void): void {
  turn = turn.then(
    () =>
      new Promise(done =>
        setTimeout(() => {
          work()
          done()
        }),
      ),
  )
}

/** What lies below the first chart: its place until that stands, then itself, one after another. */
export function AfterFirst({ place, show }: { place: ComponentChildren; show: () => ComponentChildren }) {
  const [isMyTurn, setMyTurn] = useState(firstDrawn.get())
  useEffect(() => {
    let here = true
    if (!isMyTurn) onceDrawn(() => inTurn(() => here && setMyTurn(true)))
    return () => {
      here = false
    }
  }, [])
  return <>{isMyTurn ? show() : place}</>
}
