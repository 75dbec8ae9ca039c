import type { Profile } from './profile.ts'

/** Ids that were exported as decimals (`17850.0`) lose the `.0`. */
export function idField(profile: Profile): string {
  const asDecimal = profile.numeric > 0.95 && profile.whole === 1 && profile.examples.some(text => /[.,]0+$/.test(text))
  return asDecimal ? `{ column: ${yamlText(profile.name)}, integer: true }` : yamlText(profile.name)
}

export function columnsField(parts: readonly Profile[]): string {
  return parts.length === 1 && parts[0] !== undefined
    ? yamlText(parts[0].name)
    : `{ columns: [${parts.map(part => yamlText(part.name)).join(', ')}] }`
}

/** An amount, in whole cents a hundredth of what it says. */
export function moneyColumn(profile: Profile, sign: '' | '-' = ''): string {
  if (isCents(profile)) return yamlText(`= ${sign}[${profile.name}] / 100`)
  return yamlText(sign === '' ? profile.name : `= -[${profile.name}]`)
}

function isCents(profile: Profile): boolean {
  return profile.whole === 1 && /(^|[^a-z])(cents?|centavos?)([^a-z]|$)/i.test(profile.name)
}

export function noteOf(profile: Profile): string {
  return `for instance ${profile.examples.slice(0, 2).join(', ') || '(empty)'}`
}

/** Text as YAML, quoted when it must be. */
export function yamlText(text: string): string {
  return /^[A-Za-z_][\w .()/-]*$/.test(text) &&
    !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text) &&
    text === text.trim()
    ? text
    : JSON.stringify(text)
}
