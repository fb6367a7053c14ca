import 'server-only'
import { z } from 'zod'
import { sql } from '../db/client'
import { env } from '../env'
import { sendMail } from './mail'
import { slackMessage, type Message } from './message'
import { postGuarded } from './post'
import { SendProblem } from './problem'
import { openWebhook } from './seal'
import { readNotificationSettings } from './settings'
import { signWebhook } from './webhook-signature'

export type Outgoing = {
  id: string
  channel: string
  target: string
  event: string
  requestId: string | null
  payload: unknown
  createdAt: Date
}

const payloadSchema = z.object({
  title: z.string(),
  body: z.string(),
  href: z.string(),
  needsAction: z.boolean(),
})

/**
 * Sends one message now, outside any transaction.
 * @throws SendProblem in words for an administrator when it did not arrive
 */
export async function send({ channel, target, payload, ...rest }: Outgoing): Promise<void> {
  const parsed = payloadSchema.safeParse(payload)
  if (!parsed.success) throw new SendProblem('The message as stored cannot be read.', true)
  const { href, ...words } = parsed.data
  const message: Message = { ...rest, ...words, link: new URL(href, env().CLAVIGER_URL).href }
  return channel === 'email' ? sendMail(target, message) : sendToWebhook(target, message)
}

async function sendToWebhook(name: string, message: Message): Promise<void> {
  const webhook = (await readNotificationSettings(sql)).webhooks.find((h) => h.name === name)
  if (!webhook) throw new SendProblem('This webhook was removed from the settings.', true)
  const { NEXTAUTH_SECRET, CLAVIGER_WEBHOOK_ALLOW } = env()
  if (!NEXTAUTH_SECRET)
    throw new SendProblem(
      'The worker cannot read the address of this webhook: NEXTAUTH_SECRET is not set for it.',
    )
  const contents = openWebhook(name, webhook.sealed)
  if (!contents)
    throw new SendProblem(
      'The address of this webhook cannot be read: NEXTAUTH_SECRET is not the one it was ' +
        'stored under. Remove the webhook and add it again.',
    )
  const posted =
    webhook.kind === 'slack'
      ? slackMessage(message)
      : signWebhook(message, contents.secret, Math.floor(Date.now() / 1000))
  await postGuarded(contents.url, posted, { allow: CLAVIGER_WEBHOOK_ALLOW })
}
