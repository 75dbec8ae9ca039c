/** Signs and the currencies they stand for; several share one. A sign that is not here stands for none that is known. */
const meanings: Readonly<Record<string, readonly string[]>> = {
  R$: ['BRL'],
  U$: ['USD'],
  A$: ['AUD'],
  C$: ['CAD', 'NIO'],
  S$: ['SGD'],
  N$: ['NAD'],
  J$: ['JMD'],
  B$: ['BND', 'BSD'],
  G$: ['GYD'],
  L$: ['LRD'],
  T$: ['TOP'],
  NT$: ['TWD'],
  RD$: ['DOP'],
  EC$: ['XCD'],
  '€': ['EUR'],
  '£': ['GBP', 'EGP', 'LBP', 'SYP', 'SDG', 'SSP', 'GIP', 'FKP', 'SHP'],
  '¥': ['JPY', 'CNY'],
  '₹': ['INR'],
  Rs: ['INR', 'PKR', 'LKR', 'NPR', 'MUR', 'SCR'],
  'S/': ['PEN'],
  kr: ['SEK', 'NOK', 'DKK', 'ISK'],
  zł: ['PLN'],
  Kč: ['CZK'],
  Ft: ['HUF'],
  lei: ['RON', 'MDL'],
  '₽': ['RUB'],
  '₺': ['TRY'],
  '₩': ['KRW', 'KPW'],
  '₪': ['ILS'],
  '₫': ['VND'],
  '₱': ['PHP'],
  '฿': ['THB'],
  '₴': ['UAH'],
  '₦': ['NGN'],
  '₵': ['GHS'],
  '₡': ['CRC'],
  '₲': ['PYG'],
  '₸': ['KZT'],
  '₮': ['MNT'],
  '₭': ['LAK'],
  '₼': ['AZN'],
  '₾': ['GEL'],
  '֏': ['AMD'],
  '৳': ['BDT'],
  '៛': ['KHR'],
  '؋': ['AFN'],
}

const codes = new Set(Intl.supportedValuesOf('currency'))
const codeOrSign = '(?:[A-Z]{1,2}\\$|[A-Z]{3}|\\p{Sc}|Rs\\.?|S/\\.?|[Kk]r\\.?|zł|Kč|Ft|[Ll]ei)'
const before = new RegExp(`^([+-]?)\\s*(${codeOrSign})\\s*(?=[-+(\\d.,])`, 'u')
const behind = new RegExp(`(?<=[-)\\d.,])\\s*(${codeOrSign})$`, 'u')

/** What stands for a currency in front of an amount and behind it, and the amount without it. Three letters may be no currency at all. */
export function takeCurrency(amount: string): { plain: string; named: string[] } {
  const named: string[] = []
  const take = (sign: string, left: string) => {
    named.push(sign)
    return left
  }
  const plain = amount
    .replace(before, (_, minus: string, sign: string) => take(sign, minus))
    .replace(behind, (_, sign: string) => take(sign, ''))
  return { plain: plain.trim(), named }
}

/** Whether a code or sign may stand for a currency. A dollar sign alone may be any dollar, peso or real. */
export function mayBe(sign: string, currency: string): boolean {
  if (sign === '$' || sign === '¤') return true
  if (isCode(sign)) return sign === currency
  // `US$`, `HK$`, `MX$`: a currency's code begins with that of its country.
  if (/^[A-Z]{2}\$$/.test(sign) && currency.startsWith(sign.slice(0, 2))) return true
  return currenciesOf(sign).includes(currency)
}

/** The currencies that a code or sign may stand for, the most usual first. None: it stands for no known one, or for any. */
export function currenciesOf(sign: string): readonly string[] {
  if (isCode(sign)) return codes.has(sign) ? [sign] : []
  const name = sign.replace(/\.$/, '').replace('Kr', 'kr').replace('Lei', 'lei')
  const [dollars] = /^[A-Z]{2}(?=\$$)/.exec(name) ?? []
  const ofCountry =
    dollars === undefined ? undefined : [...codes].find(code => code === `${dollars}D` || code === `${dollars}N`)
  return meanings[name] ?? (ofCountry === undefined ? [] : [ofCountry])
}

/** The code or sign of another currency than this one that an amount names; undefined when it names none, or three letters that are no currency. */
export function foreignCurrency(amount: string, currency: string): string | undefined {
  const outer = takeCurrency(tidied(amount))
  const inner = /^\(.*\)$/.test(outer.plain) ? takeCurrency(outer.plain.slice(1, -1).trim()).named : []
  return [...outer.named, ...inner].find(sign => !mayBe(sign, currency) && (!isCode(sign) || codes.has(sign)))
}

/** An amount with all its blanks, signs and dashes written in one way. */
export function tidied(amount: string): string {
  return amount.normalize('NFKC').replace(/\s+/g, ' ').trim().replace(/[−–—]/g, '-')
}

function isCode(sign: string): boolean {
  return /^[A-Z]{3}$/.test(sign)
}
