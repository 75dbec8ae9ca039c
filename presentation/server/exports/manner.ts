import type { Config } from '#shared/config.ts'
import type { Person } from '../person.ts'
import type { Manner } from './sheet.ts'

/** How a table is written for a person: in the language asked for, else in theirs, else in the chain's. */
export function mannerOf(config: Config, person: Pick<Person, 'locale'>, locale?: Manner['locale']): Manner {
  return {
    locale: locale ?? person.locale ?? config.DATAAPP_LOCALE,
    currency: config.DATAAPP_CURRENCY,
    timeZone: config.DATAAPP_TIME_ZONE,
    chain: config.DATAAPP_CHAIN_NAME,
  }
}
