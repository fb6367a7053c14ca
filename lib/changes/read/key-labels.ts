import 'server-only'
import type { Change } from '../../db/generated/client'
import { db } from '../../db/client'
import type { Facts } from '../kinds/kind'
import { factsOf } from '../kinds/open'
import { otherKeyOf } from '../kinds/other-key'

/** `tags` null: they were never read. */
export type KeyLabel = { label: string; tags: Record<string, string> | null }

/** Reads what the keys of these changes are called, by ARN. */
export async function readKeyLabels(
  changes: readonly Change[],
): Promise<ReadonlyMap<string, KeyLabel>> {
  const keys = await db.key.findMany({
    where: {
      arn: {
        in: changes.flatMap((change) => [change.keyArn ?? [], otherKeyOf(change) ?? []].flat()),
      },
    },
    select: { arn: true, keyId: true, aliases: true, tags: true, tagsAt: true },
  })
  return new Map(
    keys.map(({ arn, keyId, aliases, tags, tagsAt }) => [
      arn,
      { label: aliases[0] ?? keyId, tags: tagsAt === null ? null : textRecord(factsOf(tags)) },
    ]),
  )
}

const textRecord = (facts: Facts): Record<string, string> =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, String(value)]))
