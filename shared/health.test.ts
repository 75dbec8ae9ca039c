import { expect } from 'chai'
import { localUrl } from './health.ts'

describe('where a server is reached from its own machine', () => {
  it('is its host, IPv6 in brackets, and loopback where it listens on every address', () => {
    const urls = ['127.0.0.1', 'loja.local', '::1', '0.0.0.0', '::'].map(host => localUrl(host, 8082))
    expect(urls).to.deep.equal([
      'http://127.0.0.1:8082',
      'http://loja.local:8082',
      'http://[::1]:8082',
      'http://127.0.0.1:8082',
      'http://127.0.0.1:8082',
    ])
    for (const url of urls) expect(new URL(url).port).to.equal('8082')
  })
})
