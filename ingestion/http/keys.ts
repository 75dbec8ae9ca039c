import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { heldKeyDigest, httpKeyDigest, httpKeysFile } from '#shared/chain-files.ts'
import type { Config } from '#shared/config.ts'
import { DataAppError, systemCodeOf } from '#shared/error.ts'
import { writePrivate } from '#shared/home.ts'

/** Who may send sales. Keys are compared by their SHA-256, so that the time it takes says nothing about them. */
export type Keys = { senderOf: (key: string) => string | undefined }

const lookAgainMs = 2_000

/**
 * The keys of tills and shop systems: `DATAAPP_HTTP_KEYS`, else `$DATAAPP_HOME/http-keys`, which is made with one random key when it isn't there. A line is
 * `sender key` or `sender sha256:…`. A changed file counts within seconds.
 */
export function openKeys(config: Config): Keys {
  const path = httpKeysFile(config)
  if (config.DATAAPP_HTTP_KEYS === undefined && !existsSync(path))
    writePrivate(
      path,
      `# One line for each till or shop system: its name, a blank, its key.\ntill ${randomBytes(24).toString('base64url')}\n`,
    )
  let senders = readKeys(path)
  let changed = statSync(path).mtimeMs
  let looked = Date.now()
  return {
    senderOf(key) {
      const now = Date.now()
      if (now - looked > lookAgainMs) {
        looked = now
        const latest = existsSync(path) ? statSync(path).mtimeMs : changed
        if (latest !== changed) {
          changed = latest
          senders = readKeys(path)
        }
      }
      return key === '' ? undefined : senders.get(httpKeyDigest(key))
    },
  }
}

function readKeys(path: string): Map<string, string> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new DataAppError(
      'HTTP_KEYS_UNREADABLE',
      `The file of API keys ${path} can't be read (${systemCodeOf(error)}).`,
      {
        hint: 'DATAAPP_HTTP_KEYS names a file with lines of `sender key`.',
        cause: error,
      },
    )
  }
  const senders = new Map<string, string>()
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const [sender, key, ...more] = line.split(/\s+/)
    if (sender === undefined || key === undefined || more.length > 0)
      throw new DataAppError('HTTP_KEYS_WRONG', `Line ${index + 1} of ${path} is not "sender key".`, {
        hint: 'One sender and its key a line, with a blank between.',
      })
    senders.set(heldKeyDigest(key), sender)
  }
  return senders
}
