'use server'

import { z } from 'zod'
import { mostChanges } from '@/lib/changes/request/ask'
import { boundedTime } from '@/lib/changes/request/bounded-time'
import { prepareRequest } from '@/lib/changes/request/prepare'
import { action } from '@/lib/door/action'

const grant = z.object({
  accountId: z.string(),
  region: z.string(),
  keyArn: z.string(),
  grantId: z.string(),
})
const words = z.string().max(10_000)

/**
 * A draft: one change for each grant. Who asked sends it from its page, where it says what it
 * means and who can approve.
 */
export const askRevocation = action(
  'requests.create',
  z.object({
    grants: z
      .array(grant)
      .min(1, 'Choose a grant.')
      .max(mostChanges, `At most ${mostChanges} grants in one request.`),
    justification: words,
    ticket: words,
  }),
  (permit, { grants, justification, ticket }) =>
    prepareRequest(permit, {
      justification,
      ticket,
      changes: grants.map(({ grantId, ...place }) => ({
        ...place,
        kind: 'grant-revoke' as const,
        input: { grantId },
        startsAt: null,
      })),
    }),
)

/**
 * Gives a grant that nobody knows an owner, a reason and an end; null:
 * without one, which takes a right.
 */
export const askAdoption = action(
  'requests.create',
  z.object({
    grant,
    owner: words,
    reason: words,
    ticket: words,
    endsAt: boundedTime('Say a day.').nullable(),
  }),
  (permit, { grant: { grantId, ...place }, owner, reason, ticket, endsAt }) =>
    prepareRequest(permit, {
      justification: reason,
      ticket,
      changes: [
        {
          ...place,
          kind: 'grant-adopt',
          input: { grantId, owner, reason },
          startsAt: null,
          endsAt,
        },
      ],
    }),
)
