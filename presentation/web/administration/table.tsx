import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { CallFailed, call } from '../call.ts'
import { Failure } from '../failure.tsx'
import { Skeleton } from '../lazy.tsx'
import { type Resource, useResource } from '../resource.ts'
import { TableBox } from '../table-box.tsx'
import { accountWords } from './words.ts'

type Rows = {
  head: readonly string[]
  rows: readonly { key: string; cells: readonly ComponentChildren[] }[]
  /** What is said where there are none. */
  none?: string
}

/** On a phone each row is a card of its own, every cell below the first with its column's name. */
export function Table({ head, rows, none }: Rows) {
  if (rows.length === 0) return <p class="quiet">{none ?? accountWords().none}</p>
  return (
    <TableBox>
      <table class="stacked">
        <thead>
          <tr>
            {head.map(title => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, at) => (
                <td key={head[at]} data-column={head[at]}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}

/** Shows what the API answers, or that it is being asked, or why not. */
export function Asked<T>({
  path,
  show,
}: {
  path: string
  show: (answer: T, resource: Resource<T>) => ComponentChildren
}) {
  const resource = useResource<T>(path)
  if (resource.failed !== undefined) return <Failure failed={resource.failed} again={resource.again} />
  return resource.answer === undefined ? <Skeleton /> : show(resource.answer, resource)
}

/** Changes something by the API, and says when that did not work. */
export function useAct(done: () => void) {
  const [wrong, setWrong] = useState('')
  const act = async <T,>(method: string, path: string, body?: unknown): Promise<T | undefined> => {
    setWrong('')
    try {
      const answer = await call<T>(`/api/v1${path}`, { method, ...(body === undefined ? {} : { body }) })
      done()
      return answer
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error
      setWrong(error.message || accountWords().failed)
      return undefined
    }
  }
  const notice =
    wrong === '' ? null : (
      <p class="field-error" role="alert">
        {wrong}
      </p>
    )
  return { act, notice }
}

/** The fields of a form as texts. */
export function fieldsOf(event: Event): Record<string, string> {
  event.preventDefault()
  if (!(event.currentTarget instanceof HTMLFormElement)) return {}
  return Object.fromEntries([...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)]))
}
