import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { AwsError } from '../call'
import type { Key, Material, World } from '../world'
import { currentMaterial } from './metadata'
import { familyOf } from './place'
import { specs } from './specs'

const making = new WeakMap<Material, Promise<void>>()
const privateKeys = new WeakMap<Material, KeyObject>()

export type KeyPair = { privateKey: Buffer; publicKey: Buffer }

export function requireCurrent(key: Key): Material {
  const material = currentMaterial(key)
  if (!material) throw new AwsError('KMSInvalidStateException', `${key.arn} is pending import.`)
  return material
}

/**
 * The bytes of a symmetric or HMAC key: made at first use, the same for every
 * member of a multi-Region set.
 */
export function secretOf(world: World, key: Key, material: Material): Uint8Array {
  const known =
    material.secret ?? findTwins(world, key, material).find((twin) => twin.secret)?.secret
  const secret = known ?? Uint8Array.from(randomBytes(specs[key.keySpec]?.bytes ?? 32))
  for (const twin of findTwins(world, key, material))
    if (twin.importState !== 'PENDING_IMPORT') twin.secret ??= secret
  return secret
}

export async function privateKeyOf(world: World, key: Key, material: Material): Promise<KeyObject> {
  await makePair(world, key, material)
  const known = privateKeys.get(material)
  if (known) return known
  if (!material.secret) throw new AwsError('KMSInternalException', '', 500)
  const made = createPrivateKey({ key: Buffer.from(material.secret), format: 'der', type: 'pkcs8' })
  privateKeys.set(material, made)
  return made
}

export async function publicKeyOf(world: World, key: Key, material: Material): Promise<Buffer> {
  await makePair(world, key, material)
  material.publicKey ??= createPublicKey(await privateKeyOf(world, key, material)).export({
    format: 'der',
    type: 'spki',
  })
  return Buffer.from(material.publicKey)
}

async function makePair(world: World, key: Key, material: Material) {
  if (material.secret) return
  const twins = findTwins(world, key, material)
  const made = twins.find((twin) => twin.secret)
  if (made) return void copyPair(made, [material])
  const underWay = twins.map((twin) => making.get(twin)).find((promise) => promise)
  if (underWay) {
    await underWay
    return makePair(world, key, material)
  }
  const promise = generatePair(key.keySpec).then((pair) => {
    copyPair(
      { secret: Uint8Array.from(pair.privateKey), publicKey: Uint8Array.from(pair.publicKey) },
      twins,
    )
  })
  for (const twin of twins) making.set(twin, promise)
  await promise
}

function copyPair(from: Pick<Material, 'secret' | 'publicKey'>, to: Material[]) {
  for (const material of to) {
    material.secret = from.secret
    material.publicKey = from.publicKey
  }
}

/** The same material in the other Regions of a multi-Region set, and itself. */
function findTwins(world: World, key: Key, material: Material): Material[] {
  if (!key.multiRegion) return [material]
  const twins = familyOf(world, key).flatMap((member) =>
    member.materials.filter((other) => other.id === material.id),
  )
  return twins.includes(material) ? twins : [material, ...twins]
}

/**
 * Off the main thread: RSA takes up to seconds. Throws UnsupportedOperationException where
 * this Node lacks the algorithm.
 */
export function generatePair(spec: string): Promise<KeyPair> {
  const {
    class: keyClass,
    bits,
    curve,
  } = specs[spec] ?? { class: 'ml-dsa', bits: undefined, curve: undefined }
  const encoding = {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  } as const
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, publicKey: Buffer, privateKey: Buffer) =>
      error ? reject(error) : resolve({ publicKey, privateKey })
    if (keyClass === 'rsa' && bits)
      generateKeyPair('rsa', { modulusLength: bits, ...encoding }, done)
    else if (curve === 'ed25519') generateKeyPair('ed25519', encoding, done)
    else if (keyClass === 'ecc' && curve)
      generateKeyPair('ec', { namedCurve: curve, ...encoding }, done)
    else reject(unsupportedCryptography(spec))
  })
}

export const unsupportedCryptography = (spec: string) =>
  new AwsError(
    'UnsupportedOperationException',
    `The sandbox cannot do the cryptography of ${spec}: this Node.js lacks the algorithm.`,
  )
