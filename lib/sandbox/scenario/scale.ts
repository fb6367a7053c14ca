import type { Account, Grant, Key, Material, RegionState, World } from '../world'
import { rootArn } from './demo/company'
import { allow, defaultPolicy, delegate, keyPolicy } from './demo/policies'
import { buildPlain } from './empty'
import { DAY, HOUR } from './make'
import { randomFor, type Random } from './random'
import type { DatedScenario } from './options'

const REGIONS = [
  'eu-west-1',
  'eu-central-1',
  'us-east-1',
  'us-west-2',
  'eu-north-1',
  'eu-west-2',
  'eu-west-3',
  'us-east-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'ap-south-1',
  'ca-central-1',
  'sa-east-1',
  'us-west-1',
  'ap-northeast-2',
  'ap-northeast-3',
]

type Kind = { spec: string; usage: string; origin?: Key['origin']; weight: number }

const KINDS: readonly Kind[] = [
  { spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT', weight: 78 },
  { spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT', origin: 'EXTERNAL', weight: 4 },
  { spec: 'RSA_2048', usage: 'SIGN_VERIFY', weight: 4 },
  { spec: 'RSA_4096', usage: 'ENCRYPT_DECRYPT', weight: 2 },
  { spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', weight: 5 },
  { spec: 'ECC_NIST_P384', usage: 'KEY_AGREEMENT', weight: 1 },
  { spec: 'HMAC_256', usage: 'GENERATE_VERIFY_MAC', weight: 4 },
  { spec: 'ML_DSA_65', usage: 'SIGN_VERIFY', weight: 1 },
  { spec: 'ECC_NIST_EDWARDS25519', usage: 'SIGN_VERIFY', weight: 1 },
]
const TEAMS = [
  'payments',
  'bookings',
  'tracking',
  'data',
  'platform',
  'security',
  'finance',
  'labs',
]
const CLASSES = ['public', 'internal', 'confidential', 'restricted']

/**
 * `keys` keys spread evenly over `accounts` and `regions`. Everything a key can share with another
 * (policy text, tags) is shared.
 */
export function buildScale(options: DatedScenario): World {
  const { keys = 10_000, accounts = 1, regions = 1, now } = options
  const ids = Array.from({ length: accounts }, (_, i) =>
    i === 0 ? '111122223333' : String(200_000_000_000 + i * 1_000_003),
  )
  const world = buildPlain('scale', ids, options)
  const places = [...world.accounts.values()].flatMap((account) =>
    REGIONS.slice(0, regions).flatMap((region): Place[] => {
      const state = account.regions.get(region)
      return state ? [{ account, state, policies: makePolicies(account) }] : []
    }),
  )
  for (let i = 0; i < keys; i += 1) {
    const place = places[i % places.length]
    if (place) addScaleKey(place, randomFor(world.seed, `scale/${i}`), i, now)
  }
  return world
}

type Place = { account: Account; state: RegionState; policies: string[] }

function makePolicies(account: Account): string[] {
  const use = ['kms:Decrypt', 'kms:GenerateDataKey']
  const teams = TEAMS.map((team) =>
    keyPolicy(delegate(account.id), allow(team, rootArn(account.id), use)),
  )
  return [defaultPolicy(account.id), ...teams].map((policy) => JSON.stringify(policy))
}

const sharedTags = TEAMS.flatMap((team) =>
  CLASSES.map(
    (dataClass) =>
      new Map([
        ['team', team],
        ['data-class', dataClass],
        ['owner', `${team}@sandbox.example`],
      ]),
  ),
)
const noTags = new Map<string, string>()

function addScaleKey(place: Place, random: Random, index: number, now: number): void {
  const { account, state } = place
  const kind = pickKind(random)
  const h = random.hex(32)
  const keyId = `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20)}`
  const createdAt = now - 20 * DAY - random.int(1500) * DAY - random.int(24) * HOUR
  const keyState = pickState(random, kind)
  const rotates = kind.spec === 'SYMMETRIC_DEFAULT' && kind.origin === undefined
  const tags = random.int(10) === 0 ? noTags : (sharedTags[random.int(sharedTags.length)] ?? noTags)
  const key: Key = {
    accountId: account.id,
    region: state.name,
    keyId,
    arn: `arn:aws:kms:${state.name}:${account.id}:key/${keyId}`,
    createdAt,
    description: random.int(5) === 0 ? '' : `Key ${index} of service ${index % 977}`,
    keyUsage: kind.usage,
    keySpec: kind.spec,
    origin: kind.origin ?? 'AWS_KMS',
    manager: 'CUSTOMER',
    state: keyState,
    settles: null,
    deletionAt: keyState === 'PendingDeletion' ? now + (7 + random.int(23)) * DAY : null,
    pendingWindowDays: keyState === 'PendingDeletion' ? 30 : null,
    policy: place.policies[random.int(place.policies.length)] ?? '',
    // Tags change by key, so each has a map of its own once it has any.
    tags: new Map(tags),
    grants: new Map(),
    customKeyStoreId: null,
    xksKeyId: null,
    multiRegion: null,
    rotation: rotates
      ? { enabled: random.int(3) > 0, periodDays: 365, nextAt: now + (1 + random.int(360)) * DAY }
      : null,
    onDemand: null,
    materials: makeMaterials(kind, keyState, random, now, createdAt),
    lastUsage: makeLastUsage(kind, keyState, random, now, createdAt),
  }
  for (let i = index % 10 === 0 ? 1 + random.int(3) : 0; i > 0; i -= 1) addGrant(key, random, now)
  state.keys.set(keyId, key)
  if (random.int(20) === 0) return
  const name = `alias/service-${index % 977}/key-${index}`
  state.aliases.set(name, {
    name,
    targetKeyId: keyId,
    createdAt: createdAt + 2000,
    updatedAt: createdAt + 2000,
  })
}

function pickKind(random: Random): Kind {
  let rest = random.int(100)
  return (
    KINDS.find((kind) => (rest -= kind.weight) < 0) ?? {
      spec: 'SYMMETRIC_DEFAULT',
      usage: 'ENCRYPT_DECRYPT',
      weight: 0,
    }
  )
}

function pickState(random: Random, kind: Kind): Key['state'] {
  const draw = random.int(100)
  if (draw < 4) return 'Disabled'
  if (draw < 7) return 'PendingDeletion'
  return kind.origin === 'EXTERNAL' && draw < 20 ? 'PendingImport' : 'Enabled'
}

function makeMaterials(
  kind: Kind,
  state: Key['state'],
  random: Random,
  now: number,
  createdAt: number,
): Material[] {
  if (state === 'PendingImport') return []
  const external = kind.origin === 'EXTERNAL'
  const rotated =
    !external && kind.spec === 'SYMMETRIC_DEFAULT' && createdAt < now - 400 * DAY
      ? random.int(3)
      : 0
  return Array.from(
    { length: rotated + 1 },
    (_, i): Material => ({
      id: random.hex(64),
      secret: null,
      publicKey: null,
      state: i === rotated ? 'CURRENT' : 'NON_CURRENT',
      importState: external ? 'IMPORTED' : null,
      expirationModel: external ? 'KEY_MATERIAL_DOES_NOT_EXPIRE' : null,
      validTo: null,
      description: null,
      rotatedAt: i === 0 ? null : createdAt + i * 180 * DAY,
      rotationType: i === 0 ? null : 'AUTOMATIC',
    }),
  )
}

const USUAL: Record<string, string> = {
  SIGN_VERIFY: 'Sign',
  GENERATE_VERIFY_MAC: 'GenerateMac',
  KEY_AGREEMENT: 'DeriveSharedSecret',
}

function makeLastUsage(
  kind: Kind,
  state: Key['state'],
  random: Random,
  now: number,
  createdAt: number,
): Key['lastUsage'] {
  if (state === 'PendingImport' || random.int(4) === 0) return null
  const at = now - random.int(150) * DAY - random.int(24) * HOUR
  const operation = USUAL[kind.usage] ?? 'Decrypt'
  if (at < createdAt) return null
  const id = random.hex(24)
  return {
    operation,
    at,
    eventId: `${id.slice(0, 8)}-0000-4000-8000-${id.slice(8, 20)}`,
    requestId: `${id.slice(0, 8)}-0000-4000-9000-${id.slice(12, 24)}`,
  }
}

function addGrant(key: Key, random: Random, now: number): void {
  const grantId = random.hex(64)
  key.grants.set(grantId, {
    grantId,
    name: null,
    createdAt: now - random.int(20) * DAY,
    granteePrincipal: `arn:aws:iam::${key.accountId}:role/service-${random.int(40)}`,
    granteeServicePrincipal: null,
    retiringPrincipal: null,
    retiringServicePrincipal: null,
    issuingAccount: `arn:aws:iam::${key.accountId}:root`,
    operations: operationsFor(key.keyUsage),
    encryptionContextSubset: null,
    encryptionContextEquals: null,
    sourceArn: null,
    tokens: [],
  } satisfies Grant)
}

function operationsFor(usage: string): string[] {
  return [USUAL[usage] ?? 'Decrypt', 'DescribeKey']
}
