/** Verifies the digests of a folder, one after another, and notes what they say of its files. */
import 'server-only'
import { createGunzip } from 'node:zlib'
import { pipeline } from 'node:stream/promises'
import { AwsProblem } from '@/lib/aws/errors'
import { sql, transaction, type Tx } from '@/lib/db/client'
import { storableText } from '../../storable'
import {
  isSignedBy,
  parseDigest,
  sha256,
  stepAfter,
  type ChainStep,
  type Digest,
  type Link,
} from './digest'
import { digestFolder, logFolder, readDigestName, timeOfLog, trailHome, trailName } from './names'
import type { LogPlace, LogSource } from './places'
import type { BucketReader } from './reader'

/** In a turn of one folder: four days. */
const mostInTurn = 100
/** A digest names the files of an hour. */
const mostBytes = 67_108_864
const hourMs = 3_600_000

type Finding = {
  object: string
  state: 'badDigest' | 'gap'
  since: Date
  until: Date
  problem: string
}
type Checked = {
  /** Null: it is no digest, or is not believed. */
  digest: Digest | null
  link: Link
  findings: Finding[]
}

/** Verifies the digests that are new. Returns whether there are more. Throws AwsProblem. */
export async function checkDigests(
  reader: BucketReader,
  source: LogSource,
  place: LogPlace,
  stop: AbortSignal,
): Promise<boolean> {
  const folder = digestFolder(source.prefix, place)
  let { lastDigest: last, digestsAfter: from } = place
  let done = 0
  for await (const names of reader.listFiles(folder, from)) {
    for (const object of names) {
      const named = readDigestName(object)
      // Digests of several trails can stand in one folder.
      if (!named || !isOf(source, named)) continue
      if (done >= mostInTurn) return true
      stop.throwIfAborted()
      const checked = await checkOne(reader, source, place, { object, at: named.at, last })
      await transaction((tx) => keep(tx, source, place, { object, from, ...checked }))
      last = checked.link
      from = object
      done += 1
    }
  }
  return false
}

const isOf = ({ trailArn }: LogSource, { trail, home }: { trail: string; home: string }) =>
  trail === trailName(trailArn) && home === trailHome(trailArn)

type Found = { object: string; at: Date; last: Link | null }

async function checkOne(
  reader: BucketReader,
  source: LogSource,
  place: LogPlace,
  { object, at, last }: Found,
): Promise<Checked> {
  const key = digestFolder(source.prefix, place) + object
  const { hash, signature, ...read } = await readDigest(reader, source, place.region, key)
  const link = { object: key, hash, signature }
  if (read.digest === null) {
    const since = new Date(at.getTime() - hourMs)
    return {
      digest: null,
      link: { ...link, until: at.toISOString() },
      findings: [{ object, state: 'badDigest', since, until: at, problem: read.problem }],
    }
  }
  const until = read.digest.digestEndTime.toISOString()
  const findings = findGap(object, last, read.digest)
  return { digest: read.digest, link: { ...link, until }, findings }
}

type DigestRead = { hash: string; signature: string } & (
  | { digest: Digest }
  | { digest: null; problem: string }
)

/** Reads a digest and verifies that CloudTrail signed it, here. Throws AwsProblem. */
export async function readDigest(
  reader: BucketReader,
  source: Pick<LogSource, 'bucket'>,
  region: string,
  key: string,
): Promise<DigestRead> {
  const { body, metadata } = await reader.open(key)
  const { signature = '' } = metadata
  const bad = (problem: string, hash = ''): DigestRead => ({
    digest: null,
    hash,
    signature,
    problem,
  })
  const text = await readText(body)
  if (text === null) return bad('The digest is a broken gzip')
  const hash = sha256(text)
  const digest = parseDigest(text)
  if (digest === null) return bad('The digest cannot be read', hash)
  const publicKey = await reader.findPublicKey({
    region,
    at: digest.digestEndTime,
    fingerprint: digest.digestPublicKeyFingerprint,
  })
  const refusal = refusalOf(digest, { bucket: source.bucket, key, hash, signature, publicKey })
  return refusal === null ? { digest, hash, signature } : bad(refusal, hash)
}

type Given = {
  bucket: string
  key: string
  hash: string
  signature: string
  publicKey: Uint8Array | undefined
}

