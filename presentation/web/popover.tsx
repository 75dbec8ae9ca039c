import type { ComponentChildren } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'

type Given = {
  label: string
  /** What the button shows. */
  face: ComponentChildren
  class?: string
  /** Which edge of the panel lies under the button's; what floats ends with it, unless said otherwise. */
  align?: 'start' | 'end'
  /** A name for the whole, where its place on the page gives it another shape. */
  place?: string
  /** For a button inside something that scrolls or is clipped: the panel lies over the page, not in it. */
  floating?: boolean
  children: (close: () => void) => ComponentChildren
}

/** A button that opens a panel under it. Escape and a click elsewhere close it; the focus goes in and comes back. */
export function Popover({ label, face, align, floating = false, place, children, ...rest }: Given) {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }

  // Together with the panel: what somebody types in the same moment is not lost.
  useLayoutEffect(() => {
    if (!open) return
    const panel = root.current?.querySelector<HTMLElement>('.panel')
    const target = panel?.querySelector<HTMLElement>('[autofocus], [aria-pressed=true]') ?? panel
    target?.focus({ preventScroll: true })
    const outside = (event: Event) => {
      if (event.target instanceof Node && root.current?.contains(event.target) !== true) setOpen(false)
    }
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      close()
    }
    document.addEventListener('pointerdown', outside)
    document.addEventListener('focusin', outside)
    document.addEventListener('keydown', key)
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('focusin', outside)
      document.removeEventListener('keydown', key)
    }
  }, [open])

  useLayoutEffect(() => {
    const panel = root.current?.querySelector<HTMLElement>('.panel')
    if (!open || !floating || !panel) return
    const put = () => button.current !== null && putBeside(panel, button.current.getBoundingClientRect(), align)
    put()
    // What is in it may come later, and the page may be scrolled under it.
    const grown = new ResizeObserver(put)
    grown.observe(panel)
    addEventListener('scroll', put, { capture: true, passive: true })
    addEventListener('resize', put)
    return () => {
      grown.disconnect()
      removeEventListener('scroll', put, { capture: true })
      removeEventListener('resize', put)
    }
  }, [open])

  return (
    <div class={place === undefined ? 'popover' : `popover ${place}`} ref={root}>
      <button
        ref={button}
        type="button"
        class={rest.class ?? 'control'}
        aria-label={label}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {face}
      </button>
      {open && (
        <div
          id={id}
          class={floating ? 'panel floating' : `panel panel-${align ?? 'start'}`}
          role="dialog"
          aria-label={label}
          tabIndex={-1}
        >
          {children(close)}
        </div>
      )}
    </div>
  )
}

const edge = 8

/** Under the button, or over it where there is no room; never past the edges of the screen. */
function putBeside(panel: HTMLElement, at: DOMRect, align: 'start' | 'end' = 'end'): void {
  const { offsetWidth: width, offsetHeight: height } = panel
  const fitsUnder = at.bottom + 6 + height <= floor() - edge
  const top = fitsUnder ? at.bottom + 6 : Math.max(edge, at.top - 6 - height)
  const left = Math.max(edge, Math.min(align === 'start' ? at.left : at.right - width, innerWidth - edge - width))
  panel.style.top = `${Math.round(top)}px`
  panel.style.left = `${Math.round(left)}px`
}

/** Where the page ends for the eye: on a phone the menu at its foot lies over everything. */
function floor(): number {
  const menu = document.querySelector<HTMLElement>('.rail > ul')
  return menu !== null && getComputedStyle(menu).position === 'fixed' ? innerHeight - menu.offsetHeight : innerHeight
}

type Choice<T extends string> = { value: T; text: string; detail?: string }
type MenuGiven<T extends string> = {
  label: string
  choices: readonly Choice<T>[]
  /** The one that holds, or all that do where several may. */
  chosen: T | readonly T[] | undefined
  choose: (value: T) => void
  /** Somebody is about to choose this one: the pointer rests on it, it has the focus, or it is being pressed. */
  near?: (value: T) => void
}

/** A pointer that only passes over a choice asks for nothing. */
const restMs = 60

/** One or some of several in a list of buttons: Tab and the arrows move, Enter and Space choose. */
export function Choices<T extends string>({ label, choices, chosen, choose, near }: MenuGiven<T>) {
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined)
  const isChosen = (value: T) => (typeof chosen === 'string' ? chosen === value : chosen?.includes(value) === true)
  const nears = (value: T, after = 0) => {
    clearTimeout(resting.current)
    if (near === undefined || isChosen(value)) return
    if (after === 0) near(value)
    else resting.current = setTimeout(near, after, value)
  }
  const list = useRef<HTMLUListElement>(null)
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0 || !(document.activeElement instanceof HTMLButtonElement)) return
    event.preventDefault()
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])]
    const now = buttons.indexOf(document.activeElement)
    buttons[(now + step + buttons.length) % buttons.length]?.focus()
  }
  useEffect(() => {
    const { current } = list
    current?.addEventListener('keydown', move)
    return () => {
      clearTimeout(resting.current)
      current?.removeEventListener('keydown', move)
    }
  }, [])
  return (
    <ul class="choices" aria-label={label} ref={list}>
      {choices.map(({ value, text, detail }) => (
        <li key={value}>
          <button
            type="button"
            aria-pressed={isChosen(value)}
            onClick={() => {
              clearTimeout(resting.current)
              choose(value)
            }}
            onPointerEnter={() => nears(value, restMs)}
            onPointerLeave={() => clearTimeout(resting.current)}
            onPointerDown={() => nears(value)}
            onFocus={() => nears(value, restMs)}
          >
            <span>{text}</span>
            {detail !== undefined && <small>{detail}</small>}
          </button>
        </li>
      ))}
    </ul>
  )
}
