import { createServer } from 'node:net'
import { expect } from 'chai'
import { SMTPServer } from 'smtp-server'
import { temporaryHome } from '../test/parts/home.ts'
import { openMailServer } from './mail.ts'

const letter = { to: 'ana@chain.example', subject: 'below cost', text: 'Rice was sold below cost.' }

describe('a mail server', () => {
  it('gets letters in the name of the chain, which say that a machine wrote them', async () => {
    const letters: string[] = []
    const smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData(stream, _session, done) {
        let text = ''
        stream.on('data', chunk => {
          text += String(chunk)
        })
        stream.on('end', () => {
          letters.push(text)
          done()
        })
      },
    })
    await new Promise<void>(done => smtp.listen(0, '127.0.0.1', () => done()))
    try {
      const { send, close } = serverAt(smtp.server.address())
      await send({ ...letter, headers: { 'X-DataApp-Alert': 'a1' } })
      close()
      expect(letters).to.have.length(1)
      expect(letters[0])
        .to.match(/^From: Lojas Sol <dataapp@localhost>/m)
        .and.match(/^Subject: Lojas Sol: below cost/m)
        .and.match(/^Auto-Submitted: auto-generated/m)
        .and.match(/^X-DataApp-Alert: a1/im)
    } finally {
      await new Promise<void>(done => smtp.close(() => done()))
    }
  })

  it('that answers in drops holds up no letter for ever', async () => {
    const drops = createServer(socket => {
      const timer = setInterval(() => socket.write('220-wait\r\n'), 50)
      socket.on('close', () => clearInterval(timer)).on('error', () => {})
    })
    await new Promise<void>(done => drops.listen(0, '127.0.0.1', done))
    try {
      const { send, close } = serverAt(drops.address(), 500)
      const failed = await send(letter).then(
        () => 'sent',
        (error: unknown) => String(error),
      )
      close()
      expect(failed).to.match(/abort|timeout/i)
    } finally {
      await new Promise(done => drops.close(done))
    }
  })
})

function serverAt(address: unknown, patienceMs?: number) {
  const port = typeof address === 'object' && address !== null && 'port' in address ? address.port : 0
  const home = temporaryHome({ DATAAPP_SMTP_URL: `smtp://127.0.0.1:${port}`, DATAAPP_CHAIN_NAME: 'Lojas Sol' })
  home.remove()
  const server = openMailServer(home.config, patienceMs === undefined ? {} : { patienceMs })
  if (server === undefined) throw new Error('no mail server')
  return server
}
