import 'server-only'
import { createTransport } from 'nodemailer'
import { env } from '../env'
import { mailText, type Message } from './message'
import { SendProblem } from './problem'

/**
 * What SMTP_URL does not say itself: a server that hangs must not hold a message for
 * the library's ten minutes.
 */
const limits = {
  connectionTimeout: '10000',
  greetingTimeout: '10000',
  socketTimeout: '20000',
  dnsTimeout: '10000',
}

/**
 * One message over a connection of its own; TLS as SMTP_URL says (smtps: from the first byte, smtp:
 * as soon as the server offers it, `?requireTLS=true` or not at all).
 * @throws SendProblem, final when the server refuses this message for good (5xx)
 */
export async function sendMail(to: string, message: Message): Promise<void> {
  const { SMTP_URL, SMTP_FROM, CLAVIGER_URL } = env()
  if (!SMTP_URL)
    throw new SendProblem('There is no mail server: SMTP_URL is not set for the worker.')
  const url = new URL(SMTP_URL)
  for (const [name, value] of Object.entries(limits))
    if (!url.searchParams.has(name)) url.searchParams.set(name, value)
  const transport = createTransport(url.toString())
  try {
    await transport.sendMail({
      from: SMTP_FROM,
      to: { name: '', address: to },
      subject: message.title.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '),
      text: mailText(message),
      // The same at every try, so that a mailbox shows once what was sent twice.
      messageId: `<${message.id}@${new URL(CLAVIGER_URL).hostname}>`,
      date: message.createdAt,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Claviger-Event': message.event },
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  } catch (error) {
    throw toProblem(error)
  } finally {
    transport.close()
  }
}

const memberOf = (error: unknown, name: string): unknown =>
  error instanceof Error ? Reflect.get(error, name) : undefined

function toProblem(error: unknown): SendProblem {
  const [status, response, code] = [
    memberOf(error, 'responseCode'),
    memberOf(error, 'response'),
    memberOf(error, 'code'),
  ]
  if (typeof status === 'number') {
    const answer =
      typeof response === 'string' ? response.replace(/\p{Cc}+/gu, ' ').slice(0, 200) : status
    // A password refused today may be right tomorrow; a mailbox refused for good is not tried
    // again.
    return new SendProblem(
      `The mail server answered: ${answer}`,
      status >= 500 && code !== 'EAUTH',
      { cause: error },
    )
  }
  return new SendProblem(
    `The mail server could not be used (${typeof code === 'string' ? code : 'unknown'}).`,
    false,
    { cause: error },
  )
}
