import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  addGrant,
  addKey,
  addSession,
  addUser,
  allowAll,
  bareWorld,
  callBy,
  delegating,
  document,
} from '../test/call'
import type { Caller } from '../call'
import type { Key, Organization, World } from '../world'
import { decide } from './authorize'
import type { RequestContext } from './request-context'

const own = '111122223333'
const other = '444455556666'
let world: World
beforeEach(() => {
  world = bareWorld()
})

const ask = (caller: Caller, key: Key, action = 'kms:Decrypt', context: RequestContext = {}) =>
  decide(callBy(world, caller, { operation: action.slice(4) }), {
    action,
    key,
    resourceArn: key.arn,
    context,
  })
const may = (caller: Caller, key: Key, action?: string, context?: RequestContext) =>
  ask(caller, key, action, context).allowed
const reason = (caller: Caller, key: Key, action?: string) => {
  const decision = ask(caller, key, action)
  return decision.allowed ? 'allowed' : decision.reason
}
const naming = (arn: string, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: arn },
  Action: 'kms:*',
  Resource: '*',
  ...more,
})

describe('key policy and IAM', () => {
  it('lets IAM decide only where the key policy delegates', () => {
    const ann = addUser(world, own, 'ann', [document(allowAll)])
    const bob = addUser(world, own, 'bob')
    const delegated = addKey(world, own, document(delegating(own)))
    const closed = addKey(world, own, document(naming(bob.arn)))
    expect([may(ann, delegated), may(bob, delegated), may(ann, closed), may(bob, closed)]).toEqual([
      true,
      false,
      false,
      true,
    ])
    expect(reason(bob, delegated)).toBe(
      `User: ${bob.arn} is not authorized to perform: kms:Decrypt on resource: ${delegated.arn} ` +
        'because no identity-based policy allows the kms:Decrypt action',
    )
    expect(reason(ann, closed)).toMatch(
      /because no resource-based policy allows the kms:Decrypt action$/,
    )
  })

  it('binds the root of the account like anyone', () => {
    const root: Caller = {
      ...addUser(world, own, 'x'),
      kind: 'root',
      arn: `arn:aws:iam::${own}:root`,
      entityArn: `arn:aws:iam::${own}:root`,
    }
    const bob = addUser(world, own, 'bob')
    expect(may(root, addKey(world, own, document(delegating(own))))).toBe(true)
    expect(may(root, addKey(world, own, document(naming(bob.arn))))).toBe(false)
  })

  it('limits a role that its boundary and session policy name; a session or user that neither names', () => {
    const { role, caller } = addSession(world, own, 'app')
    const ann = addUser(world, own, 'ann')
    const narrow = `arn:aws:iam::${own}:policy/narrow`
    world.accounts.get(own)?.policies.set(narrow, {
      arn: narrow,
      id: 'ANPA1',
      name: 'narrow',
      path: '/',
      createdAt: 0,
      document: JSON.stringify(document({ ...allowAll, Action: 's3:*' })),
    })
    const keys = [
      addKey(world, own, document(naming(role.arn))),
      addKey(world, own, document(naming(caller.arn))),
    ] as const
    const annKey = addKey(world, own, document(naming(ann.arn)))
    expect(keys.map((key) => may(caller, key))).toEqual([true, true])
    role.permissionsBoundaryArn = narrow
    expect(keys.map((key) => may(caller, key))).toEqual([false, true])
    expect(reason(caller, keys[0])).toMatch(/because no permissions boundary allows/)
    role.permissionsBoundaryArn = null
    const inSession = {
      ...caller,
      sessionPolicies: [JSON.stringify(document({ ...allowAll, Action: 'kms:ListKeys' }))],
    }
    expect(keys.map((key) => may(inSession, key))).toEqual([false, true])
    const user = world.accounts.get(own)?.users.get('ann')
    if (user) user.permissionsBoundaryArn = narrow
    expect(may(ann, annKey)).toBe(true)
  })

  it('treats a key policy statement without Resource as inert, and NotPrincipal as everyone else', () => {
    const ann = addUser(world, own, 'ann', [document(allowAll)])
    const bob = addUser(world, own, 'bob', [document(allowAll)])
    const inert = addKey(
      world,
      own,
      document({ Effect: 'Allow', Principal: { AWS: ann.arn }, Action: 'kms:*' }),
    )
    const others = {
      Effect: 'Deny',
      NotPrincipal: { AWS: ann.arn },
      Action: 'kms:Decrypt',
      Resource: '*',
    }
    const guarded = addKey(world, own, document(delegating(own), others))
    expect(may(ann, inert)).toBe(false)
    expect([may(ann, guarded), may(bob, guarded)]).toEqual([true, false])
    expect(reason(bob, guarded)).toMatch(/with an explicit deny in a resource-based policy$/)
  })
})

