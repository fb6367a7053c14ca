import 'server-only'
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { requireSetting } from '../env'

/**
 * Where a webhook leads and what its messages are signed with, as they stand in the
 * settings: AES-256-GCM under a key that HKDF-SHA-256 makes of NEXTAUTH_SECRET for this
 * purpose alone, bound to the webhook's name. The database, its backups, the audit log and
 * exports hold only this. A new NEXTAUTH_SECRET makes it unreadable: the webhook then fails
 * with words that say so, and is set up again.
 */
const contentsSchema = z.object({ url: z.string(), secret: z.string() })
export type WebhookContents = z.output<typeof contentsSchema>

const keyOf = () =>
  Buffer.from(
    hkdfSync('sha256', requireSetting('NEXTAUTH_SECRET'), '', 'claviger notification hooks v1', 32),
  )
const ivBytes = 12
const tagBytes = 16

export function sealWebhook(name: string, contents: WebhookContents): string {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', keyOf(), iv, { authTagLength: tagBytes }).setAAD(
    Buffer.from(name),
  )
  const sealed = Buffer.concat([cipher.update(JSON.stringify(contents), 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64')
}

/** Null when it was sealed with another NEXTAUTH_SECRET, for another name, or was altered. */
export function openWebhook(name: string, sealed: string): WebhookContents | null {
  const key = keyOf()
  const bytes = Buffer.from(sealed, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), {
      authTagLength: tagBytes,
    }).setAAD(Buffer.from(name))
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
    const text = Buffer.concat([
      decipher.update(bytes.subarray(ivBytes + tagBytes)),
      decipher.final(),
    ]).toString('utf8')
    return contentsSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
