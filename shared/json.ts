/** The value that a text says as JSON, or bytes in UTF-8 do; undefined where they are none. */
export function parseJson(text: string | Buffer): unknown {
  try {
    return JSON.parse(typeof text === 'string' ? text : text.toString('utf8'))
  } catch {
    return undefined
  }
}
