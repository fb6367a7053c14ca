import { describe, expect, it } from 'vitest'
import type { Account, Key, TrailEvent, World } from '../../world'
import { buildScenario } from '../build'
import { readTruth } from '../truth'
import { isCrypto } from './calls'
import { fillHistory } from '../history'

const now = Date.UTC(2026, 10, 18, 9, 30)
const world = buildScenario({ scenario: 'demo', seed: 7, now })
const keys = listKeys(world)

function listKeys(of: World): Key[] {
  return [...of.accounts.values()].flatMap((account) =>
    [...account.regions.values()].flatMap((region) => [...region.keys.values()]),
  )
}

function listTruth(of: World): string {
  return JSON.stringify(
    [...of.accounts.values()].flatMap((account) =>
      [...account.regions.keys()].map((region) => readTruth(of, { account: account.id, region })),
    ),
  )
}

const arnIn = (event: TrailEvent | undefined) =>
  /"ARN":"([^"]+)"/.exec(JSON.stringify(event?.record.resources))?.[1] ?? 'none'

const customer = keys.filter((key) => key.manager === 'CUSTOMER')
const valuesOf = (read: (key: Key) => string) => new Set(customer.map(read))

describe('the demo', () => {
  it('is the same for a seed and other for another', () => {
    expect(listTruth(buildScenario({ scenario: 'demo', seed: 7, now }))).toBe(listTruth(world))
    const other = listKeys(buildScenario({ scenario: 'demo', seed: 8, now }))
    expect(other.filter((key) => keys.some((own) => own.keyId === key.keyId))).toEqual([])
  })

  it('has every spec with every usage, every origin, every lasting state, both owners and all scopes', () => {
    const combinations = [
      'SYMMETRIC_DEFAULT ENCRYPT_DECRYPT',
      ...['224', '256', '384', '512'].map((size) => `HMAC_${size} GENERATE_VERIFY_MAC`),
      ...['2048', '3072', '4096'].flatMap((size) => [
        `RSA_${size} ENCRYPT_DECRYPT`,
        `RSA_${size} SIGN_VERIFY`,
      ]),
      ...['P256', 'P384', 'P521'].flatMap((curve) => [
        `ECC_NIST_${curve} SIGN_VERIFY`,
        `ECC_NIST_${curve} KEY_AGREEMENT`,
      ]),
      'ECC_NIST_EDWARDS25519 SIGN_VERIFY',
      'ECC_SECG_P256K1 SIGN_VERIFY',
      ...['44', '65', '87'].map((size) => `ML_DSA_${size} SIGN_VERIFY`),
      ...['512', '768', '1024'].map((size) => `ML_KEM_${size} ENCAPSULATE_DECAPSULATE`),
    ]
    expect(valuesOf((key) => `${key.keySpec} ${key.keyUsage}`)).toEqual(new Set(combinations))
    expect(valuesOf((key) => key.origin)).toEqual(
      new Set(['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE']),
    )
    expect(valuesOf((key) => key.state)).toEqual(
      new Set([
        'Enabled',
        'Disabled',
        'PendingDeletion',
        'PendingImport',
        'PendingReplicaDeletion',
        'Unavailable',
      ]),
    )
    expect(valuesOf((key) => key.multiRegion?.type ?? 'SINGLE')).toEqual(
      new Set(['SINGLE', 'PRIMARY', 'REPLICA']),
    )
    expect(keys.length - customer.length).toBeGreaterThanOrEqual(12)
    expect(customer.length).toBeGreaterThanOrEqual(60)
  })

  it('has policies that KMS would take, one of them near the limit of 32,768 bytes', () => {
    for (const key of keys) {
      expect(() => JSON.parse(key.policy)).not.toThrow()
      expect(key.policy).toMatch(/^[\t\n\r\u0020-\u00ff]+$/)
    }
    const largest = Math.max(...keys.map((key) => Buffer.byteLength(key.policy)))
    expect(largest).toBeLessThanOrEqual(32_768)
    expect(largest).toBeGreaterThan(32_768 * 0.8)
  })

  it('has families that share what AWS shares and one primary each', () => {
    const families = new Map<string, Key[]>()
    for (const key of keys.filter((one) => one.multiRegion))
      families.set(key.keyId, [...(families.get(key.keyId) ?? []), key])
    for (const family of families.values()) {
      expect(family.filter((key) => key.multiRegion?.type === 'PRIMARY')).toHaveLength(1)
      const shared = family.map((key) =>
        JSON.stringify([
          key.keySpec,
          key.keyUsage,
          key.origin,
          key.rotation,
          key.materials.map((one) => [one.id, one.rotatedAt, one.state]),
          key.multiRegion?.primaryRegion,
        ]),
      )
      expect(new Set(shared).size).toBe(1)
    }
  })

  it('grants only what the key can do and constrains only where AWS allows it', () => {
    const always = ['CreateGrant', 'DescribeKey', 'RetireGrant']
    const allowed: Record<string, string[]> = {
      'SYMMETRIC_DEFAULT ENCRYPT_DECRYPT': [
        'Encrypt',
        'Decrypt',
        'ReEncryptFrom',
        'ReEncryptTo',
        'GenerateDataKey',
        'GenerateDataKeyWithoutPlaintext',
        'GenerateDataKeyPair',
        'GenerateDataKeyPairWithoutPlaintext',
      ],
      KEY_AGREEMENT: ['DeriveSharedSecret', 'GetPublicKey'],
    }
    for (const key of keys) {
      for (const grant of key.grants.values()) {
        const fits = [
          ...always,
          ...(allowed[`${key.keySpec} ${key.keyUsage}`] ?? allowed[key.keyUsage] ?? []),
        ]
        expect(grant.operations.filter((operation) => !fits.includes(operation))).toEqual([])
        if (grant.encryptionContextEquals ?? grant.encryptionContextSubset)
          expect(key.keySpec).toBe('SYMMETRIC_DEFAULT')
        expect(grant.granteePrincipal === null).toBe(grant.granteeServicePrincipal !== null)
        if (grant.granteeServicePrincipal)
          expect([grant.sourceArn, grant.retiringServicePrincipal]).not.toContain(null)
        expect(grant.granteePrincipal ?? 'x').toMatch(/^[\w+=,.@:/-]{1,256}$/)
        expect(grant.createdAt).toBeLessThan(now)
      }
    }
  })

  it('has one key at 22 of 25 on-demand rotations, and materials named as AWS names them', () => {
    const onDemand = keys.map(
      (key) => key.materials.filter((material) => material.rotationType === 'ON_DEMAND').length,
    )
    expect(Math.max(...onDemand)).toBe(22)
    for (const key of keys) {
      for (const material of key.materials) expect(material.id).toMatch(/^[a-f0-9]{64}$/)
      const current = key.materials.filter((material) => material.state === 'CURRENT').length
      expect(current).toBe(key.materials.length === 0 ? 0 : 1)
      if (key.state === 'PendingImport')
        expect(key.materials.every((material) => material.importState === 'PENDING_IMPORT')).toBe(
          true,
        )
    }
  })

  it('binds each alias to a key of its Region', () => {
    for (const account of world.accounts.values()) {
      for (const region of account.regions.values()) {
        for (const alias of region.aliases.values()) {
          expect(alias.name).toMatch(/^alias\/[a-zA-Z0-9/_-]{1,250}$/)
          if (alias.targetKeyId !== null) expect(region.keys.has(alias.targetKeyId)).toBe(true)
        }
      }
    }
  })
})

