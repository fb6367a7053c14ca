import { CreateGrantCommand } from '@aws-sdk/client-kms'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failureOf } from '../../sandbox/test/running'
import { grantInput } from '../kinds/shared/grant-input'
import { refuseGrant } from '../kinds/shared/grant-impact'
import { grantCreate } from '../kinds/grant-create/kind'
import type { KeyShape } from '../../kms/grant-operations'
import { findTemplate, grantTemplates } from './templates'
import type { Field } from './template-fields'
import { openSandboxFixture, other, own, type SandboxFixture } from '../test/sandbox-fixture'

const shapes: KeyShape[] = [
  { keySpec: 'SYMMETRIC_DEFAULT', keyUsage: 'ENCRYPT_DECRYPT', origin: 'AWS_KMS' },
  { keySpec: 'SYMMETRIC_DEFAULT', keyUsage: 'ENCRYPT_DECRYPT', origin: 'EXTERNAL_KEY_STORE' },
  { keySpec: 'RSA_2048', keyUsage: 'ENCRYPT_DECRYPT', origin: 'AWS_KMS' },
  { keySpec: 'RSA_2048', keyUsage: 'SIGN_VERIFY', origin: 'AWS_KMS' },
  { keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC', origin: 'AWS_KMS' },
  { keySpec: 'ECC_NIST_P256', keyUsage: 'KEY_AGREEMENT', origin: 'AWS_KMS' },
  { keySpec: 'ML_KEM_768', keyUsage: 'ENCAPSULATE_DECAPSULATE', origin: 'AWS_KMS' },
]
const place = {
  accountId: own,
  region: 'eu-west-1',
  partition: 'aws',
  keyArn: `arn:aws:kms:eu-west-1:${own}:key/k`,
}

const name = fc.stringMatching(/^[a-zA-Z0-9+=,.@_-]{1,40}$/)
const digits = fc.stringMatching(/^\d{12}$/)
function valueOf(field: Field): fc.Arbitrary<unknown> {
  switch (field.type) {
    case 'accountId':
      return digits
    case 'roleName':
      return fc.oneof(
        name,
        fc.tuple(name, name).map(([path, last]) => `${path}/${last}`),
      )
    case 'principalArn':
      return fc
        .tuple(
          digits,
          fc.oneof(
            fc.constant('root'),
            name.map((one) => `role/${one}`),
            name.map((one) => `user/team/${one}`),
          ),
        )
        .map(([account, who]) => `arn:aws:iam::${account}:${who}`)
    case 'serviceName':
      return fc.constantFrom('dynamodb.amazonaws.com', 'lambda.eu-west-1.amazonaws.com')
    case 'arn':
      return digits.map((account) => `arn:aws:dynamodb:eu-west-1:${account}:table/bookings`)
    case 'bucketArn':
      return fc
        .stringMatching(/^[a-z0-9][a-z0-9.-]{1,20}[a-z0-9]$/)
        .map((bucket) => `arn:aws:s3:::${bucket}`)
    case 'context':
      return fc.dictionary(fc.stringMatching(/^[a-z]{1,10}$/), fc.string({ maxLength: 40 }), {
        minKeys: 1,
        maxKeys: 8,
      })
    case 'choice':
      return fc.constantFrom(...Object.keys(field.options))
  }
}

describe.each(grantTemplates.map((template) => [template.id, template] as const))(
  'the template %s',
  (_, template) => {
    const values = fc.record(
      Object.fromEntries(
        Object.entries(template.fields).map(([field, one]) => [field, valueOf(one)]),
      ),
    )

    it('makes a grant that KMS takes on every key it suits, and says why each part is in it', () => {
      const suited = shapes.filter((shape) => template.suits(shape))
      expect(suited.length).toBeGreaterThan(0)
      fc.assert(
        fc.property(values, (given) => {
          const input = template.build(given, place)
          expect(grantInput.parse(input)).toEqual(input)
          for (const shape of suited)
            expect(refuseGrant({ ...shape, keyState: 'Enabled' }, { input, place })).toBeNull()
          for (const operation of input.operations)
            expect(template.operations[operation]).toMatch(/\w/)
          for (const part of Object.keys(input.constraints ?? {}))
            expect(template.constraints).toHaveProperty(part)
          if (input.retiringPrincipal ?? input.retiringServicePrincipal)
            expect(template.constraints.retiring).toMatch(/\w/)
        }),
      )
    })

    it('uses every operation and constraint that it has words for', () => {
      const seen = new Set<string>()
      fc.assert(
        fc.property(values, (given) => {
          const { operations, constraints, retiringServicePrincipal } = template.build(given, place)
          for (const part of [
            ...operations,
            ...Object.keys(constraints ?? {}),
            ...(retiringServicePrincipal ? ['retiring'] : []),
          ])
            seen.add(part)
        }),
      )
      expect([...seen].sort()).toEqual(
        [...Object.keys(template.operations), ...Object.keys(template.constraints)].sort(),
      )
    })

    it('asks for what is missing by the name of its field', () => {
      fc.assert(
        fc.property(values, fc.constantFrom(...Object.keys(template.fields)), (given, field) => {
          const lacking = Object.fromEntries(Object.entries(given).filter(([one]) => one !== field))
          let failure: unknown = null
          try {
            template.build(lacking, place)
          } catch (error) {
            failure = error
          }
          expect(failure).toMatchObject({ issues: [{ path: [field] }] })
        }),
      )
    })
  },
)

it('no two have one id or one title', () => {
  for (const of of ['id', 'title'] as const)
    expect(new Set(grantTemplates.map((template) => template[of])).size).toBe(grantTemplates.length)
})

describe('against KMS', () => {
  let fixture: SandboxFixture
  beforeAll(async () => {
    fixture = await openSandboxFixture()
  })
  afterAll(() => fixture.close())

  it('Auto Scaling of another account can make the grants for its volumes, within its own and no further', async () => {
    const key = await fixture.makeKey()
    const arn = await fixture.makeRole(
      'AWSServiceRoleForAutoScaling',
      '/aws-service-role/autoscaling.amazonaws.com/',
    )
    const input = findTemplate('autoscaling')?.build({ account: other }, key)
    expect(input?.granteePrincipal).toBe(arn)
    const { plan, ...clients } = await fixture.open(grantCreate, key, input)
    await plan.doing(await plan.read(clients.read)).act(clients.write, clients.read)
    const asService = fixture.aws.kms(await fixture.assumeRole(arn))
    const child = (operations: ('Decrypt' | 'Sign' | 'GenerateDataKeyPair')[]) =>
      asService.send(
        new CreateGrantCommand({
          KeyId: key.keyArn ?? '',
          GranteePrincipal: arn,
          Operations: operations,
        }),
      )
    await expect(child(['Decrypt'])).resolves.toHaveProperty('GrantId')
    expect(await failureOf(child(['GenerateDataKeyPair']))).toMatchObject({
      name: 'AccessDeniedException',
    })
  })

  it('DryRun agrees that each can be made', async () => {
    const specs = {
      SYMMETRIC_DEFAULT: 'ENCRYPT_DECRYPT',
      RSA_2048: 'SIGN_VERIFY',
      HMAC_256: 'GENERATE_VERIFY_MAC',
      ECC_NIST_P256: 'KEY_AGREEMENT',
      ML_KEM_768: 'ENCAPSULATE_DECAPSULATE',
    } as const
    const given = {
      account: other,
      role: 'ops/Backup',
      grantee: `arn:aws:iam::${other}:root`,
      service: 'dynamodb.amazonaws.com',
      resource: `arn:aws:dynamodb:eu-west-1:${own}:table/t`,
      use: 'readWrite',
      context: { team: 'data' },
      match: 'including',
      bucket: 'arn:aws:s3:::invoices',
    }
    await fixture.makeRole('Backup', '/ops/')
    await fixture
      .makeRole('AWSServiceRoleForAutoScaling', '/aws-service-role/autoscaling.amazonaws.com/')
      .catch(() => '')
    for (const template of grantTemplates) {
      const [spec] = Object.entries(specs).filter(([keySpec, keyUsage]) =>
        template.suits({ keySpec, keyUsage, origin: 'AWS_KMS' }),
      )
      const key = await fixture.makeKey({
        KeySpec: spec?.[0] as keyof typeof specs,
        KeyUsage: spec?.[1],
      })
      const { plan, ...clients } = await fixture.open(grantCreate, key, template.build(given, key))
      expect([template.id, await plan.dryRun?.(clients.dry)]).toMatchObject([
        template.id,
        { would: 'succeed' },
      ])
    }
  })
})
