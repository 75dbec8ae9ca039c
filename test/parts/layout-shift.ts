import type { Page } from 'playwright-core'

/** Runs in the page. A text, because what compiles this file would add names the page does not know. */
const addUpShifts = `
  let shift = 0
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) shift += entry.value
    document.documentElement.dataset.shift = String(shift)
  }).observe({ type: 'layout-shift', buffered: true })
`

/** From its next loading on, the page adds up by how much it moves what stands there already. */
export async function watchShift(page: Page): Promise<void> {
  await page.addInitScript({ content: addUpShifts })
}

/** The sum so far, as browsers count it: parts of the window's height and width. */
export async function shiftOf(page: Page): Promise<number> {
  return page.evaluate(() => Number(document.documentElement.dataset.shift ?? 0))
}
