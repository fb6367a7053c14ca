import 'server-only'
import type { Permit } from '../auth/permit'
import { reachesAccount, type Scope } from '../auth/permissions'
import { AppError } from '../errors'
import type { KeyPlace } from '../inventory/read'
import type { Because } from '../policy/answer'
import type { PolicyDocument } from '../policy/document'
import { BadRequest } from '../policy/request'
import { caseOf, explainAction } from './judge'
import { organizationGap } from './organization-facts'
import { accountOfPrincipal, type PrincipalFacts } from './principal-facts'
import { readKeyAccess, requirePrincipal, type KeyAccess, type ReadTimes } from './read'
import { useOf, type Use } from './usability'

export type Question = {
  principal: string
  /** kms:Decrypt */
  action: string
  /** Condition keys the asker knows; encryption context as kms:EncryptionContext:<key>. */
  context?: Readonly<Record<string, string>>
  /** True: what is not mentioned is not in the request. */
  complete?: boolean
}

/** A reason with the place it stands in. */
export type Reason = Because & {
  /** What the document is called; null where the source says nothing. */
  title: string | null
  document: string | null
  /** UTF-16 offsets of the statement in `document`. */
  span: { start: number; end: number } | null
}
export type Explained = {
  result: 'allow' | 'deny' | 'depends' | 'unknown'
  explicitDeny: boolean
  /**
   * Whether AWS takes it in the state the key is in; `result` speaks of policies and grants alone.
   */
  use: Use
  reasons: Reason[]
  principal: Pick<PrincipalFacts, 'id' | 'kind' | 'name' | 'accountId' | 'nearness' | 'connected'>
  keyArn: string
  readAt: ReadTimes
}

/**
 * Answers one question, with the path to the answer.
 * @throws AppError invalid for a principal or action that is none, not_found for the key.
 */
export async function explainAccess(
  permit: Permit<'access.read'>,
  place: KeyPlace,
  question: Question,
): Promise<Explained> {
  const access = await readKeyAccess(
    permit,
    place,
    [],
    [accountOfPrincipal(question.principal)].filter((id) => id !== null),
  )
  const principal = requirePrincipal(access, question.principal)
  const extra = { context: question.context, complete: question.complete }
  try {
    const { because, ...answer } = explainAction(access.key, principal, question.action, extra)
    const { id, kind, name, accountId, nearness, connected } = principal
    return {
      ...answer,
      use: useOf(question.action, access.key.keyState),
      keyArn: access.key.arn,
      readAt: access.readAt,
      principal: { id, kind, name, accountId, nearness, connected },
      reasons: [
        ...distinct(
          because.map((one) =>
            isBeyond(permit.scope, principal, one)
              ? withhold(principal, one)
              : locate(access, principal, question, one),
          ),
        ),
        ...(answer.result === 'unknown' ? settleOrganization(access, principal) : []),
      ],
    }
  } catch (error) {
    if (error instanceof BadRequest) throw new AppError('invalid', error.message)
    throw error
  }
}

/**
 * Does the reason stand in what the organization lays on an account that the person does not see?
 */
export const isBeyond = (
  scope: Scope,
  { accountId }: PrincipalFacts,
  { source }: Because,
): boolean =>
  source === 'serviceControlPolicies' && accountId !== null && !reachesAccount(scope, accountId)

/**
 * The verdict without the policy: which one it is, how deep it lies and what it says
 * are that account's affair.
 */
export function withhold({ accountId }: PrincipalFacts, { source, effect }: Because): Reason {
  const text =
    effect === 'Allow'
      ? `Service control policies let account ${accountId} do this.`
      : `Service control policies of account ${accountId} stand in the way, or are not ` +
        'known. You do not see that account, so they are not shown.'
  return {
    source,
    index: 0,
    sid: null,
    effect,
    path: '',
    text,
    title: null,
    document: null,
    span: null,
  }
}

/** What is withheld reads alike, and how often would tell how deep it lies. */
const distinct = (reasons: readonly Reason[]): Reason[] => [
  ...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values(),
]

/** Says what settles an organization not known, of the key's account or the principal's own. */
function settleOrganization(access: KeyAccess, principal: PrincipalFacts): Reason[] {
  const { organization } = access.sources
  const { accountId, serviceControlPolicies } = principal
  const open = {
    serviceControlPolicies:
      principal.connected && serviceControlPolicies === null ? accountId : null,
    resourceControlPolicies:
      access.key.resourceControlPolicies === null ? access.key.accountId : null,
  }
  const said = new Set<string>()
  return (['serviceControlPolicies', 'resourceControlPolicies'] as const).flatMap((source) => {
    const text = open[source] && organizationGap(organization, open[source])
    if (!text || said.has(text)) return []
    said.add(text)
    return [
      {
        source,
        text,
        index: 0,
        sid: null,
        effect: null,
        path: '',
        title: null,
        document: null,
        span: null,
      },
    ]
  })
}

/** Finds the statement a reason speaks of, in the document the evaluator was given. */
function locate(
  access: KeyAccess,
  principal: PrincipalFacts,
  { action }: Question,
  reason: Because,
): Reason {
  const nowhere = { ...reason, title: null, document: null, span: null }
  if (reason.source === 'grants') {
    const grant = access.key.grants?.[reason.index]
    return grant && reason.path
      ? {
          ...nowhere,
          title: `grant ${grant.Name ?? grant.GrantId ?? ''}`,
          document: JSON.stringify(grant, null, 2),
        }
      : nowhere
  }
  const [, inner, path = ''] = /^(?:\[(\d+)\]\.)?(.*)$/.exec(reason.path) ?? []
  const given = caseOf(access.key, principal, action)
  const list = reason.source === 'keyPolicy' ? [given.keyPolicy] : given[reason.source]
  const found =
    inner === undefined ? list?.[reason.index] : nested(list?.[reason.index], Number(inner))
  if (!isDocument(found)) return nowhere
  const index = /^Statement\[(\d+)\]/.exec(path)?.[1]
  const statement = index === undefined ? undefined : found.statements[Number(index)]
  return {
    ...reason,
    title: titleOf(principal, reason),
    document: found.text,
    span: statement?.span ?? null,
  }
}

const nested = (level: unknown, index: number): unknown =>
  Array.isArray(level) ? level[index] : undefined
const isDocument = (value: unknown): value is PolicyDocument =>
  typeof value === 'object' && value !== null && 'statements' in value && 'text' in value

function titleOf(principal: PrincipalFacts, { source, index }: Because): string {
  switch (source) {
    case 'keyPolicy':
      return 'key policy'
    case 'identityPolicies':
      return principal.titles.identityPolicies[index] ?? 'identity policy'
    case 'permissionBoundaries':
      return principal.titles.permissionBoundaries[index] ?? 'permissions boundary'
    case 'serviceControlPolicies':
      return `service control policy, level ${index + 1} from the root`
    case 'resourceControlPolicies':
      return `resource control policy, level ${index + 1} from the root`
    case 'sessionPolicies':
      return 'session policy'
    case 'vpcEndpointPolicies':
      return 'VPC endpoint policy'
    case 'grants':
      return 'grant'
  }
}
