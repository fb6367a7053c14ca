import 'server-only'
import {
  describeOrganization,
  noteMembers,
  noteNoOrganization,
  noteRefusal,
} from '@/lib/accounts/organization'
import { openOrganizations } from '@/lib/aws/clients'
import { AwsProblem } from '@/lib/aws/errors'
import { db, transaction } from '@/lib/db/client'
import type { Run } from '@/lib/sweep/sweep'

/** What a sweep that asks it needs beside its own. */
export const membershipNeeds = {
  'organizations:DescribeOrganization': {
    gives: 'which organization the account is in, or that it is in none',
    without:
      'Whether SCPs or RCPs apply is unknown, so no access is certain. Allow it, or state on ' +
      'the Accounts page that the account has no organization.',
  },
}

/**
 * Asks an account, through its own read role, which organization it is in, and keeps the answer:
 * any account can be asked that. Needed only for one that no organization listed. A refusal leaves
 * it unknown, and what the sweep is about is read all the same.
 */
export async function askMembership(run: Run): Promise<void> {
  const { accountId } = run.lease
  const account = await db.account.findUnique({ where: { id: accountId } })
  const node = await db.organizationNode.findUnique({ where: { id: accountId } })
  if (!account || node !== null || isListed(account)) return
  const client = openOrganizations(run.reader)
  try {
    const answer = await run.call('organizations:DescribeOrganization', () =>
      describeOrganization(client),
    )
    await transaction((tx) =>
      answer === 'none'
        ? noteNoOrganization(tx, accountId)
        : noteMembers(tx, answer.id, [accountId]),
    )
  } catch (error) {
    if (!(error instanceof AwsProblem)) throw error
    // Throttled or unreachable says nothing about what AWS answered before.
    if (error.kind === 'denied') await transaction((tx) => noteRefusal(tx, accountId, error))
  }
}

/**
 * ListAccounts of an organization gives a state; `LEFT` is our own word for one it lists no more.
 */
const isListed = ({ state }: { state: string | null }) => state !== null && state !== 'LEFT'
