import 'server-only'
import { sql } from '../db/client'
import { daysAgo, forgetRows } from '../db/forget'
import { env } from '../env'

/** Forgets what nobody looks at any more: messages that went out or never will, and notices. */
export async function forgetOldNotices(): Promise<void> {
  const days = env()
  await forgetRows(
    '"Delivery"',
    sql`o."status" = 'sent' AND o."sentAt" < ${daysAgo(days.CLAVIGER_KEEP_SENT_DAYS)}`,
  )
  await forgetRows(
    '"Delivery"',
    sql`o."status" = 'failed' AND o."createdAt" < ${daysAgo(days.CLAVIGER_KEEP_FAILED_DAYS)}`,
  )
  await forgetRows(
    '"Notification"',
    sql`o."readAt" < ${daysAgo(days.CLAVIGER_KEEP_READ_NOTICES_DAYS)}`,
  )
  await forgetRows(
    '"Notification"',
    sql`o."createdAt" < ${daysAgo(days.CLAVIGER_KEEP_NOTICES_DAYS)}`,
  )
}