describe('its people', () => {
  const accounts = [...world.accounts.values()]

  it('hold policies, boundaries and groups that are there', () => {
    for (const account of accounts) {
      const own = (arn: string) =>
        arn.startsWith('arn:aws:iam::aws:policy/') || account.policies.has(arn)
      for (const entity of [...account.roles.values(), ...account.users.values()]) {
        const arns = [...entity.attachedPolicyArns, entity.permissionsBoundaryArn].filter(
          (arn) => arn !== null,
        )
        expect(arns.filter((arn) => !own(arn))).toEqual([])
        for (const document of entity.inlinePolicies.values())
          expect(JSON.parse(document)).toHaveProperty('Statement')
      }
      for (const user of account.users.values())
        expect(user.groups.filter((group) => !account.groups.has(group))).toEqual([])
      for (const role of account.roles.values())
        expect(JSON.parse(role.trustPolicy)).toHaveProperty('Statement')
    }
  })

  it('have unique ids, and an access key each', () => {
    const entities = accounts.flatMap((account) => [
      ...account.roles.values(),
      ...account.users.values(),
    ])
    expect(new Set(entities.map((entity) => entity.id)).size).toBe(entities.length)
    expect([...world.accessKeys.values()].map((key) => key.principalArn).sort()).toEqual(
      entities.map((entity) => entity.arn).sort(),
    )
    for (const id of world.accessKeys.keys()) expect(id).toMatch(/^AKIA[A-Z2-7]{16}$/)
  })

  it('give the console its two roles everywhere but a write role in one account, and fewer rights in another', () => {
    const roles = (name: string) =>
      accounts.filter((account) => account.roles.has(name)).map((account) => account.name)
    expect(roles('ClavigerRead')).toHaveLength(accounts.length)
    expect(
      accounts
        .map((account) => account.name)
        .filter((name) => !roles('ClavigerWrite').includes(name)),
    ).toEqual(['halden-security'])
    const readPolicy = (account: Account) =>
      account.roles.get('ClavigerRead')?.inlinePolicies.get('ClavigerRead')
    const mayListGrants = (account: Account) => readPolicy(account)?.includes('kms:ListGrants')
    const blind = accounts.filter((account) => !mayListGrants(account))
    expect(blind.map((account) => account.name)).toEqual(['halden-shared-services'])
  })
})