describe('tags', () => {
  it('decide by attribute, a session’s before its role’s', () => {
    const sameTeam = { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } }
    const { role, caller } = addSession(world, own, 'app', [
      document({ ...allowAll, Condition: sameTeam }),
    ])
    const key = addKey(world, own, document(delegating(own)), { tags: new Map([['Team', 'blue']]) })
    expect(may(caller, key)).toBe(false)
    role.tags.set('team', 'blue')
    expect(may(caller, key)).toBe(true)
    expect(may({ ...caller, sessionTags: new Map([['team', 'red']]) }, key)).toBe(false)
  })

  it('and aliases count in IAM, never in the key policy', () => {
    const byAlias = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/app' } }
    const ann = addUser(world, own, 'ann', [document({ ...allowAll, Condition: byAlias })])
    const bob = addUser(world, own, 'bob')
    const key = addKey(
      world,
      own,
      document(delegating(own), naming(bob.arn, { Condition: byAlias })),
    )
    expect(may(ann, key)).toBe(false)
    world.accounts.get(own)?.regions.get('eu-west-1')?.aliases.set('alias/app', {
      name: 'alias/app',
      targetKeyId: key.keyId,
      createdAt: 0,
      updatedAt: 0,
    })
    expect([may(ann, key), may(bob, key)]).toEqual([true, false])
  })

  it('guard an unused key by the days since its last use', () => {
    const recent = {
      Effect: 'Deny',
      Action: 'kms:DisableKey',
      Resource: '*',
      Condition: { NumericLessThanEquals: { 'kms:TrailingDaysWithoutKeyUsage': '90' } },
    }
    const ann = addUser(world, own, 'ann', [document(allowAll, recent)])
    const usedDaysAgo = (days: number) =>
      addKey(world, own, document(delegating(own)), {
        lastUsage: {
          operation: 'Decrypt',
          at: Date.UTC(2026, 10, 1) - days * 86_400_000,
          eventId: '',
          requestId: '',
        },
      })
    expect([90, 91].map((days) => may(ann, usedDaysAgo(days), 'kms:DisableKey'))).toEqual([
      false,
      true,
    ])
    expect(may(ann, usedDaysAgo(1), 'kms:Decrypt')).toBe(true)
  })
})

describe('across accounts', () => {
  it('needs both sides, and works only for the operations AWS lists', () => {
    const admin = addUser(world, own, 'ann', [document(allowAll)])
    const nobody = addUser(world, own, 'bob')
    const shared = addKey(world, other, document(delegating(other), delegating(own)))
    const private_ = addKey(world, other, document(delegating(other)))
    expect([may(admin, shared), may(nobody, shared), may(admin, private_)]).toEqual([
      true,
      false,
      false,
    ])
    expect([
      may(admin, shared, 'kms:ListGrants'),
      may(admin, shared, 'kms:GetKeyPolicy'),
      may(admin, shared, 'kms:PutKeyPolicy'),
    ]).toEqual([true, false, false])
    expect(reason(admin, private_)).toMatch(
      /on this resource because the resource does not exist in this Region, no resource/,
    )
  })

  it('is opened by a grant alone, within its operations and encryption context', () => {
    const { role, caller } = addSession(world, own, 'app')
    const key = addKey(world, other, document(delegating(other)))
    addGrant(key, role.arn, ['Decrypt', 'DescribeKey'], {
      encryptionContextSubset: new Map([['Tenant', 'blue']]),
    })
    const context = (tenant: string, more = {}) => ({
      'kms:EncryptionContext:tenant': tenant,
      ...more,
    })
    expect(
      may(caller, key, 'kms:Decrypt', context('blue', { 'kms:EncryptionContext:x': 'y' })),
    ).toBe(true)
    expect(may(caller, key, 'kms:Decrypt', context('Blue'))).toBe(false)
    expect(may(caller, key)).toBe(false)
    expect(may(caller, key, 'kms:DescribeKey')).toBe(true)
    expect(may(caller, key, 'kms:Encrypt', context('blue'))).toBe(false)
    expect(may(addUser(world, own, 'bob'), key, 'kms:DescribeKey')).toBe(false)
  })

  it('passes on by grant no more than was granted', () => {
    const { role, caller } = addSession(world, own, 'app')
    const key = addKey(world, own, document(naming(`arn:aws:iam::${own}:user/admin`)))
    addGrant(key, role.arn, ['CreateGrant', 'Decrypt'], {
      encryptionContextEquals: new Map([['a', 'b']]),
    })
    const child = (operations: string[], type?: string) => ({
      'kms:GrantOperations': operations,
      'kms:GrantConstraintType': type,
      'kms:EncryptionContext:a': 'b',
    })
    expect(may(caller, key, 'kms:CreateGrant', child(['Decrypt'], 'EncryptionContextEquals'))).toBe(
      true,
    )
    expect(may(caller, key, 'kms:CreateGrant', child(['Encrypt'], 'EncryptionContextEquals'))).toBe(
      false,
    )
    expect(may(caller, key, 'kms:CreateGrant', child(['Decrypt'], 'EncryptionContextSubset'))).toBe(
      false,
    )
    expect(may(caller, key, 'kms:CreateGrant', { 'kms:GrantOperations': ['Decrypt'] })).toBe(false)
  })
})

