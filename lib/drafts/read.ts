import 'server-only'
import type { Permit } from '../auth/permit'
import { db } from '../db/client'
import { inScope } from '../db/scope'
import { AppError } from '../errors'
import type { KeyPlace } from '../inventory/read'

export type DraftRow = {
  id: string
  note: string
  author: string
  /** Whether the asker wrote it: only then it can be changed. */
  mine: boolean
  bytes: number
  createdAt: string
  updatedAt: string
  baseHash: string | null
  /** The key has another policy now than the one this was made from. */
  baseChanged: boolean
}
export type Draft = DraftRow & { text: string; keyArn: string }
type Reading = Permit<'keys.read' | 'access.read' | 'drafts.write'>

/**
 * Drafts of a key, the asker's own and those of others, newest first.
 * @throws AppError not_found for the key.
 */
export async function listDrafts(permit: Reading, place: KeyPlace): Promise<DraftRow[]> {
  const key = await getKeyOf(permit, place)
  const found = await db.policyDraft.findMany({
    where: { AND: [{ keyArn: key.arn }, inScope(permit.scope)] },
    include: { author: { select: { name: true } } },
    orderBy: [{ updatedAt: 'desc' }, { id: 'asc' }],
    take: 200,
  })
  return found.map((row) => toRow(row, key.policyHash, permit.actor.id))
}

/** @throws AppError not_found also for a draft of another key. */
export async function getDraft(permit: Reading, place: KeyPlace, id: string): Promise<Draft> {
  const key = await getKeyOf(permit, place)
  const found = await db.policyDraft.findFirst({
    where: { AND: [{ id, keyArn: key.arn }, inScope(permit.scope)] },
    include: { author: { select: { name: true } } },
  })
  if (!found)
    throw new AppError(
      'not_found',
      'There is no such draft of this key. Its author may have deleted it.',
    )
  return {
    ...toRow(found, key.policyHash, permit.actor.id),
    text: found.text,
    keyArn: found.keyArn,
  }
}

async function getKeyOf(permit: Reading, { accountId, region, keyId }: KeyPlace) {
  const where = { AND: [{ accountId, region, keyId }, inScope(permit.scope)] }
  const key = await db.key.findFirst({ where, select: { arn: true, policyHash: true } })
  if (!key)
    throw new AppError(
      'not_found',
      'There is no such key in the accounts you may see. It might not have been synced yet.',
    )
  return key
}

type Stored = {
  id: string
  note: string
  text: string
  authorId: string
  author: { name: string }
  createdAt: Date
  updatedAt: Date
  baseHash: string | null
}

function toRow(
  { id, note, text, authorId, author, createdAt, updatedAt, baseHash }: Stored,
  policyHash: string | null,
  actorId: string,
): DraftRow {
  return {
    id,
    note,
    author: author.name,
    mine: authorId === actorId,
    bytes: Buffer.byteLength(text),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    baseHash,
    baseChanged: policyHash !== null && baseHash !== policyHash,
  }
}