/** Why a digest is not believed; null: it is. */
function refusalOf(digest: Digest, { bucket, key, hash, signature, publicKey }: Given) {
  if (digest.digestS3Object !== key || digest.digestS3Bucket !== bucket)
    return `The digest was written as s3://${digest.digestS3Bucket}/${digest.digestS3Object}, not here`
  if (!publicKey) return 'The digest names a public key that CloudTrail does not have'
  if (!isSignedBy(publicKey, digest, { hash, signature }))
    return 'The signature of the digest is not CloudTrail’s'
  return null
}

function findGap(object: string, last: Link | null, digest: Digest): Finding[] {
  const step = stepAfter(last, digest)
  const words = gapWords(step)
  if (words === null || last === null) return []
  const [since, until] = [new Date(last.until), digest.digestStartTime]
  // Of a digest that was altered its own hour is in doubt.
  const from = step.kind === 'altered' ? new Date(since.getTime() - hourMs) : since
  if (step.kind === 'anew' && until <= since) return []
  const to = until > from ? until : since
  return [{ object, state: 'gap', since: from, until: to, problem: words }]
}

function gapWords(step: ChainStep): string | null {
  if (step.kind === 'missing') return `The digest before, ${step.before}, is not in the bucket`
  if (step.kind === 'altered') return `The digest before, ${step.before}, was altered`
  return step.kind === 'anew' ? 'CloudTrail began to write digests anew' : null
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  let failed: unknown = null
  try {
    await pipeline(body, createGunzip(), async (unfolded: AsyncIterable<Buffer>) => {
      for await (const chunk of unfolded) {
        bytes += chunk.length
        if (bytes > mostBytes) return
        chunks.push(chunk)
      }
    })
  } catch (error) {
    failed = error
  }
  // To leave it early is a failure of the pipeline too.
  if (bytes > mostBytes) return null
  if (failed === null) return Buffer.concat(chunks).toString()
  const code = failed instanceof Error && 'code' in failed ? String(failed.code) : ''
  if (code.startsWith('Z_')) return null
  // The connection broke: it is read again in the next turn.
  const message = failed instanceof Error ? failed.message : String(failed)
  throw new AwsProblem('unavailable', code || 'BrokenOff', message, 's3:GetObject')
}

type Kept = Checked & { object: string; from: string }

/** Writes what a digest says, and that it was checked, in one: neither without the other. */
async function keep(
  tx: Tx,
  source: LogSource,
  place: LogPlace,
  { object, from, digest, link, findings }: Kept,
): Promise<void> {
  const { until } = link
  const moved = await tx.execute(
    sql`UPDATE "TrailLogPlace" SET "digestsAfter" = ${object}, "lastDigest" = ${link}::jsonb,
       "digestsFrom" = coalesce("digestsFrom", ${digest?.digestStartTime ?? new Date(until)}),
       "digestsUntil" = greatest("digestsUntil", ${until}::timestamptz)
     WHERE "id" = ${place.id} AND "digestsAfter" = ${from}`,
  )
  // Another worker has this source.
  if (moved === 0) throw new Error('The digests of this folder were checked by another worker.')
  for (const one of findings)
    await tx.execute(
      sql`INSERT INTO "TrailLogFile"
         ("placeId", "object", "state", "since", "deliveredAt", "problem")
       VALUES (${place.id}, ${one.object}, ${one.state}, ${one.since}, ${one.until},
         ${storableText(one.problem)})
       ON CONFLICT DO NOTHING`,
    )
  if (digest) await expectHashes(tx, source, place, digest)
}

/** Notes the hashes that files must have; a file that was not listed waits now. */
async function expectHashes(tx: Tx, source: LogSource, place: LogPlace, digest: Digest) {
  const folder = logFolder(source.prefix, place)
  const files = digest.logFiles.flatMap(({ s3Bucket, s3Object, hashValue }) => {
    const object = s3Object.slice(folder.length)
    const at = timeOfLog(object)
    const isHere = s3Bucket === source.bucket && s3Object.startsWith(folder)
    return isHere && at ? [{ object, at, hash: hashValue }] : []
  })
  await tx.execute(
    sql`INSERT INTO "TrailLogFile" AS f ("placeId", "object", "deliveredAt", "expected")
     SELECT ${place.id}, "object", "at", decode("hash", 'hex')
     FROM json_to_recordset(${JSON.stringify(files)}::json)
       g("object" text, "at" timestamptz, "hash" text)
     ON CONFLICT ("placeId", "object") DO UPDATE SET "expected" = excluded."expected",
       "state" = CASE
         WHEN f."state" IN ('read', 'altered') AND f."hash" <> excluded."expected" THEN 'altered'
         WHEN f."state" = 'altered' THEN 'read' ELSE f."state" END`,
  )
}