describe('its trail', () => {
  const seen = structuredClone(world)
  for (const account of seen.accounts.values())
    for (const region of account.regions.keys()) fillHistory(seen, account.id, region)
  const events = [...seen.accounts.values()].flatMap((account) =>
    [...account.regions.values()].flatMap((region) => region.events),
  )

  it('lies within 90 days before now, in order, each event once', () => {
    for (const account of seen.accounts.values()) {
      for (const region of account.regions.values()) {
        const times = region.events.map((event) => event.at)
        expect(times).toEqual([...times].sort((a, b) => a - b))
      }
    }
    expect(Math.max(...events.map((event) => event.at))).toBeLessThan(now)
    expect(Math.min(...events.map((event) => event.at))).toBeGreaterThan(now - 91 * 86_400_000)
    expect(new Set(events.map((event) => event.eventId)).size).toBe(events.length)
    expect(events.length).toBeGreaterThan(10_000)
    expect(events.length).toBeLessThan(60_000)
  })

  it('agrees with the last use of every key', () => {
    for (const key of listKeys(seen)) {
      const region = seen.accounts.get(key.accountId)?.regions.get(key.region)
      const uses = (region?.events ?? []).filter(
        ({ record }) =>
          record.errorCode === undefined &&
          isCrypto(record.eventName) &&
          JSON.stringify(record.resources ?? []).includes(key.arn),
      )
      const last = uses.at(-1)
      if (!last) {
        expect(key.lastUsage?.at ?? 0).toBeLessThan(now - 89 * 86_400_000)
        continue
      }
      expect(key.lastUsage?.at).toBe(last.at)
      expect(
        uses.some(
          (use) =>
            use.eventId === key.lastUsage?.eventId &&
            use.record.eventName === key.lastUsage.operation,
        ),
      ).toBe(true)
    }
  })

  it('shows a cross-account call to both accounts under one sharedEventID, a refused one to the caller', () => {
    const members = new Set(seen.accounts.keys())
    const pairs = new Map<string, string[]>()
    for (const { record } of events) {
      if (typeof record.sharedEventID === 'string')
        pairs.set(record.sharedEventID, [
          ...(pairs.get(record.sharedEventID) ?? []),
          String(record.recipientAccountId),
        ])
    }
    expect(pairs.size).toBeGreaterThan(50)
    const foreign = events.filter(({ record }) =>
      JSON.stringify(record.userIdentity).includes('"AWSAccount"'),
    )
    for (const { record } of foreign) {
      const caller = /"accountId":"(\d{12})"/.exec(JSON.stringify(record.userIdentity))?.[1] ?? ''
      expect(pairs.get(String(record.sharedEventID))?.length).toBe(members.has(caller) ? 2 : 1)
      expect(record.errorCode).not.toBe('AccessDenied')
    }
    expect(events.some(({ record }) => record.errorCode === 'AccessDenied')).toBe(true)
  })

  it('holds what is worth finding', () => {
    const of = (operation: string, more: RegExp) =>
      events.filter(
        ({ record }) => record.eventName === operation && more.test(JSON.stringify(record)),
      )
    const [tagged] = of('TagResource', /"tagKey":"project"/)
    expect(JSON.stringify(tagged?.record.userIdentity)).toContain('AdministratorAccess')

    const analyst = of('Decrypt', /AWSReservedSSO_DataAnalyst/)
    const refused = analyst.filter(({ record }) => record.errorCode === 'AccessDenied')
    const [first] = refused
    const allowed = analyst.filter(({ record, at }) => !record.errorCode && at < (first?.at ?? 0))
    const ends = of('PutKeyPolicy', /Branches read/).at(-1)
    expect(allowed.length).toBeGreaterThan(10)
    expect(refused.length).toBeGreaterThan(2)
    expect(ends?.at).toBeLessThan(first?.at ?? 0)
    const raw = allowed.filter(({ record }) => JSON.stringify(record).includes(arnIn(ends)))
    expect(raw.length).toBeGreaterThan(10)
    expect(raw.at(-1)?.at).toBeLessThan(ends?.at ?? 0)

    const stranger = of('Decrypt', /"AWSAccount".*115902774380/)
    expect(stranger[0]?.at).toBeGreaterThan(now - 12 * 86_400_000)

    const trails = [...seen.accounts.values()].flatMap((account) =>
      [...account.regions.values()].flatMap((region) => region.trails),
    )
    const excluding = trails.filter((trail) => JSON.stringify(trail.selections).includes('kms.'))
    expect(excluding.map(({ homeRegion }) => homeRegion)).toEqual(['eu-central-1'])
  })

  it('has the shape of a working week', () => {
    const office = events.filter(
      ({ record }) => record.eventName === 'Sign' || record.eventName === 'Decrypt',
    )
    const weekend = office.filter((event) => [0, 6].includes(new Date(event.at).getUTCDay())).length
    expect(weekend / office.length).toBeLessThan(0.2)
  })
})
