import 'server-only'
import { ListGrantsCommand } from '@aws-sdk/client-kms'
import { openKms } from '@/lib/aws/clients'
import { listPages } from '@/lib/aws/pages'
import { forEachKey, type SweptKey } from '@/lib/sweep/each-key'
import { readGrant, type GrantRow } from './grant-facts'
import { writeGrants, type GrantsSeen } from './grants-write'
import { askPart } from '@/lib/sweep/part'
import { defineSweep, type Outcome, type Run } from '@/lib/sweep/sweep'
import { sweepStatusBy } from '@/lib/sweep/sweep-status'

/** Calls under way; the quota of 100 a second is the limit, so more than it brings nothing. */
const width = 110
/**
 * The grants of every key. A hidden key refuses ListGrants as well and is
 * asked once only while it hides.
 */
async function sweepGrants(run: Run): Promise<Outcome> {
  const read = makeGrantsReader(run)
  await forEachKey(run, {
    kind: 'grants',
    part: 'grants',
    described: false,
    width,
    read: (key) =>
      key.problems.describe?.kind === 'denied' && key.problems.grants
        ? Promise.resolve({ arn: key.arn, grants: [], at: null, problems: {} })
        : read(key),
    write: (rows) => writeGrants(rows, 'sweep'),
  })
  return sweepStatusBy(run, 'kms:ListGrants')
}

export const grantsSweep = defineSweep({
  kind: 'grants',
  place: 'region',
  every: 4,
  after: 'core',
  priority: 1,
  lane: 'keys',
  needs: {
    'kms:ListGrants': {
      gives: 'grants',
      without:
        'Access given by grants is invisible: over-broad, orphaned and cross-account grants ' +
        'are not found, and expiry cannot be checked.',
    },
  },
  run: sweepGrants,
})

export function makeGrantsReader(
  run: Run,
): (key: Pick<SweptKey, 'arn' | 'keyId'>) => Promise<GrantsSeen> {
  const kms = openKms(run.reader)
  return async (key) => {
    const at = new Date(run.now()).toISOString()
    const problems: GrantsSeen['problems'] = {}
    const grants = await askPart(run, problems, 'grants', 'kms:ListGrants', async () => {
      const found: GrantRow[] = []
      for await (const page of listPages((Marker) =>
        run.call('kms:ListGrants', () =>
          kms.send(new ListGrantsCommand({ KeyId: key.keyId, Limit: 100, Marker })),
        ),
      )) {
        for (const grant of page.Grants ?? []) found.push(readGrant(key.arn, grant, at))
      }
      return found
    })
    return { arn: key.arn, grants: grants ?? [], at: grants === null ? null : at, problems }
  }
}
