import { createHash, generateKeyPairSync } from 'node:crypto'
import { authorizeService } from '../authz/authorize'
import { AwsError, type Call, type Input } from '../call'
import { placeOf } from '../accounts'
import { readNumber } from '../kms/read-input'
import type { TrailSigner, World } from '../world'

const validMs = 400 * 86_400_000

/** The key pair of a Region, which signs its digests; AWS has others in each Region. */
export function findSigner(world: World, region: string, at: number): TrailSigner {
  const known = world.trailSigners.get(region)
  if (known) return known
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const der = publicKey.export({ type: 'pkcs1', format: 'der' })
  const made: TrailSigner = {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: der.toString('base64'),
    fingerprint: createHash('md5').update(der).digest('hex'),
    validFrom: at - validMs,
    validUntil: at + validMs,
  }
  world.trailSigners.set(region, made)
  return made
}

/** ListPublicKeys: those of this Region that were valid in the time asked for, or are now. */
export function listPublicKeys(call: Call, input: Input): Input {
  authorizeService(call, { action: 'cloudtrail:ListPublicKeys', resourceArn: '*' })
  placeOf(call)
  const from = readNumber(input, 'StartTime') ?? call.now / 1000
  const until = readNumber(input, 'EndTime') ?? Math.max(from, call.now / 1000)
  if (from > until)
    throw new AwsError('InvalidTimeRangeException', 'StartTime must be before EndTime')
  const signer = findSigner(call.world, call.region, call.now)
  const { validFrom, validUntil } = signer
  const overlaps = validFrom / 1000 <= until && validUntil / 1000 >= from
  const key = {
    Value: signer.publicKey,
    ValidityStartTime: Math.floor(validFrom / 1000),
    ValidityEndTime: Math.floor(validUntil / 1000),
    Fingerprint: signer.fingerprint,
  }
  return { PublicKeyList: overlaps ? [key] : [] }
}
