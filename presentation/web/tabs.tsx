import { useLayoutEffect, useRef } from 'preact/hooks'

export type Tab = { name: string; text: string; to: string }

/** Parts of a page, each at an address. Where they are wider than the screen, the one that is open is brought into view. */
export function Tabs({ tabs, open }: { tabs: readonly Tab[]; open: string }) {
  const list = useRef<HTMLUListElement>(null)
  useLayoutEffect(() => {
    const { current } = list
    const place = current?.querySelector('[aria-current]')?.getBoundingClientRect()
    if (current === null || place === undefined) return
    const middle = (current.clientWidth - place.width) / 2
    current.scrollLeft += place.left - current.getBoundingClientRect().left - middle
  }, [open])
  return (
    <ul class="tabs" ref={list}>
      {tabs.map(({ name, text, to }) => (
        <li key={name}>
          <a href={to} aria-current={name === open ? 'page' : undefined}>
            {text}
          </a>
        </li>
      ))}
    </ul>
  )
}
