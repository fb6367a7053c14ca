/**
 * Says in words what is worth a look about a grant. Pure: what is flagged is found by SQL
 * (grants-sql.ts).
 */

export const grantFlags = [
  'orphaned',
  'duplicate',
  'overBroad',
  'crossAccount',
  'withoutEnd',
  'old',
] as const
export type GrantFlag = (typeof grantFlags)[number]

export const flagLabels: Readonly<Record<GrantFlag, string>> = {
  orphaned: 'orphaned',
  duplicate: 'duplicate',
  overBroad: 'over-broad',
  crossAccount: 'across accounts',
  withoutEnd: 'without end',
  old: 'over 90 days old',
}

/** Days from which on a grant counts as old: a number of ours, AWS has none. */
export const oldDays = 90

/** Codes of derived.grant_row.broad. */
type BroadReason = 'wholeAccount' | 'createGrant' | 'decryptAcross' | 'manyOperations'
const broadWords: Readonly<Record<BroadReason, string>> = {
  wholeAccount:
    'It names a whole account: every principal there whose IAM policies allow it can use the key.',
  createGrant:
    'With CreateGrant its holder can pass all of it on to others, whom nobody here has asked about.',
  decryptAcross:
    'It lets another account decrypt anything under this key: no encryption context and no source narrows it.',
  manyOperations:
    'It allows more than seven operations. No task that AWS documents needs more than seven.',
}
const isBroadReason = (code: string): code is BroadReason => Object.hasOwn(broadWords, code)

/**
 * yes, no; notApplicable: the grantee is an AWS service; unknown: nobody could read whether it is
 * there.
 */
export type GranteeExists = 'yes' | 'no' | 'notApplicable' | 'unknown'
/**
 * Why a grant exists: a request made it, somebody adopted it, an AWS service made it for itself, or
 * nobody here knows.
 */
export type Known = 'request' | 'adopted' | 'awsService' | 'nobody'

export type Flagged = {
  flags: readonly GrantFlag[]
  broad: readonly string[]
  copies: number
  granteeAccountId: string | null
  createdAt: string | null
  /** A unique id stands where the ARN of the grantee was. */
  showsUniqueId: boolean
}

/** Explains why a flag is on this grant. */
export function explainFlag(flag: GrantFlag, grant: Flagged): readonly string[] {
  switch (flag) {
    case 'orphaned':
      return [
        grant.showsUniqueId
          ? 'AWS shows the unique id of the grantee instead of its ARN: the principal was ' +
            'deleted. A new one of the same name does not get this grant.'
          : 'The IAM of the grantee’s account was read completely after this grant was made, ' +
            'and the grantee was not in it: it was deleted.',
      ]
    case 'duplicate':
      return [
        `${grant.copies} grants of this key have the same grantee, operations and ` +
          'constraints. Revoking one of them changes nothing while another stays.',
      ]
    case 'overBroad':
      return grant.broad.filter(isBroadReason).map((code) => broadWords[code])
    case 'crossAccount':
      return [
        `The grantee is in account ${grant.granteeAccountId ?? 'unknown'}, which is not the key’s.`,
      ]
    case 'withoutEnd':
      return [
        'Nothing ends it: AWS gives grants no end, and no request of ours says when this one is over.',
      ]
    case 'old':
      return [`It was made more than ${oldDays} days ago.`]
  }
}
