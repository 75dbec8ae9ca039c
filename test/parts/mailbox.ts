import { SMTPServer } from 'smtp-server'

/** A letter as it arrived: to whom, as it was sent, and its parts as they were before they were packed for the way. */
export type Mail = { to: string; raw: string; parts: Buffer[] }
export type Mailbox = { url: string; mails: Mail[]; close: () => Promise<void> }

/** A real SMTP server on a free port that keeps what it is sent, and tells of it. */
export async function openMailbox(arrived: (mail: Mail) => void = () => {}): Promise<Mailbox> {
  const mails: Mail[] = []
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8')
        const to = session.envelope.rcptTo.map(({ address }) => address).join()
        const mail = { to, raw, parts: partsOf(raw) }
        mails.push(mail)
        arrived(mail)
        done()
      })
    },
  })
  // Whoever was killed in the middle of a letter leaves a connection that breaks.
  smtp.on('error', () => {})
  await new Promise<void>(done => smtp.listen(0, '127.0.0.1', done))
  const address = smtp.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    close: () => new Promise(done => smtp.close(() => done())),
  }
}

function partsOf(raw: string): Buffer[] {
  const [, boundary] = /boundary="([^"]+)"/.exec(raw) ?? []
  if (boundary === undefined) return [unpacked(raw)]
  return raw.split(`--${boundary}`).slice(1, -1).map(unpacked)
}

/** The body of a part: what stands after its head, in the packing that the head names. */
function unpacked(part: string): Buffer {
  const end = part.indexOf('\r\n\r\n')
  const [head, body] = [part.slice(0, end), part.slice(end + 4)]
  if (/transfer-encoding: base64/i.test(head)) return Buffer.from(body, 'base64')
  if (!/transfer-encoding: quoted-printable/i.test(head)) return Buffer.from(body)
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1')
}
