/**
 * Reads and verifies digest files of CloudTrail as AWS describes it (lib/trail/README.md,
 * "Digests"): each names the log files of an hour with their hashes, is signed, and names the digest
 * before it with its hash and signature.
 */
import 'server-only'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { z } from 'zod'

const time = z.iso.datetime().transform((text) => new Date(text))
const schema = z.object({
  digestStartTime: time,
  digestEndTime: time,
  digestEndTimeText: z.string(),
  digestS3Bucket: z.string(),
  digestS3Object: z.string(),
  digestPublicKeyFingerprint: z.string(),
  digestSignatureAlgorithm: z.string(),
  previousDigestS3Object: z.string().nullish(),
  previousDigestHashValue: z.string().nullish(),
  previousDigestSignature: z.string().nullish(),
  logFiles: z.array(z.object({ s3Bucket: z.string(), s3Object: z.string(), hashValue: z.hex() })),
})
export type Digest = z.output<typeof schema>

/** A link of the chain: what the next digest says of the one before. */
export type Link = { object: string; hash: string; signature: string; until: string }

/** Returns what a digest says; null: it is none. */
export function parseDigest(text: string): Digest | null {
  try {
    const given: unknown = JSON.parse(text)
    if (typeof given !== 'object' || given === null) return null
    const endTime = 'digestEndTime' in given ? given.digestEndTime : null
    return schema.safeParse({ ...given, digestEndTimeText: endTime }).data ?? null
  } catch {
    return null
  }
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** `publicKey`: PKCS #1, DER, as ListPublicKeys gives it. */
export function isSignedBy(
  publicKey: Uint8Array,
  digest: Digest,
  { hash, signature }: { hash: string; signature: string },
): boolean {
  const { digestEndTimeText, digestS3Bucket, digestS3Object } = digest
  const signed = [
    digestEndTimeText,
    `${digestS3Bucket}/${digestS3Object}`,
    hash,
    digest.previousDigestSignature ?? 'null',
  ].join('\n')
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'pkcs1' })
    return verify('sha256', Buffer.from(signed), key, Buffer.from(signature, 'hex'))
  } catch {
    return false
  }
}

/** How a digest stands to the one that was read before it. */
export type ChainStep =
  | { kind: 'follows' }
  /** Nothing was read before it: where we begin. */
  | { kind: 'first' }
  /** CloudTrail began a chain anew: it did not log in between, or digests are gone. */
  | { kind: 'anew' }
  /** The digest before it is another one than what was read last. */
  | { kind: 'missing'; before: string }
  /** What was read before it is not what CloudTrail wrote. */
  | { kind: 'altered'; before: string }

export function stepAfter(last: Link | null, digest: Digest): ChainStep {
  const { previousDigestS3Object: before, previousDigestHashValue: hash } = digest
  if (last === null) return { kind: 'first' }
  if (!before) return { kind: 'anew' }
  if (before !== last.object) return { kind: 'missing', before }
  const isSame = hash === last.hash && digest.previousDigestSignature === last.signature
  return isSame ? { kind: 'follows' } : { kind: 'altered', before }
}
