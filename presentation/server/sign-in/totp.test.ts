import { expect } from 'chai'
import { acceptedCounter, base32, counterAt, newTotpSecret, otpauthLink, totpCode } from './totp.ts'

describe('codes of an authenticator app', () => {
  const secret = base32(Buffer.from('12345678901234567890'))

  it('are those of RFC 6238, appendix B (the last six digits)', () => {
    const at = (seconds: number) => totpCode(secret, counterAt(new Date(seconds * 1000)))
    expect([59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000].map(at)).to.deep.equal([
      '287082',
      '081804',
      '050471',
      '005924',
      '279037',
      '353130',
    ])
  })

  it('pass half a minute early or late, and once', () => {
    const now = new Date('2020-05-01T10:00:15Z')
    const current = counterAt(now)
    for (const counter of [current - 1, current, current + 1])
      expect(acceptedCounter(secret, totpCode(secret, counter), now, 0)).to.equal(counter)
    expect(acceptedCounter(secret, totpCode(secret, current - 2), now, 0)).to.equal(undefined)
    expect(acceptedCounter(secret, totpCode(secret, current + 2), now, 0)).to.equal(undefined)
    expect(acceptedCounter(secret, totpCode(secret, current), now, current)).to.equal(undefined)
  })

  it('come from a secret of 160 bits that no two people share', () => {
    expect(newTotpSecret()).to.match(/^[A-Z2-7]{32}$/)
    expect(newTotpSecret()).not.to.equal(newTotpSecret())
    expect(otpauthLink('ABC', 'Grupo X', 'a@b.example')).to.equal(
      'otpauth://totp/Grupo%20X:a%40b.example?secret=ABC&issuer=Grupo%20X&algorithm=SHA1&digits=6&period=30',
    )
  })
})
