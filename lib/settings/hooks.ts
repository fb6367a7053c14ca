import 'server-only'
import type { Permit } from '../auth/permit'
import { env } from '../env'
import { AppError } from '../errors'
import type { NoticeEvent } from '../notify/events'
import { findUrlProblem } from '../notify/post'
import { makeHookSecret, openHook, sealHook, type HookContents } from '../notify/seal'
import type { Hook, HookKind } from '../notify/settings'
import { changeNotifications } from './notifications'

const mostHooks = 20
/** Slack's likes check no signature: the secret stays unseen. */
const shown = (kind: HookKind, secret: string) => ({ secret: kind === 'webhook' ? secret : null })

function checkUrl(url: string): string {
  const problem = findUrlProblem(url, env().CLAVIGER_WEBHOOK_ALLOW)
  if (problem)
    throw new AppError('invalid', 'Check the highlighted fields.', { fields: { url: [problem] } })
  return new URL(url).origin
}

function find(hooks: readonly Hook[], name: string): Hook {
  const hook = hooks.find((h) => h.name === name)
  if (!hook) throw new AppError('not_found', 'This webhook was removed already.')
  return hook
}

/** @throws AppError conflict when it was stored under another NEXTAUTH_SECRET */
function openOrRefuse(hook: Hook): HookContents {
  const contents = openHook(hook.name, hook.sealed)
  if (!contents)
    throw new AppError(
      'conflict',
      'What is stored of this webhook cannot be read: NEXTAUTH_SECRET is not the one it was stored under. Remove the webhook and add it again.',
    )
  return contents
}

/** @returns the signing secret, this one time; null where there is nothing to sign */
export async function addHook(
  permit: Permit<'settings.manage'>,
  { name, kind, url, events }: { name: string; kind: HookKind; url: string; events: NoticeEvent[] },
): Promise<{ secret: string | null }> {
  const origin = checkUrl(url)
  const secret = makeHookSecret()
  await changeNotifications(permit, (current) => {
    if (current.hooks.some((hook) => hook.name.toLowerCase() === name.toLowerCase()))
      throw new AppError('invalid', 'Check the highlighted fields.', {
        fields: { name: ['There is a webhook of this name.'] },
      })
    if (current.hooks.length >= mostHooks)
      throw new AppError(
        'conflict',
        `There are ${mostHooks} webhooks already, which is as many as there can be.`,
      )
    const hook: Hook = { name, kind, origin, sealed: sealHook(name, { url, secret }), events }
    return {
      next: { ...current, hooks: [...current.hooks, hook] },
      audited: { event: 'webhook.added', data: { webhook: name, kind, origin, events } },
    }
  })
  return shown(kind, secret)
}

/** Other events, and another address when one is given; the secret stays. */
export async function changeHook(
  permit: Permit<'settings.manage'>,
  { name, url, events }: { name: string; url: string | null; events: NoticeEvent[] },
): Promise<void> {
  const origin = url === null ? null : checkUrl(url)
  await changeNotifications(permit, (current) => {
    const before = find(current.hooks, name)
    const moved =
      url === null || origin === null
        ? {}
        : { origin, sealed: sealHook(name, { ...openOrRefuse(before), url }) }
    const hooks = current.hooks.map((hook) =>
      hook === before ? { ...hook, ...moved, events } : hook,
    )
    const data = {
      webhook: name,
      events,
      before: before.events,
      ...(origin === null ? {} : { addressChanged: true, origin }),
    }
    return { next: { ...current, hooks }, audited: { event: 'webhook.changed', data } }
  })
}

/** The secret before stops being used with the next message. @returns the new one, this one time */
export async function renewHookSecret(
  permit: Permit<'settings.manage'>,
  { name }: { name: string },
): Promise<{ secret: string | null }> {
  const secret = makeHookSecret()
  let kind: HookKind = 'webhook'
  await changeNotifications(permit, (current) => {
    const before = find(current.hooks, name)
    kind = before.kind
    const hooks = current.hooks.map((hook) =>
      hook === before
        ? { ...hook, sealed: sealHook(name, { ...openOrRefuse(before), secret }) }
        : hook,
    )
    return {
      next: { ...current, hooks },
      audited: { event: 'webhook.secretRenewed', data: { webhook: name } },
    }
  })
  return shown(kind, secret)
}

/** What still waits to be sent to it fails. */
export async function removeHook(
  permit: Permit<'settings.manage'>,
  { name }: { name: string },
): Promise<void> {
  await changeNotifications(permit, (current) => {
    const before = find(current.hooks, name)
    return {
      next: { ...current, hooks: current.hooks.filter((hook) => hook !== before) },
      audited: { event: 'webhook.removed', data: { webhook: name, origin: before.origin } },
    }
  })
}
