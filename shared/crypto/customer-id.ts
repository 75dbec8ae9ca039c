/**
 * Ids that say who somebody is: an e-mail address, or a CPF or CNPJ with right check digits (also without its leading zero, as spreadsheets leave it). Ids of
 * customers lie in the open beside sales, so such a one is never used as it is. Of customer numbers with 10, 11, 13 or 14 digits, one in a hundred looks like
 * a document and is treated as one, the same everywhere.
 */
export function isPersonalId(id: string): boolean {
  if (id.length < 5) return false
  if (id.includes('@')) return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(id.trim())
  const digits = documentDigits(id)
  return isCpf(digits) || isCnpj(digits)
}

/** The same id in one writing: small letters of an e-mail, the digits of a document with its leading zero. */
export function plainId(id: string): string {
  if (id.includes('@')) return id.trim().toLowerCase()
  const digits = documentDigits(id)
  return isCpf(digits) ? digits.padStart(11, '0') : digits.padStart(14, '0')
}

const documentShape = /^\s*[\d.\-/ ]{10,18}\s*$/

function documentDigits(id: string): string {
  return documentShape.test(id) ? id.replace(/\D/g, '') : ''
}

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
