import { createServer } from 'node:net'
import { expect } from 'chai'
import { temporaryHome } from '../test/parts/home.ts'
import { openMailbox } from '../test/parts/mailbox.ts'
import { openMailServer } from './mail.ts'

const letter = { to: 'ana@chain.example', subject: 'below cost', text: 'Rice was sold below cost.' }

describe('a mail server', () => {
  it('gets letters in the name of the chain, which say that a machine wrote them', async () => {
    const mailbox = await openMailbox()
    try {
      const { send, close } = serverAt(mailbox.url)
      await send({ ...letter, headers: { 'X-DataApp-Alert': 'a1' } })
      close()
      expect(mailbox.mails).to.have.length(1)
      expect(mailbox.mails[0]?.raw)
        .to.match(/^From: Lojas Sol <dataapp@localhost>/m)
        .and.match(/^Subject: Lojas Sol: below cost/m)
        .and.match(/^Auto-Submitted: auto-generated/m)
        .and.match(/^X-DataApp-Alert: a1/im)
    } finally {
      await mailbox.close()
    }
  })

  it('that answers in drops holds up no letter for ever', async () => {
    const drops = createServer(socket => {
      const timer = setInterval(() => socket.write('220-wait\r\n'), 50)
      socket.on('close', () => clearInterval(timer)).on('error', () => {})
    })
    await new Promise<void>(done => drops.listen(0, '127.0.0.1', done))
    const address = drops.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      const { send, close } = serverAt(`smtp://127.0.0.1:${port}`, 500)
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

function serverAt(url: string, patienceMs?: number) {
  const home = temporaryHome({ DATAAPP_SMTP_URL: url, DATAAPP_CHAIN_NAME: 'Lojas Sol' })
  home.remove()
  const server = openMailServer(home.config, patienceMs === undefined ? {} : { patienceMs })
  if (server === undefined) throw new Error('no mail server')
  return server
}
