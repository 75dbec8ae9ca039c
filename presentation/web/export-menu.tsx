import { filterQuery } from '#presentation/address.ts'
import { Icon } from './icon.tsx'
import { usePlace } from './location.ts'
import { Popover } from './popover.tsx'
import { words } from './words.ts'

/** What is on the page as a file, with the page's filters. */
export function ExportMenu({ what }: { what: string }) {
  const w = words().exporting
  const { search } = usePlace()
  return (
    <Popover
      label={w.label}
      align="end"
      class="ghost"
      face={
        <>
          <Icon name="download" size={18} />
          <span>{w.label}</span>
        </>
      }
    >
      {close => (
        <ul class="choices">
          {(['xlsx', 'csv', 'pdf'] as const).map(format => (
            <li key={format}>
              <a href={`/api/v1/exports/${what}/${format}${filterQuery(search)}`} download onClick={close}>
                <span>{w[format]}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Popover>
  )
}
