import 'server-only'
import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { keyIdOf, type SigningKey } from './signing'

/**
 * The handing over from one signing key to the next. Both sign it: the old key says who follows it,
 * the new one whom it follows. So who trusts either of the two trusts the other, and a key that a
 * stranger put beside the checkpoints is tied to nothing. Keys are SubjectPublicKeyInfo (DER) in
 * base64, signatures lower-case hex.
 */
const keyCertificateSchema = z.strictObject({
  oldKey: z.base64().max(200),
  newKey: z.base64().max(200),
  at: z.iso.datetime(),
  oldSignature: z.string().regex(/^[0-9a-f]{128}$/u),
  newSignature: z.string().regex(/^[0-9a-f]{128}$/u),
})
export type KeyCertificate = z.output<typeof keyCertificateSchema>

/** A line of JSON each, in the directory of the checkpoints. */
export const certificatesIn = (dir: string) => path.join(dir, 'key-certificates.jsonl')

/** What both sign: these members in this order as JSON without spaces, UTF-8. */
const toSigned = ({
  at,
  newKey,
  oldKey,
}: Pick<KeyCertificate, 'at' | 'newKey' | 'oldKey'>): Buffer =>
  Buffer.from(JSON.stringify({ at, newKey, oldKey, type: 'claviger.audit.keyCertificate' }))

const toText = (key: KeyObject) => key.export({ type: 'spki', format: 'der' }).toString('base64')

export function certifyKey(old: SigningKey, next: SigningKey, at: Date): KeyCertificate {
  const facts = {
    oldKey: toText(old.publicKey),
    newKey: toText(next.publicKey),
    at: at.toISOString(),
  }
  const signature = ({ privateKey }: SigningKey) =>
    sign(null, toSigned(facts), privateKey).toString('hex')
  return { ...facts, oldSignature: signature(old), newSignature: signature(next) }
}

type Tie = { old: KeyObject; next: KeyObject }

/** The two keys a line ties together; null when it is no certificate, or not signed by both. */
function readTie(line: string): Tie | null {
  try {
    const certificate = keyCertificateSchema.parse(JSON.parse(line))
    const [old, next] = [certificate.oldKey, certificate.newKey].map((text) => parseKey(text))
    if (!old || !next) return null
    const isBy = (key: KeyObject, signature: string) =>
      verify(null, toSigned(certificate), key, Buffer.from(signature, 'hex'))
    const { oldSignature, newSignature } = certificate
    return isBy(old, oldSignature) && isBy(next, newSignature) ? { old, next } : null
  } catch {
    return null
  }
}

function parseKey(text: string): KeyObject | null {
  const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
  return key.asymmetricKeyType === 'ed25519' ? key : null
}

/**
 * Certificates that stand beside checkpoints; none where there is no such file. Lines that
 * are none count for nothing.
 */
export function readTies(dir: string): Tie[] {
  const file = certificatesIn(dir)
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => readTie(line) ?? [])
}

/** A key to check signatures with, and why it is believed. */
export type TrustedKey = { key: KeyObject; from: string }

/** By id: the keys that were given, and every key that certificates tie to one of them. */
export function trustKeys(
  given: readonly TrustedKey[],
  ties: readonly Tie[],
): Map<string, TrustedKey> {
  const trusted = new Map(given.map((one) => [keyIdOf(one.key), one]))
  for (let before = -1; before < trusted.size; ) {
    before = trusted.size
    for (const { old, next } of ties) {
      const [oldId, nextId] = [keyIdOf(old), keyIdOf(next)]
      if (trusted.has(nextId) && !trusted.has(oldId)) {
        trusted.set(oldId, { key: old, from: `a certificate of key ${nextId}, which followed it` })
      }
      if (trusted.has(oldId) && !trusted.has(nextId)) {
        trusted.set(nextId, { key: next, from: `a certificate of key ${oldId}, which it followed` })
      }
    }
  }
  return trusted
}
