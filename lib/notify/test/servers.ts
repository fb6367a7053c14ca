import http from 'node:http'
import net from 'node:net'

type Mail = { from: string; to: string[]; data: string }

const portOf = (server: net.Server): number => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** A mail server of forty lines: takes everything, unless `refuse` has an answer for an address. */
export async function startSmtp(refuse: (to: string) => string | null = () => null) {
  const mails: Mail[] = []
  const server = net.createServer((socket) => {
    let [mail, isData, rest] = [{ from: '', to: [], data: '' } as Mail, false, '']
    const say = (line: string) => socket.write(`${line}\r\n`)
    const answer = (line: string) => {
      if (isData) {
        if (line !== '.') {
          mail.data += `${line.replace(/^\./, '')}\n`
          return
        }
        isData = false
        mails.push(mail)
        mail = { from: '', to: [], data: '' }
        return say('250 taken')
      }
      if (/^(EHLO|HELO)/i.test(line)) return say('250 test')
      if (/^MAIL FROM:/i.test(line)) {
        mail.from = line.slice(10)
        return say('250 ok')
      }
      if (/^RCPT TO:/i.test(line)) {
        const to = line.slice(8).replace(/[<>]/g, '').trim()
        const refusal = refuse(to)
        if (refusal === null) mail.to.push(to)
        return say(refusal ?? '250 ok')
      }
      if (/^DATA/i.test(line)) {
        isData = true
        return say('354 go on')
      }
      if (/^QUIT/i.test(line)) {
        say('221 bye')
        return socket.end()
      }
      return say('250 ok')
    }
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      const lines = (rest + bytes.toString('utf8')).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) answer(line)
    })
    say('220 test')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `smtp://127.0.0.1:${portOf(server)}`,
    mails,
    stop: () => new Promise<void>((done) => server.close(() => done())),
  }
}

export type Posted = { path: string; headers: http.IncomingHttpHeaders; body: string }

/** A receiver of webhooks. `answer` says what each gets back; without one it is 200. */
export async function startReceiver(
  answer: (posted: Posted, response: http.ServerResponse) => unknown = (_, response) =>
    response.end(),
) {
  const posts: Posted[] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const posted = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }
      posts.push(posted)
      void answer(posted, response)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const stop = () =>
    new Promise<void>((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  return { port: portOf(server), url: `http://127.0.0.1:${portOf(server)}`, posts, stop }
}
