import 'server-only'
import { factsOfPrincipal } from '../access/gather'
import { readKeyAccess, type KeyAccess, type ReadTimes } from '../access/read'
import { listGaps } from '../access/table'
import { parsedPolicy } from '../access/parsed'
import { reachesAccount } from '../auth/permissions'
import type { Permit } from '../auth/permit'
import { db } from '../db/client'
import { accountNames, type KeyPlace } from '../inventory/read'
import type { PolicyDocument } from '../policy/document'
import { inLineOf } from '../work/per-person'
import { analyzePolicyImpact, type PolicyImpact } from './policy-impact'
import type { OwnRoles } from './key-administrators'
import { listNewlyTrusted } from './latent'
import { getDraft } from './read'

export type TextImpact = PolicyImpact & {
  readAt: ReadTimes
  gaps: string[]
  /**
   * Other accounts that the text speaks of and today's policy does not, whatever is known of them.
   */
  newlyTrusted: string[]
  /** Names of the accounts in the asker's scope that it means something to. */
  accountNames: Readonly<Record<string, string>>
  /** What our own roles are to this account, where it is not a role we can weigh. */
  unweighed: string[]
}
/** How long one answer may be worked out, other people's turns included. */
export const patienceMs = 20_000

/** Says what an answer lacks that was cut for want of time. */
export const sayCut = (left: number, what: 'weigh' | 'compare', all: number): string[] =>
  left === 0
    ? []
    : [
        what === 'weigh'
          ? `There was no time to find out whether ${left} of ${all} principals could still ` +
            'change the policy.'
          : `There was no time to compare what ${left} of ${all} principals could do, and they ` +
            'are not listed.',
      ]

export type DraftImpact = TextImpact & { draft: { id: string; updatedAt: string } }

/**
 * What would change if a stored draft were put.
 * @throws AppError not_found for the key or the draft, too_many for a person who asks too much at
 *   once.
 */
export async function analyzeDraftImpact(
  permit: Permit<'access.read'>,
  place: KeyPlace,
  draftId: string,
): Promise<DraftImpact> {
  const draft = await getDraft(permit, place, draftId)
  const impact = await inLineOf(permit.actor.id, () => analyzeTextImpact(permit, place, draft.text))
  return { ...impact, draft: { id: draft.id, updatedAt: draft.updatedAt } }
}

/**
 * What would change if this text became the key's policy. `live`: the policy of now as AWS gave it,
 * where it was read again; otherwise the inventory's counts.
 * @throws AppError not_found for the key.
 */
export async function analyzeTextImpact(
  permit: Permit<'access.read' | 'requests.create'>,
  place: KeyPlace,
  text: string,
  live: string | null = null,
): Promise<TextImpact> {
  const until = performance.now() + patienceMs
  const document = parsedPolicy(text, 'key')
  const access = await readAccess(permit, place, document, live)
  const account = await db.account.findUnique({
    where: { id: place.accountId },
    select: { readRoleArn: true, writeRoleArn: true },
  })
  const own = ownRoles(access, account)
  const existing = { accounts: access.sources.iam.accounts, entities: access.sources.iam.entities }
  const impact = await analyzePolicyImpact(
    { key: access.key, principals: access.principals, own, existing },
    document,
    until,
  )
  const newlyTrusted = listNewlyTrusted(access.key.accountId, access.key.policy, document)
  const touched = (impact.accessImpact?.principals ?? []).flatMap(
    ({ accountId }) => accountId ?? [],
  )
  const inScope = [...touched, ...newlyTrusted].filter((id) => reachesAccount(permit.scope, id))
  return {
    ...impact,
    newlyTrusted,
    accountNames: Object.fromEntries(await accountNames(inScope)),
    readAt: access.readAt,
    gaps: [
      ...listGaps(access.readAt),
      ...sayCut(impact.keyAdministrators?.left ?? 0, 'weigh', access.principals.length),
      ...sayCut(impact.accessImpact?.left ?? 0, 'compare', access.principals.length),
    ],
    unweighed: [
      own.writer === null &&
        'This account has no role for changes, so whether Claviger itself could put this policy cannot be weighed.',
      own.reader === null &&
        'This account is read with the console’s own credentials, whose role is not known here.',
    ].filter((gap) => gap !== false),
  }
}

async function readAccess(
  permit: Permit<'access.read' | 'requests.create'>,
  place: KeyPlace,
  document: PolicyDocument,
  live: string | null,
): Promise<KeyAccess> {
  if (live === null) return readKeyAccess(permit, place, [document])
  const policy = parsedPolicy(live, 'key')
  const access = await readKeyAccess(permit, place, [document, policy])
  const readAt = { ...access.readAt, policy: new Date().toISOString() }
  return { ...access, key: { ...access.key, policy }, readAt }
}

function ownRoles(
  { key, sources, principals }: KeyAccess,
  account: { readRoleArn: string | null; writeRoleArn: string | null } | null,
): OwnRoles {
  const find = (id: string) =>
    principals.find((principal) => principal.id === id) ??
    factsOfPrincipal(sources, id, key.accountId)
  const partition = /^arn:([^:]+):/.exec(key.arn)?.[1] ?? 'aws'
  return {
    writer: account?.writeRoleArn ? find(account.writeRoleArn) : null,
    reader: account?.readRoleArn ? find(account.readRoleArn) : null,
    root: find(`arn:${partition}:iam::${key.accountId}:root`),
  }
}
