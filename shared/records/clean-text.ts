const plainAscii = /^[\x21-\x7e]*$/
export const isPlain = (text: string): boolean => plainAscii.test(text)

/** A text without stray blanks and in one Unicode form, so that what looks the same is the same. */
export function cleanText(text: string): string {
  return isPlain(text)
    ? text
    : text
        .normalize('NFC')
        // Characters without width, which spreadsheets and web pages leave behind, make equal codes differ.
        .replace(/[\u00ad\u200b-\u200d\u2060\ufeff]/g, '')
        .replace(/[\s\0]+/g, ' ')
        .trim()
}

/** Whether nothing is left of a text once it is clean. A visible first sign, which nearly every text has, settles it. */
export function isNothing(text: string): boolean {
  const first = text.charCodeAt(0)
  return !(first > 32 && first < 127) && cleanText(text) === ''
}
