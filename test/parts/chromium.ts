import { existsSync } from 'node:fs'
import type { Context } from 'mocha'
import { type Browser, chromium } from 'playwright-core'

const executablePath = process.env.CHROME_PATH ?? '/usr/bin/chromium'
const quiet = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A real browser; where there is none the test is skipped with the reason, and fails in CI. */
export async function openChromium(test: Context): Promise<Browser> {
  if (!existsSync(executablePath)) {
    if (process.env.CI === 'true') throw new Error(`no Chromium at ${executablePath}: install it or set CHROME_PATH`)
    console.log(`      skipped: no Chromium at ${executablePath} (set CHROME_PATH)`)
    test.skip()
  }
  return chromium.launch({ executablePath, args: quiet })
}
