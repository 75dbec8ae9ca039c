import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { answerQuestion, askInstance } from './control.ts'
import { DataAppError } from './error.ts'
import { closeServer, listen } from './health.ts'

const token = 'a1b2'

describe('asking the running instance', () => {
  let url: URL
  const heard: unknown[] = []
  const server = createServer((asked, response) => {
    void answerQuestion(asked, response, token, async question => {
      heard.push(question)
      if (question === 'wrong') throw new DataAppError('PERSON_EXISTS', 'ana@example.org is here.', { hint: 'Choose.' })
      return { question }
    })
  })

  before(async () => {
    url = new URL(`http://127.0.0.1:${await listen(server, 0, '127.0.0.1', true)}/control/test`)
  })
  after(() => closeServer(server))

  it('brings back the answer', async () => {
    expect(await askInstance(url, token, { name: 'São João' })).to.deep.equal({ question: { name: 'São João' } })
  })

  it('brings back a refusal as the error that it is there', async () => {
    const refused = await askInstance(url, token, 'wrong').catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(DataAppError)
    expect(refused).to.include({ code: 'PERSON_EXISTS', message: 'ana@example.org is here.', hint: 'Choose.' })
  })

  it('is for those who have the token', async () => {
    const refused = await askInstance(url, 'a1b3', 'anything').catch((error: unknown) => error)
    expect(refused).to.have.property('code', 'CONTROL_REFUSED')
  })

  it('reads a letter whole that was cut in two on its way', async () => {
    const body = Buffer.from(JSON.stringify('ação'))
    const cut = body.indexOf(Buffer.from('ç')) + 1
    const asking = request(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
    asking.write(body.subarray(0, cut))
    await sleep(50)
    asking.end(body.subarray(cut))
    const [answer] = await once(asking, 'response')
    answer.resume()
    expect(heard.at(-1)).to.equal('ação')
  })

  it('outlives whoever goes away in the middle of a question', async () => {
    const asking = request(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-length': 100 },
    })
    asking.on('error', () => {})
    asking.write('{"half":')
    await sleep(50)
    asking.destroy()
    await sleep(50)
    expect(await askInstance(url, token, 'still there')).to.deep.equal({ question: 'still there' })
  })
})
