import { createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto'
import type { Delivery, DeliveredFile, Trail, TrailSigner, World } from '../world'
import { storeTrailFile } from './log-files'
import { findSigner } from './signer'
import { datePath, digits, isoSecond, type Route } from './sources'

const hour = 3_600_000
/** How long after its hour a digest is there. */
const lagMs = 300_000

/**
 * Writes the digests that are due: one an hour, whether or not there were files, each with the hash
 * and signature of the one before.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
export function writeDigests(world: World, route: Route, delivery: Delivery, now: number): void {
  const start = delivery.digestedUntil ?? findStart(route)
  let from = start
  for (; from + hour + lagMs <= now; from += hour) {
    const until = from + hour
    if (isLoggingIn(route.trail, from, until)) writeDigest(world, route, delivery, until)
    else delivery.previous = null
  }
  delivery.digestedUntil = from
}

/** When the first digest of an account and Region is there; Infinity: never. */
export function findFirstDigest(route: Route): number {
  const isChained = route.trail.validatesSince !== null && route.source.state.events.length > 0
  return isChained ? findStart(route) + hour + lagMs : Infinity
}

/** Hours are counted from a second of the trail's own: AWS's do not begin on the clock's. */
function findStart({ trail, source }: Route): number {
  const first = source.state.events[0]?.at ?? 0
  const since = Math.max(trail.validatesSince ?? 0, first)
  const own = createHash('sha256').update(trail.arn).digest().readUInt16BE() % 3600
  return Math.floor((since - own * 1000) / hour) * hour + own * 1000
}

const isLoggingIn = (trail: Trail, from: number, until: number) =>
  trail.logging.some((period) => period.from < until && (period.to ?? Infinity) > from)

function writeDigest(world: World, route: Route, delivery: Delivery, until: number): void {
  const { trail, bucket, source } = route
  const signer = findSigner(world, source.region, until)
  const object = nameDigest(route, until)
  const files = delivery.undigested.filter(({ deliveredAt }) => deliveredAt <= until)
  delivery.undigested = delivery.undigested.filter(({ deliveredAt }) => deliveredAt > until)
  const { previous } = delivery
  const endTime = isoSecond(until)
  const text = JSON.stringify({
    awsAccountId: source.accountId,
    digestStartTime: isoSecond(until - hour),
    digestEndTime: endTime,
    digestS3Bucket: bucket.name,
    digestS3Object: object,
    digestPublicKeyFingerprint: signer.fingerprint,
    digestSignatureAlgorithm: 'SHA256withRSA',
    newestEventTime: latest(files.map(({ newest }) => newest)),
    oldestEventTime: files.map(({ oldest }) => oldest).sort()[0] ?? null,
    previousDigestS3Bucket: previous ? trail.s3BucketName : null,
    previousDigestS3Object: previous?.object ?? null,
    previousDigestHashValue: previous?.hash ?? null,
    previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
    previousDigestSignature: previous?.signature ?? null,
    logFiles: files.map((file) => describeFile(bucket.name, file)),
  })
  const hash = createHash('sha256').update(text).digest('hex')
  // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
  const signed = [endTime, `${bucket.name}/${object}`, hash, previous?.signature ?? 'null']
  const signature = sign('sha256', Buffer.from(signed.join('\n')), readKey(signer)).toString('hex')
  storeTrailFile(route, object, text, until + lagMs, {
    signature,
    'signature-algorithm': 'SHA256withRSA',
  })
  delivery.previous = { object, hash, signature }
}

const read = new WeakMap<TrailSigner, KeyObject>()

/** Read once: there are thousands to sign. */
function readKey(signer: TrailSigner): KeyObject {
  const known = read.get(signer)
  if (known) return known
  const key = createPrivateKey(signer.privateKey)
  read.set(signer, key)
  return key
}

const latest = (times: string[]) => times.sort().at(-1) ?? null

function describeFile(bucket: string, file: DeliveredFile) {
  return {
    s3Bucket: bucket,
    s3Object: file.object,
    hashValue: file.hash,
    hashAlgorithm: 'SHA-256',
    newestEventTime: file.newest,
    oldestEventTime: file.oldest,
  }
}

function nameDigest({ trail, source }: Route, until: number): string {
  const { accountId, region, digests } = source
  const named = `${accountId}_CloudTrail-Digest_${region}_${trail.name}_${trail.homeRegion}`
  return `${digests}${datePath(until)}${named}_${digits(until)}.json.gz`
}
