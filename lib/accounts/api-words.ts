import 'server-only'
import type { Need } from '../sweep/sweep'
import { sweeps } from './sweeps'

/** What is called beside the sweeps, and leaves a gap of its own where it is refused. */
const beside: Readonly<Record<string, Need>> = {
  'organizations:ListAccounts': {
    gives: 'the accounts of the organization',
    without: 'New accounts are not found by themselves.',
  },
  'sts:AssumeRole': {
    gives: 'the read role itself',
    without:
      'Nothing of this account can be read: create the role, or correct its trust policy and ExternalId.',
  },
}

/** What the console does not know where it cannot call an API: shown beside the refusal. */
const apiWords = new Map<string, Need>([
  ...Object.entries(beside),
  ...sweeps.flatMap(({ needs }) => Object.entries(needs)),
])

/** What a missing permission costs, in a sentence. */
export function wordsOf(api: string): Need {
  return apiWords.get(api) ?? { gives: api, without: `What ${api} would say is unknown.` }
}
