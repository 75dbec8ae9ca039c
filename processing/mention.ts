import { personalAttributes } from '#shared/crypto/personal.ts'

/** What a rejected record has in common with a person. */
export type Mention = 'id' | (typeof personalAttributes)[number]

/** Whom a record may mention: the ids and what is known of the person, in plain. `idOf` gives the id under which a text would be kept. */
export type Mentioned = {
  id: string
  values: Readonly<Partial<Record<(typeof personalAttributes)[number], string>>>
  /** A seller's id stands in each line that was sold, beside the data of customers: it says nothing about the seller. */
  by: 'id and values' | 'values'
  idOf: (text: string) => string
}

/** Shorter texts occur in other people's records, too. */
const tellingLength = 4
/** Texts of this length or more are looked for without regard to punctuation and blanks, also inside words. */
const longLength = 8

/** The first thing that a record has in common with the person, however it is written: accents, letter case, blanks and punctuation don't count. */
export function mentionIn(record: { raw: string; message: string }, person: Mentioned): Mention | undefined {
  const text = unescaped(`${record.raw}\n${record.message}`)
  if (person.by === 'id and values' && namesId(text, person)) return 'id'
  const written: Written = { words: wordsOf(text), letters: lettersOf(text) }
  return personalAttributes.find(name => writings(name, person.values[name] ?? '').some(value => holds(written, value)))
}

type Written = { words: string; letters: string }

/** The id as a field of its own, in the writing of the record or in that under which it is kept; one with letters also as a word. A number as a word may be a year. */
function namesId(text: string, { id, idOf }: Mentioned): boolean {
  if (!isTelling(id)) return false
  const own = lettersOf(id)
  if (fieldsOf(text).some(field => lettersOf(field) === own || idOf(field) === id)) return true
  return /\p{L}/u.test(id) && wordsOf(text).includes(wordsOf(id))
}

/** What stands between the signs that delimited text and JSON put between fields. */
function fieldsOf(text: string): string[] {
  return text.split(/[,;|\t\r\n":{}[\]]/).flatMap(field => (field.trim() === '' ? [] : [field.trim()]))
}

/** A small number may be a quantity or a store. */
function isTelling(id: string): boolean {
  const letters = lettersOf(id)
  return letters.length >= tellingLength || (letters.length > 1 && /\p{L}/u.test(letters))
}

/** A value as others write it: last name first, a document without its leading zeros, a phone without country code. */
function writings(attribute: (typeof personalAttributes)[number], value: string): string[] {
  switch (attribute) {
    case 'name': {
      const [first = '', ...rest] = value.trim().split(/\s+/).reverse()
      return [value, [first, ...rest.reverse()].join(' ')]
    }
    case 'email':
      return [value]
    case 'phone':
    case 'document': {
      const letters = lettersOf(value).replace(/^0+/, '')
      return [letters, attribute === 'phone' && letters.length > 11 ? letters.replace(/^55/, '') : letters]
    }
  }
}

function holds({ words, letters }: Written, value: string): boolean {
  const own = lettersOf(value)
  if (own.length >= longLength) return letters.includes(own)
  return own.length >= tellingLength && words.includes(wordsOf(value))
}

const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
const lettersOf = (text: string): string => folded(text).replace(/[^\p{L}\p{N}]/gu, '')
/** Words with one blank around each, so that one is found whole. */
const wordsOf = (text: string): string =>
  ` ${folded(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `

/** Records that came as JSON may write any letter by its number. */
function unescaped(text: string): string {
  return text.replace(/\\u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
