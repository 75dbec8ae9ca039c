const longNumber = /\d{16}/
const textOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** A JSON text as a value, undefined when it is none. Whole numbers too long for a binary fraction come as texts, so that long order numbers stay apart. */
export function jsonValue(text: string): unknown {
  try {
    return JSON.parse(longNumber.test(text) ? text.replace(textOrNumber, quotedWhenLong) : text)
  } catch {
    return undefined
  }
}

function quotedWhenLong(part: string): string {
  return /^-?\d{16,}$/.test(part) ? `"${part}"` : part
}
