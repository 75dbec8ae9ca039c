import { Icon } from './icon.tsx'

type Given = { label: string; text: string; write: (text: string) => void; enter?: () => void }

/** Where one types what a list is searched for. Enter never sends the form around it. */
export function SearchField({ label, text, write, enter }: Given) {
  return (
    <label class="search">
      <Icon name="search" size={18} />
      <input
        type="search"
        placeholder={label}
        aria-label={label}
        value={text}
        autofocus
        onInput={event => write(event.currentTarget.value)}
        onKeyDown={event => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          enter?.()
        }}
      />
    </label>
  )
}
