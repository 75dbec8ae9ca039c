import { basename } from 'node:path'
import type { WriteStream } from 'node:tty'
import type { Totals } from '#ingestion/totals.ts'

/** A line on the terminal that moves while rows come in. Elsewhere it says nothing. */
export function progressBar(out: WriteStream): { show: (file: string, totals: Totals) => void; end: () => void } {
  if (!out.isTTY) return { show: () => {}, end: () => {} }
  const began = performance.now()
  let shown = 0
  let drawn = false
  return {
    show(file, { rows, rejected, duplicates }) {
      const now = performance.now()
      if (now - shown < 100) return
      shown = now
      drawn = true
      const speed = Math.round(rows / Math.max(0.001, (now - began) / 1000))
      out.write(
        `\r\u001b[K  ${basename(file)}: ${rows} rows, ${rejected} rejected, ${duplicates} duplicates (${speed}/s)`,
      )
    },
    end() {
      if (drawn) out.write('\r\u001b[K')
      drawn = false
    },
  }
}
