import 'server-only'
import type { Change } from '../../db/generated/client'
import { sql } from '../../db/client'
import { queueKeyReads, seenPriority } from '../../inventory/queue-key-reads'
import { queueSweeps } from '../../sweep/queue'
import { factsOf } from '../kinds/open'
import { kindOf } from '../kinds/registry'
import { parseKeyArn } from '../../kms/arn'

/** `outcome`: the newest there is. */
export type Ended = Pick<
  Change,
  'kind' | 'accountId' | 'region' | 'keyArn' | 'input' | 'baseline' | 'outcome'
>

/**
 * Has the inventory read again what a change touched, once it was done or undone: each key it
 * names, new ones too, and what its kind says where it names none.
 */
export async function queueAfterChange(change: Ended): Promise<void> {
  const { kind, accountId, region } = change
  if (accountId === null || region === null) return
  const touched = listKeyArns(change, accountId)
  await queueKeyReads(
    sql,
    touched.map((arn) => ({ keyArn: arn, reason: 'a change made here' })),
  )
  const rereads = kindOf(kind)?.rereads
  if (rereads && touched.length === 0)
    await queueSweeps([{ accountId, region, kind: rereads, priority: seenPriority }])
}

/**
 * Its own key, the one that was made, the other one of a multi-Region set, and the one that
 * an alias pointed to before.
 */
function listKeyArns({ keyArn, input, baseline, outcome }: Ended, accountId: string): string[] {
  const before = factsOf(baseline)
  const named = [
    keyArn,
    ...[input, baseline, outcome, before.target].flatMap((part) => Object.values(factsOf(part))),
  ]
  const isKey = (value: unknown): value is string =>
    typeof value === 'string' && parseKeyArn(value)?.accountId === accountId
  return [...new Set(named.filter(isKey))]
}
