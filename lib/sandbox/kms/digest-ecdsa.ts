import { createECDH, randomBytes, type KeyObject } from 'node:crypto'

/**
 * ECDSA over a digest the caller computed (MessageType DIGEST), which node:crypto signs only
 * together with the hashing. Not constant in time: the keys are the sandbox's own.
 */
type Curve = { p: bigint; a: bigint; n: bigint; bytes: number }
type Point = { x: bigint; y: bigint } | null

const curves: Record<string, Curve> = {
  prime256v1: {
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    a: -3n,
    bytes: 32,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  secp384r1: {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    a: -3n,
    bytes: 48,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
  secp521r1: {
    p: 2n ** 521n - 1n,
    a: -3n,
    bytes: 66,
    n:
      (2n ** 265n - 6n) * 2n ** 256n +
      0x51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  },
  secp256k1: {
    p: 2n ** 256n - 2n ** 32n - 977n,
    a: 0n,
    bytes: 32,
    n: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  },
}

/** DER, as KMS gives ECDSA signatures. */
export function signEcdsaDigest(key: KeyObject, digest: Buffer): Buffer {
  const name = key.asymmetricKeyDetails?.namedCurve ?? ''
  const curve = curveOf(name)
  const d = toNumber(Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url'))
  const z = truncate(digest, curve.n)
  for (;;) {
    const k = (toNumber(randomBytes(curve.bytes + 8)) % (curve.n - 1n)) + 1n
    const r = (publicPoint(name, curve, k)?.x ?? 0n) % curve.n
    const s = (invert(k, curve.n) * (z + r * d)) % curve.n
    if (r !== 0n && s !== 0n) return writeDer(r, s)
  }
}

export function verifyEcdsaDigest(key: KeyObject, digest: Buffer, signature: Buffer): boolean {
  const name = key.asymmetricKeyDetails?.namedCurve ?? ''
  const curve = curveOf(name)
  const pair = readDer(signature)
  if (!pair || pair.r <= 0n || pair.s <= 0n || pair.r >= curve.n || pair.s >= curve.n) return false
  const jwk = key.export({ format: 'jwk' })
  const q = {
    x: toNumber(Buffer.from(jwk.x ?? '', 'base64url')),
    y: toNumber(Buffer.from(jwk.y ?? '', 'base64url')),
  }
  const w = invert(pair.s, curve.n)
  const u1 = (truncate(digest, curve.n) * w) % curve.n
  const sum = add(
    curve,
    multiply(curve, publicPoint(name, curve, 1n), u1),
    multiply(curve, q, (pair.r * w) % curve.n),
  )
  return sum !== null && sum.x % curve.n === pair.r
}

function curveOf(name: string): Curve {
  const curve = curves[name]
  if (!curve) throw new Error(`No curve ${name}`)
  return curve
}

/** k·G, by OpenSSL. */
function publicPoint(name: string, curve: Curve, k: bigint): Point {
  const ecdh = createECDH(name)
  ecdh.setPrivateKey(toBytes(k, curve.bytes))
  const point = ecdh.getPublicKey()
  return {
    x: toNumber(point.subarray(1, 1 + curve.bytes)),
    y: toNumber(point.subarray(1 + curve.bytes)),
  }
}

function multiply(curve: Curve, point: Point, factor: bigint): Point {
  let sum: Point = null
  let power = point
  for (let rest = factor; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = add(curve, sum, power)
    power = add(curve, power, power)
  }
  return sum
}

function add(curve: Curve, a: Point, b: Point): Point {
  if (a === null) return b
  if (b === null) return a
  const { p } = curve
  if (a.x === b.x && mod(a.y + b.y, p) === 0n) return null
  const slope =
    a.x === b.x
      ? (3n * a.x * a.x + curve.a) * invert(mod(2n * a.y, p), p)
      : (b.y - a.y) * invert(mod(b.x - a.x, p), p)
  const m = mod(slope, p)
  const x = mod(m * m - a.x - b.x, p)
  return { x, y: mod(m * (a.x - x) - a.y, p) }
}

const mod = (value: bigint, modulus: bigint) => ((value % modulus) + modulus) % modulus

function invert(value: bigint, modulus: bigint): bigint {
  let [r0, r1, t0, t1] = [modulus, mod(value, modulus), 0n, 1n]
  while (r1 !== 0n) {
    const quotient = r0 / r1
    ;[r0, r1] = [r1, r0 - quotient * r1]
    ;[t0, t1] = [t1, t0 - quotient * t1]
  }
  return mod(t0, modulus)
}

/** The leftmost bits of a digest, as many as the order has. */
function truncate(digest: Buffer, order: bigint): bigint {
  const excess = digest.length * 8 - order.toString(2).length
  return toNumber(digest) >> BigInt(Math.max(0, excess))
}

const toNumber = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex') || '0'}`)
const toBytes = (value: bigint, length: number) =>
  Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex')

function writeDer(r: bigint, s: bigint): Buffer {
  const body = Buffer.concat([writeInteger(r), writeInteger(s)])
  return Buffer.concat([
    Buffer.from(body.length < 128 ? [0x30, body.length] : [0x30, 0x81, body.length]),
    body,
  ])
}

function writeInteger(value: bigint): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  const signed = bytes.readUInt8(0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes
  return Buffer.concat([Buffer.from([0x02, signed.length]), signed])
}

function readDer(der: Buffer): { r: bigint; s: bigint } | null {
  const start = der[1] === 0x81 ? 3 : 2
  const length = start === 3 ? der[2] : der[1]
  if (der[0] !== 0x30 || length !== der.length - start) return null
  const r = readInteger(der, start)
  const s = r && readInteger(der, r.end)
  return r && s && s.end === der.length ? { r: r.value, s: s.value } : null
}

function readInteger(der: Buffer, at: number): { value: bigint; end: number } | null {
  const length = der[at + 1]
  if (der[at] !== 0x02 || length === undefined || length === 0 || at + 2 + length > der.length)
    return null
  return { value: toNumber(der.subarray(at + 2, at + 2 + length)), end: at + 2 + length }
}