describe('organization policies', () => {
  const management = '999900001111'
  function organization(
    type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY',
    statement: object,
  ): Organization {
    const allow = { ...allowAll, ...(type === 'RESOURCE_CONTROL_POLICY' ? { Principal: '*' } : {}) }
    const policy = (id: string, content: object) =>
      [
        id,
        {
          id,
          name: id,
          description: '',
          type,
          awsManaged: false,
          content: JSON.stringify(document(content)),
        },
      ] as const
    return {
      id: 'o-1',
      managementAccountId: management,
      rootId: 'r-1',
      units: new Map([['ou-1', { id: 'ou-1', name: 'u', parentId: 'r-1' }]]),
      parentOf: new Map([
        [own, 'ou-1'],
        [management, 'r-1'],
      ]),
      policies: new Map([policy('p-full', allow), policy('p-deny', statement)]),
      attachments: new Map([
        ['r-1', ['p-full']],
        ['ou-1', ['p-full', 'p-deny']],
        [own, ['p-full']],
      ]),
    }
  }

  it('SCPs bind member principals, not management, not service-linked roles', () => {
    const denying = { Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*' }
    const [member, manager] = [
      addUser(world, own, 'a', [document(allowAll)]),
      addUser(world, management, 'm', [document(allowAll)]),
    ]
    const key = addKey(world, own, document(delegating(own), delegating(management)))
    const { role, caller } = addSession(world, own, 'slr')
    const linked = {
      ...caller,
      entityArn: role.arn.replace('role/', 'role/aws-service-role/x.amazonaws.com/'),
    }
    const named = addKey(world, own, document(naming(linked.entityArn)))
    expect([may(member, key), may(manager, key), may(linked, named)]).toEqual([true, true, true])
    world.organization = organization('SERVICE_CONTROL_POLICY', denying)
    expect([may(member, key), may(manager, key), may(linked, named)]).toEqual([false, true, true])
    expect(reason(member, key)).toMatch(/with an explicit deny in a service control policy$/)
    world.organization.attachments.set('ou-1', ['p-deny'])
    expect(reason(member, key, 'kms:Encrypt')).toMatch(
      /because no service control policy allows the kms:Encrypt action$/,
    )
  })

  it('RCPs bind resources of members whoever calls, but not AWS managed keys nor RetireGrant', () => {
    const outside = {
      Effect: 'Deny',
      Principal: '*',
      Action: 'kms:*',
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } },
    }
    world.organization = organization('RESOURCE_CONTROL_POLICY', outside)
    const [inside, stranger] = [
      addUser(world, own, 'a', [document(allowAll)]),
      addUser(world, other, 'b', [document(allowAll)]),
    ]
    const policy = document(delegating(own), delegating(other))
    const [key, managed] = [
      addKey(world, own, policy),
      addKey(world, own, policy, { manager: 'AWS' }),
    ]
    expect([
      may(inside, key),
      may(stranger, key),
      may(stranger, managed),
      may(stranger, key, 'kms:RetireGrant'),
    ]).toEqual([true, false, true, true])
  })
})

describe('laws', () => {
  const operations = fc.constantFrom(
    'kms:Decrypt',
    'kms:Encrypt',
    'kms:*',
    'kms:De*',
    '*',
    's3:GetObject',
  )
  type Statement = { Effect: string; Action: string; Resource: string; Principal: unknown }
  const statement: fc.Arbitrary<Statement> = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: operations,
    Resource: fc.constant('*'),
    Principal: fc.constantFrom<unknown>(
      '*',
      { AWS: `arn:aws:iam::${own}:root` },
      { AWS: `arn:aws:iam::${own}:user/ann` },
      { AWS: own },
    ),
  })
  const withoutPrincipal = ({ Principal: _principal, ...rest }: Statement) => rest

  it('a deny that speaks of the request wins, wherever it stands; order means nothing', () => {
    fc.assert(
      fc.property(
        fc.array(statement, { maxLength: 6 }),
        fc.array(statement, { maxLength: 4 }),
        fc.boolean(),
        (keySide, iamSide, denyInKey) => {
          world = bareWorld()
          const decideWith = (inKey: Statement[], inIam: Statement[]) =>
            may(
              addUser(world, own, 'ann', [document(...inIam.map(withoutPrincipal))]),
              addKey(world, own, document(...inKey)),
            )
          const straight = decideWith(keySide, iamSide)
          expect(decideWith(keySide.toReversed(), iamSide.toReversed())).toBe(straight)
          const deny = { Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*', Principal: '*' }
          expect(
            denyInKey
              ? decideWith([...keySide, deny], iamSide)
              : decideWith(keySide, [...iamSide, deny]),
          ).toBe(false)
        },
      ),
    )
  })
})
