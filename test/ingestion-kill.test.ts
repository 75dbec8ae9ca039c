import { expect } from 'chai'
import { available } from './parts/ingestion-tier.ts'
import { needs } from './parts/part.ts'
import { stormOnIngestion } from './torture/ingestion.ts'

describe('ingestion and the broker are killed while sales come in', () => {
  before(needs(available()))

  it('every accepted line is on the bus, its effect counted once', async () => {
    const seed = Date.now() % 1e6
    const { kills, ledger, expectedLedger, found, expected } = await stormOnIngestion({
      seed,
      kills: 2,
      rowsPerFile: 20_000,
    })
    expect(found, `seed ${seed}, ${JSON.stringify(kills)}`).to.deep.equal(expected)
    expect(ledger, `seed ${seed}`).to.deep.equal(expectedLedger)
  })
})
