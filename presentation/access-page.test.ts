import { expect } from 'chai'
import { accessPage, writtenAccessPage } from './access-page.ts'

describe('docs/access.md', () => {
  it('says what the table says (made again by `npx tsx presentation/access-page.ts`)', () => {
    expect(writtenAccessPage()).to.equal(accessPage())
  })
})
