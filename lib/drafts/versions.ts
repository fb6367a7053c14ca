import 'server-only'
import { parsedPolicy } from '../access/parsed'
import { readKeyAccess, type ReadTimes } from '../access/read'
import { listGaps } from '../access/table'
import type { Permit } from '../auth/permit'
import { db } from '../db/client'
import { AppError } from '../errors'
import type { KeyPlace } from '../inventory/read'
import { getKeyRow } from '../inventory/read'
import { inLineOf } from '../work/per-person'
import { compareAccess, type AccessImpact } from './compare'
import { patienceMs, sayCut } from './draft-impact'

type VersionText = { id: string; hash: string; firstSeenAt: string; text: string }
export type VersionComparison = {
  from: VersionText
  to: VersionText
  /** null: one of the two cannot be read as a policy. */
  accessImpact: AccessImpact | null
  /**
   * Grants, IAM and the organization are those of today on both sides: how
   * they stood then is not kept.
   */
  readAt: ReadTimes
  gaps: string[]
}

/**
 * Two versions of a key's policy, as text and in what they mean.
 * @throws AppError not_found also for versions of another key, too_many for a person who asks too
 *   much at once.
 */
export function compareVersions(
  permit: Permit<'access.read'>,
  place: KeyPlace,
  fromId: string,
  toId: string,
): Promise<VersionComparison> {
  return inLineOf(permit.actor.id, () => compareTexts(permit, place, fromId, toId))
}

async function compareTexts(
  permit: Permit<'access.read'>,
  place: KeyPlace,
  fromId: string,
  toId: string,
): Promise<VersionComparison> {
  const until = performance.now() + patienceMs
  const { arn } = await getKeyRow(permit, place)
  const [from, to] = await Promise.all([readVersion(arn, fromId), readVersion(arn, toId)])
  const [before, after] = [parsedPolicy(from.text, 'key'), parsedPolicy(to.text, 'key')]
  const { key, principals, readAt } = await readKeyAccess(permit, place, [before, after])
  const [was, is] = [
    { ...key, policy: before },
    { ...key, policy: after },
  ]
  const accessImpact =
    before.broken || after.broken ? null : await compareAccess(was, is, principals, until)
  const cut = sayCut(accessImpact?.left ?? 0, 'compare', principals.length)
  return { from, to, readAt, gaps: [...listGaps(readAt), ...cut], accessImpact }
}

async function readVersion(keyArn: string, id: string): Promise<VersionText> {
  const version = await db.policyVersion.findFirst({ where: { id: BigInt(id), keyArn } })
  const document =
    version && (await db.policyDocument.findUnique({ where: { hash: version.hash } }))
  if (!version || !document)
    throw new AppError('not_found', 'There is no such version of this policy.')
  return {
    id: String(version.id),
    hash: version.hash,
    firstSeenAt: version.firstSeenAt.toISOString(),
    text: document.text,
  }
}
