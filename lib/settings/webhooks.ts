import 'server-only'
import type { Permit } from '../auth/permit'
import { env } from '../env'
import { AppError } from '../errors'
import type { NoticeEvent } from '../notify/events'
import { findUrlProblem } from '../notify/post'
import { openWebhook, sealWebhook, type WebhookContents } from '../notify/seal'
import type { Webhook, WebhookKind } from '../notify/settings'
import { makeWebhookSecret } from '../notify/webhook-signature'
import { changeNotifications } from './notifications'

const mostWebhooks = 20
/** Slack's likes check no signature: the secret stays unseen. */
const shown = (kind: WebhookKind, secret: string) => ({
  secret: kind === 'webhook' ? secret : null,
})

function checkUrl(url: string): string {
  const problem = findUrlProblem(url, env().CLAVIGER_WEBHOOK_ALLOW)
  if (problem)
    throw new AppError('invalid', 'Check the highlighted fields.', { fields: { url: [problem] } })
  return new URL(url).origin
}

function find(webhooks: readonly Webhook[], name: string): Webhook {
  const webhook = webhooks.find((h) => h.name === name)
  if (!webhook) throw new AppError('not_found', 'This webhook was removed already.')
  return webhook
}

/** @throws AppError conflict when it was stored under another NEXTAUTH_SECRET */
function openOrRefuse(webhook: Webhook): WebhookContents {
  const contents = openWebhook(webhook.name, webhook.sealed)
  if (!contents)
    throw new AppError(
      'conflict',
      'What is stored of this webhook cannot be read: NEXTAUTH_SECRET is not the one it was ' +
        'stored under. Remove the webhook and add it again.',
    )
  return contents
}

/** @returns the signing secret, this one time; null where there is nothing to sign */
export async function addWebhook(
  permit: Permit<'settings.manage'>,
  {
    name,
    kind,
    url,
    events,
  }: { name: string; kind: WebhookKind; url: string; events: NoticeEvent[] },
): Promise<{ secret: string | null }> {
  const origin = checkUrl(url)
  const secret = makeWebhookSecret()
  await changeNotifications(permit, (current) => {
    if (current.webhooks.some((webhook) => webhook.name.toLowerCase() === name.toLowerCase()))
      throw new AppError('invalid', 'Check the highlighted fields.', {
        fields: { name: ['There is a webhook of this name.'] },
      })
    if (current.webhooks.length >= mostWebhooks)
      throw new AppError(
        'conflict',
        `There are ${mostWebhooks} webhooks already, which is as many as there can be.`,
      )
    const webhook: Webhook = {
      name,
      kind,
      origin,
      sealed: sealWebhook(name, { url, secret }),
      events,
    }
    return {
      next: { ...current, webhooks: [...current.webhooks, webhook] },
      audited: { event: 'webhook.added', data: { webhook: name, kind, origin, events } },
    }
  })
  return shown(kind, secret)
}

/** Other events, and another address when one is given; the secret stays. */
export async function changeWebhook(
  permit: Permit<'settings.manage'>,
  { name, url, events }: { name: string; url: string | null; events: NoticeEvent[] },
): Promise<void> {
  const origin = url === null ? null : checkUrl(url)
  await changeNotifications(permit, (current) => {
    const before = find(current.webhooks, name)
    const moved =
      url === null || origin === null
        ? {}
        : { origin, sealed: sealWebhook(name, { ...openOrRefuse(before), url }) }
    const webhooks = current.webhooks.map((webhook) =>
      webhook === before ? { ...webhook, ...moved, events } : webhook,
    )
    const data = {
      webhook: name,
      events,
      before: before.events,
      ...(origin === null ? {} : { addressChanged: true, origin }),
    }
    return { next: { ...current, webhooks }, audited: { event: 'webhook.changed', data } }
  })
}

/** The secret before stops being used with the next message. @returns the new one, this one time */
export async function renewWebhookSecret(
  permit: Permit<'settings.manage'>,
  { name }: { name: string },
): Promise<{ secret: string | null }> {
  const secret = makeWebhookSecret()
  let kind: WebhookKind = 'webhook'
  await changeNotifications(permit, (current) => {
    const before = find(current.webhooks, name)
    kind = before.kind
    const webhooks = current.webhooks.map((webhook) =>
      webhook === before
        ? { ...webhook, sealed: sealWebhook(name, { ...openOrRefuse(before), secret }) }
        : webhook,
    )
    return {
      next: { ...current, webhooks },
      audited: { event: 'webhook.secretRenewed', data: { webhook: name } },
    }
  })
  return shown(kind, secret)
}

/** What still waits to be sent to it fails. */
export async function removeWebhook(
  permit: Permit<'settings.manage'>,
  { name }: { name: string },
): Promise<void> {
  await changeNotifications(permit, (current) => {
    const before = find(current.webhooks, name)
    return {
      next: { ...current, webhooks: current.webhooks.filter((webhook) => webhook !== before) },
      audited: { event: 'webhook.removed', data: { webhook: name, origin: before.origin } },
    }
  })
}
