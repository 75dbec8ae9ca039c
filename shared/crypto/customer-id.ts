/**
 * Whether an id says who somebody is: one that holds an e-mail address; a CPF or CNPJ with right check digits (also without its leading zero, as spreadsheets leave it), or
 * called so; a phone with its country code or with its area code in parentheses. Ids of customers lie in the open beside sales, so such a one is never used as it is. Of
 * customer numbers with 10, 11, 13 or 14 digits, one in a hundred looks like a document and is treated as one, the same everywhere.
 */
export function isPersonalId(id: string): boolean {
  return id.length >= 5 && personal(id) !== undefined
}

/** The same id in one writing: the e-mail address of a mailbox in small letters, the digits of a document with its leading zero, a phone with its country code. */
export function plainId(id: string): string {
  return personal(id) ?? id
}

const email = /"[^"]+"@[^\s@<>"]+\.[^\s@<>"]+|[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+/
/** `Ana Lima <ana@example.org>` */
const mailbox = /^[^<>]*<([^<>]+)>$/
const documentShape = /^\s*[\d.\-/ ]{10,18}\s*$/
const calledDocument = /^\s*(?:cpf|cnpj|cpf\/cnpj)\b\D{0,8}([\d.\-/ ]{10,18})$/i
const international = /^\+[\d ().-]{9,24}$/
const national = /^\(0?\d\d\) ?9?[ .-]?\d{4}[ .-]?\d{4}$/

function personal(id: string): string | undefined {
  if (id.includes('@')) return emailIn(id)
  const text = id.trim()
  const first = text[0] ?? ''
  if (first === '+' || first === '(') return phoneIn(text)
  if (first === 'c' || first === 'C') return calledIn(text)
  const digits = documentShape.test(text) ? digitsOf(text) : ''
  if (isCpf(digits)) return digits.padStart(11, '0')
  return isCnpj(digits) ? digits.padStart(14, '0') : undefined
}

/** What is no mailbox keeps its other words: they may tell two customers of one address apart. */
function emailIn(id: string): string | undefined {
  if (!email.test(id)) return undefined
  const address = mailbox.exec(id.trim())?.[1] ?? id
  return address.trim().replace(/\s+/g, ' ').toLowerCase()
}

function phoneIn(text: string): string | undefined {
  const digits = digitsOf(text)
  if (national.test(text)) return `+55${digits.replace(/^0/, '')}`
  return international.test(text) && digits.length >= 10 && digits.length <= 15 ? `+${digits}` : undefined
}

/** What is called a document is one, also with a slip in its digits. */
function calledIn(text: string): string | undefined {
  const digits = digitsOf(calledDocument.exec(text)?.[1] ?? '')
  if (digits.length === 10 || digits.length === 11) return digits.padStart(11, '0')
  return digits.length === 13 || digits.length === 14 ? digits.padStart(14, '0') : undefined
}

const digitsOf = (text: string): string => text.replace(/\D/g, '')

function isCpf(digits: string): boolean {
  if (digits.length !== 10 && digits.length !== 11) return false
  const all = digits.padStart(11, '0')
  return !isRepeated(all) && endsInCheckDigits(all, [10, 9, 8, 7, 6, 5, 4, 3, 2])
}

function isCnpj(digits: string): boolean {
  if (digits.length !== 13 && digits.length !== 14) return false
  const all = digits.padStart(14, '0')
  return !isRepeated(all) && endsInCheckDigits(all, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])
}

const isRepeated = (digits: string): boolean => /^(\d)\1*$/.test(digits)

/** Two check digits modulo 11, the second over the first as well, as the Receita Federal computes them for CPF and CNPJ. */
function endsInCheckDigits(digits: string, weights: readonly number[]): boolean {
  const first = checkDigit(digits, weights)
  const second = checkDigit(digits, [(weights[0] ?? 0) + 1, ...weights])
  return digits.endsWith(`${first}${second}`)
}

function checkDigit(digits: string, weights: readonly number[]): number {
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0)
  const rest = sum % 11
  return rest < 2 ? 0 : 11 - rest
}
