/**
 * What the console does not know where it may not call an API: shown beside the refusal.
 * Pure; the page reads it too.
 */
export const apiWords: Readonly<Record<string, { gives: string; without: string }>> = {
  'kms:ListKeys': {
    gives: 'which keys there are',
    without: 'No key of this Region is known. Nothing else can be read either.',
  },
  'kms:DescribeKey': {
    gives: 'state, spec, usage, origin, manager',
    without:
      'Keys are known by id alone: no state, no spec, no deletion date, no expiry of imported material.',
  },
  'kms:ListAliases': {
    gives: 'aliases',
    without: 'Keys have no names here, and search by alias finds nothing.',
  },
  'kms:ListResourceTags': { gives: 'tags and owners', without: 'No owner, no filter by tag.' },
  'kms:GetKeyPolicy': {
    gives: 'key policies',
    without:
      'Who can use these keys cannot be said; policies are not watched for changes or for what is dangerous in them.',
  },
  'kms:GetKeyRotationStatus': {
    gives: 'whether keys rotate',
    without: 'Rotation is unknown: keys that do not rotate are not found.',
  },
  'kms:ListKeyRotations': {
    gives: 'rotation history and key materials',
    without:
      'No rotation dates, no on-demand rotations left, no expiry by material, and no monthly cost for symmetric keys.',
  },
  'kms:ListGrants': {
    gives: 'grants',
    without:
      'Access given by grants is invisible: over-broad, orphaned and cross-account grants ' +
      'are not found, and expiry cannot be checked.',
  },
  'kms:GetKeyLastUsage': {
    gives: 'when keys were used last',
    without: 'Unused keys cannot be told from used ones, except by the trail.',
  },
  'kms:DescribeCustomKeyStores': {
    gives: 'custom key stores',
    without: 'Connection trouble of CloudHSM and external key stores is not seen.',
  },
  'account:ListRegions': {
    gives: 'which Regions are enabled',
    without:
      'Only the Regions named for this account are swept; keys in others are not looked for.',
  },
  'iam:GetAccountAuthorizationDetails': {
    gives: 'users, groups, roles and their policies',
    without:
      'Access through IAM policies is unknown: answers about who can use a key are incomplete.',
  },
  'organizations:DescribeOrganization': {
    gives: 'which organization the account is in, or that it is in none',
    without:
      'Whether SCPs or RCPs apply is unknown, so no access is certain. Allow it, or state on ' +
      'the Accounts page that the account has no organization.',
  },
  'organizations:ListAccounts': {
    gives: 'the accounts of the organization',
    without: 'New accounts are not found by themselves.',
  },
  'organizations:ListRoots': {
    gives: 'the root of the organization',
    without: 'Policies attached to the root are unknown.',
  },
  'organizations:ListParents': {
    gives: 'the tree of units',
    without: 'Which unit an account is in, and so which policies reach it, is unknown.',
  },
  'organizations:DescribeOrganizationalUnit': {
    gives: 'names of units',
    without: 'Units are shown by their ids.',
  },
  'organizations:ListPolicies': {
    gives: 'service and resource control policies',
    without: 'What the organization forbids is unknown: access may be shown that it denies.',
  },
  'organizations:ListPoliciesForTarget': {
    gives: 'where those policies are attached',
    without: 'Whether a policy of the organization reaches an account is unknown.',
  },
  'organizations:DescribePolicy': {
    gives: 'the text of those policies',
    without: 'What they forbid is unknown.',
  },
  'servicequotas:ListServiceQuotas': {
    gives: 'quotas as applied',
    without: "The request budget goes by AWS's default quotas, and raised quotas are not shown.",
  },
  'servicequotas:ListAWSDefaultServiceQuotas': {
    gives: "AWS's default quotas",
    without: 'Quotas without an applied value are not shown.',
  },
  'sts:AssumeRole': {
    gives: 'the read role itself',
    without:
      'Nothing of this account can be read: create the role, or correct its trust policy and ExternalId.',
  },
}

/** What a missing permission costs, in a sentence. */
export function wordsOf(api: string): { gives: string; without: string } {
  return apiWords[api] ?? { gives: api, without: `What ${api} would say is unknown.` }
}

type Result = { status: string; keysDenied: number; keysFailed: number; keys: number }

/**
 * How an API fell short at a place: a status, and of how many keys where it answers for the others.
 */
export function wordsOfResult(gap: Result): { result: string; of: string | null } {
  const { status, keysDenied, keysFailed, keys } = gap
  if (status !== 'partial') return { result: wholeResults[status] ?? status, of: null }
  const missed = keysDenied + keysFailed
  if (missed === 0) return { result: 'Incomplete', of: null }
  const result = keysFailed === 0 ? 'Denied' : keysDenied === 0 ? 'Failed' : 'Denied or failed'
  const count = (number: number) => number.toLocaleString('en')
  return { result, of: `${count(missed)} of ${count(keys)} ${keys === 1 ? 'key' : 'keys'}` }
}

const wholeResults: Readonly<Record<string, string>> = {
  denied: 'Denied',
  throttled: 'Throttled',
  unsupported: 'Not supported here',
  failed: 'Failed',
}
