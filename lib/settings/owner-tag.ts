import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { db, transaction } from '../db/client'

const name = 'ownerTag'
export const standardOwnerTag = 'owner'

/** The tag whose value says who owns a key. */
export async function readOwnerTag(_permit: Permit<'settings.read'>): Promise<string> {
  const setting = await db.setting.findUnique({ where: { name } })
  return typeof setting?.value === 'string' ? setting.value : standardOwnerTag
}

/** Keys show the new owner with their next sync. */
export async function setOwnerTag(
  { actor }: Permit<'settings.manage'>,
  { tag }: { tag: string },
): Promise<void> {
  await transaction(async (tx) => {
    await tx.setting.upsert({
      where: { name },
      create: { name, value: tag, updatedById: actor.id },
      update: {
        value: tag,
        updatedById: actor.id,
        updatedAt: new Date(),
        version: { increment: 1 },
      },
    })
    await appendAudit(tx, { event: 'setting.changed', actor, data: { name, value: tag } })
  })
}
