import 'server-only'
import { createHash } from 'node:crypto'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { transaction, type Tx } from '../db/client'
import { inScope } from '../db/scope'
import { AppError } from '../errors'

type Permitted = Permit<'drafts.write'>
/**
 * What the editor must know after a save; `updatedAt` names the version the next save is made from.
 */
export type SavedDraft = { id: string; updatedAt: string }

export type NewDraft = { arn: string; text: string; note: string; baseHash: string | null }
/** `baseHash`: the author has looked at the policy of today and goes on from it. */
export type ChangedDraft = {
  arn: string
  id: string
  seenAt: string
  text: string
  note: string
  baseHash?: string
}

const mostDrafts = 50
/**
 * A save writes an entry at most this often for one draft: it saves itself while its author types.
 */
const auditEveryMs = 60_000

/**
 * @throws AppError not_found outside the person's scope, invalid for a base this key never had,
 *   conflict with too many of one's own.
 */
export async function createDraft(
  permit: Permitted,
  { arn, text, note, baseHash }: NewDraft,
): Promise<SavedDraft> {
  return transaction(async (tx) => {
    const key = await tx.key.findFirst({
      where: { AND: [{ arn }, inScope(permit.scope)] },
      select: { accountId: true },
    })
    if (!key)
      throw new AppError(
        'not_found',
        'There is no such key in the accounts you may write drafts for.',
      )
    await requireBase(tx, arn, baseHash)
    const own = await tx.policyDraft.count({ where: { keyArn: arn, authorId: permit.actor.id } })
    if (own >= mostDrafts)
      throw new AppError(
        'conflict',
        `You have ${own} drafts of this key. Delete one you no longer need.`,
      )
    const now = new Date()
    const draft = await tx.policyDraft.create({
      data: {
        keyArn: arn,
        accountId: key.accountId,
        authorId: permit.actor.id,
        text,
        note,
        baseHash,
        createdAt: now,
        updatedAt: now,
        auditedAt: now,
      },
    })
    await appendDraftAudit(tx, permit, 'draft.created', { ...draft, text })
    return { id: draft.id, updatedAt: now.toISOString() }
  })
}

/**
 * Saves one's own draft.
 * @throws AppError conflict when it was saved elsewhere since, forbidden for
 *   somebody else's, not_found.
 */
export async function changeDraft(
  permit: Permitted,
  { arn, id, seenAt, text, note, baseHash }: ChangedDraft,
): Promise<SavedDraft> {
  return transaction(async (tx) => {
    if (baseHash !== undefined) await requireBase(tx, arn, baseHash)
    const updatedAt = new Date(Math.max(Date.now(), Date.parse(seenAt) + 1))
    const { count } = await tx.policyDraft.updateMany({
      where: {
        AND: [
          { id, keyArn: arn, authorId: permit.actor.id, updatedAt: new Date(seenAt) },
          inScope(permit.scope),
        ],
      },
      data: { text, note, updatedAt, ...(baseHash === undefined ? {} : { baseHash }) },
    })
    if (count === 0) throw await whyNot(tx, permit, arn, id)
    const { count: due } = await tx.policyDraft.updateMany({
      where: {
        id,
        OR: [
          { auditedAt: null },
          { auditedAt: { lt: new Date(updatedAt.getTime() - auditEveryMs) } },
        ],
      },
      data: { auditedAt: updatedAt },
    })
    const draft = await tx.policyDraft.findUniqueOrThrow({ where: { id } })
    if (due > 0) await appendDraftAudit(tx, permit, 'draft.saved', draft)
    return { id, updatedAt: updatedAt.toISOString() }
  })
}

/** Deletes one's own draft. @throws AppError forbidden for somebody else's, not_found. */
export async function deleteDraft(
  permit: Permitted,
  { arn, id }: { arn: string; id: string },
): Promise<void> {
  await transaction(async (tx) => {
    const draft = await tx.policyDraft.findFirst({
      where: { AND: [{ id, keyArn: arn, authorId: permit.actor.id }, inScope(permit.scope)] },
    })
    const { count } = draft
      ? await tx.policyDraft.deleteMany({ where: { id, authorId: permit.actor.id } })
      : { count: 0 }
    if (!draft || count === 0) throw await whyNot(tx, permit, arn, id)
    await appendDraftAudit(tx, permit, 'draft.deleted', draft)
  })
}

async function whyNot(tx: Tx, permit: Permitted, arn: string, id: string): Promise<AppError> {
  const found = await tx.policyDraft.findFirst({
    where: { AND: [{ id, keyArn: arn }, inScope(permit.scope)] },
    select: { authorId: true },
  })
  if (!found) return new AppError('not_found', 'There is no such draft of this key.')
  if (found.authorId !== permit.actor.id)
    return new AppError(
      'forbidden',
      'Only its author can change a draft. Copy it into one of your own.',
    )
  return new AppError(
    'conflict',
    'This draft was saved in another window since. Reload it before you go on.',
  )
}

async function requireBase(tx: Tx, keyArn: string, hash: string | null): Promise<void> {
  if (hash === null) return
  const version = await tx.policyVersion.findFirst({
    where: { keyArn, hash },
    select: { id: true },
  })
  if (!version)
    throw new AppError(
      'invalid',
      'This key never had the policy the draft is said to be made from. Reload the page.',
    )
}

type Noted = {
  id: string
  keyArn: string
  accountId: string
  text: string
  baseHash: string | null
}

const appendDraftAudit = (
  tx: Tx,
  { actor }: Permitted,
  event: 'draft.created' | 'draft.saved' | 'draft.deleted',
  draft: Noted,
) =>
  appendAudit(tx, {
    event,
    actor,
    accountId: draft.accountId,
    keyArn: draft.keyArn,
    data: {
      draftId: draft.id,
      baseHash: draft.baseHash,
      bytes: Buffer.byteLength(draft.text),
      sha256: createHash('sha256').update(draft.text).digest('hex'),
    },
  })
