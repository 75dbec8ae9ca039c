import { Icon } from './icon.tsx'
import { lazy } from './lazy.tsx'
import { Popover } from './popover.tsx'
import type { WhatName } from './what-panel.tsx'
import { words } from './words.ts'

const WhatPanel = lazy(() => import('./what-panel.tsx').then(module => module.WhatPanel))

/** The question mark beside a figure: what it is, how it is reckoned, where it comes from and how fresh that is. */
export function What({ name, title, exact }: { name: WhatName; title: string; exact?: string }) {
  return (
    <Popover label={`${words().whatTitle} ${title}`} class="what" floating face={<Icon name="help" size={16} />}>
      {() => <WhatPanel name={name} title={title} {...(exact === undefined ? {} : { exact })} />}
    </Popover>
  )
}
