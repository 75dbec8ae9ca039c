import { createServer } from 'node:http'
import { expect } from 'chai'
import { postJson } from './post.ts'

describe('a post to a webhook', () => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['content-type']} ${request.headers['x-id']}`)
    if (request.url === '/moved') response.writeHead(302, { location: '/elsewhere' }).end()
    else response.writeHead(204).end()
  })
  let base = ''

  before(async () => {
    await new Promise<void>(done => server.listen(0, '127.0.0.1', () => done()))
    const address = server.address()
    base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  })
  after(() => new Promise(done => server.close(done)))

  const failed = (url: string, addresses: string[] = []) =>
    postJson(new URL(url), {}, '{}', (_host, _options, told) =>
      told(
        null,
        addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    ).then(
      status => `answered ${status}`,
      (error: Error) => error.message,
    )

  it('tells how it was answered, and follows no redirect', async () => {
    expect(await postJson(new URL(`${base}/alerts`), { 'x-id': '7' }, '{}')).to.equal(204)
    expect(await postJson(new URL(`${base}/moved`), { 'x-id': '8' }, '{}')).to.equal(302)
    expect(asked).to.deep.equal(['POST /alerts application/json 7', 'POST /moved application/json 8'])
  })

  it('does not go where a cloud machine keeps its credentials, however that is written', async () => {
    for (const host of ['169.254.169.254', '2852039166', '[::ffff:169.254.169.254]', '[fd00:ec2::254]', '[fe80::1]'])
      expect(await failed(`http://${host}/latest/meta-data`), host).to.include('not a webhook')
    expect(await failed('http://hooks.chain.example/', ['169.254.169.254'])).to.include('not a webhook')
    expect(await failed('https://hooks.chain.example/', ['93.184.215.14', 'fe80::1'])).to.include('not a webhook')
    expect(await failed('http://hooks.chain.example/')).to.include('has no address')
  })

  it('goes where a name says', async () => {
    const { port } = new URL(base)
    expect(await failed(`http://hooks.chain.example:${port}/`, ['127.0.0.1'])).to.equal('answered 204')
  })
})
