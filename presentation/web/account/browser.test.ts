import { expect } from 'chai'
import { browserName } from './browser.ts'

describe('the browser of a session', () => {
  it('is called as people know it', () => {
    const tail = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0'
    expect(browserName(`Mozilla/5.0 (Linux; Android 14; Pixel 8) ${tail} Mobile Safari/537.36`)).to.equal(
      'Chrome · Android',
    )
    expect(browserName(`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${tail} Safari/537.36 Edg/130.0.0.0`)).to.equal(
      'Edge · Windows',
    )
    expect(
      browserName(
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1',
      ),
    ).to.equal('Safari · iPhone')
    expect(browserName('curl/8.5.0')).to.equal('curl/8.5.0')
  })
})
