import fc from 'fast-check'
import { grantOperations } from '@/lib/kms/grant-operations'
import { usagesOf } from '@/lib/kms/key-specs'
import { grantTemplates } from '@/lib/changes/request/templates'
import type { FormKindName } from '@/lib/changes/kinds/registry'
import { findFormKind, formKinds } from '../kinds/list'
import { originsFor, usagesFor, withSpec } from '../new-key'
import { quotas } from '@/lib/kms/quotas'
import {
  blankForm,
  blankGrant,
  blankValues,
  type Form,
  type GrantValues,
  type Pair,
  type Values,
} from '../values'

/** What a person can have typed into the forms of requests. */
const letter = fc.constantFrom(...'abcdefghijkmnpqrstuvwxyz0123456789')
const word = (minLength: number, maxLength: number) =>
  fc.string({ unit: letter, minLength, maxLength })
const accountId = fc.string({
  unit: fc.constantFrom(...'0123456789'),
  minLength: 12,
  maxLength: 12,
})
const region = fc.constantFrom('eu-central-1', 'us-east-1', 'ap-southeast-3')
const keyArn = fc
  .tuple(region, accountId, fc.uuid())
  .map(([where, account, id]) => `arn:aws:kms:${where}:${account}:key/${id}`)
const role = fc
  .tuple(accountId, word(1, 30))
  .map(([account, name]) => `arn:aws:iam::${account}:role/${name}`)
const service = word(1, 20).map((name) => `${name}.amazonaws.com`)
const pairs = fc
  .uniqueArray(fc.tuple(word(1, 20), word(0, 40)), {
    minLength: 1,
    maxLength: 8,
    selector: ([name]) => name,
  })
  .map((list): readonly Pair[] => list)
const policy = fc.tuple(accountId, word(1, 20)).map(([account, sid]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: sid,
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  }),
)

const freeGrant: fc.Arbitrary<GrantValues> = fc
  .record({
    isService: fc.boolean(),
    role,
    service,
    operations: fc.subarray([...grantOperations], { minLength: 1 }),
    context: fc.constantFrom('any' as const, 'equals' as const, 'subset' as const),
    pairs,
    source: fc
      .tuple(accountId, word(1, 20))
      .map(([account, name]) => `arn:aws:dynamodb:eu-central-1:${account}:table/${name}`),
    hasSource: fc.boolean(),
    retiring: fc.constantFrom('nobody' as const, 'principal' as const, 'service' as const),
  })
  .map(
    (made): GrantValues => ({
      ...blankGrant,
      how: 'free',
      granteeIs: made.isService ? 'service' : 'principal',
      grantee: made.isService ? made.service : made.role,
      operations: made.operations,
      context: made.context,
      pairs: made.pairs,
      sourceArn: made.isService || made.hasSource ? made.source : '',
      retiringIs: made.isService && made.retiring === 'nobody' ? 'service' : made.retiring,
      retiring: made.retiring === 'principal' ? made.role : made.service,
    }),
  )

const valueOfType = {
  accountId,
  roleName: word(1, 30),
  principalArn: role,
  serviceName: service,
  arn: accountId.map((account) => `arn:aws:dynamodb:eu-central-1:${account}:table/t`),
  bucketArn: word(3, 40).map((name) => `arn:aws:s3:::${name}`),
  context: fc.constant(''),
}

export const taskGrant: fc.Arbitrary<GrantValues> = fc
  .constantFrom(...grantTemplates)
  .chain(({ id, fields }) =>
    fc
      .record({
        taskPairs: pairs,
        taskValues: fc.record(
          Object.fromEntries(
            Object.entries(fields).map(([name, field]) => [
              name,
              field.type === 'choice'
                ? fc.constantFrom(...Object.keys(field.options))
                : valueOfType[field.type],
            ]),
          ),
        ),
      })
      .map((values) => ({ ...blankGrant, task: id, ...values })),
  )

const newKey: fc.Arbitrary<Partial<Values>> = fc
  .record({
    spec: fc.constantFrom(...Object.keys(usagesOf)),
    multiRegion: fc.boolean(),
    pick: fc.nat(20),
    from: fc.nat(20),
    store: word(1, 20),
  })
  .map(({ spec, multiRegion, pick, from, store }) => {
    const usages = usagesFor(spec)
    const free = originsFor(spec).filter(({ why }) => why === null)
    return {
      ...withSpec(
        {
          keyUsage: usages[pick % usages.length] ?? '',
          origin: free[from % free.length]?.origin ?? 'AWS_KMS',
        },
        spec,
      ),
      multiRegion,
      customKeyStoreId: `cks-${store}`,
      xksKeyId: store,
    }
  })

/** What a person can have typed that every kind takes. */
export const values: fc.Arbitrary<Values> = fc
  .record({
    grant: fc.oneof(freeGrant, taskGrant),
    grantId: fc.string({
      unit: fc.constantFrom(...'0123456789abcdef'),
      minLength: 64,
      maxLength: 64,
    }),
    owner: word(1, 40),
    reason: word(1, 40),
    policy,
    pendingWindowInDays: fc.integer({ min: 7, max: 30 }).map(String),
    rotationPeriodInDays: fc.constantFrom('90', ' 365', '2,560'),
    alias: word(1, 30).chain((name) => fc.constantFrom(name, `alias/${name}`, `${name}/x_y-z`)),
    fromKeyArn: keyArn,
    tags: pairs,
    tagKeys: fc.uniqueArray(word(1, 20), { minLength: 1, maxLength: 5 }),
    description: word(0, 60),
    hasPolicy: fc.boolean(),
    toRegion: region,
    quotaCode: fc.constantFrom(...quotas.map(({ code }) => code)),
    desiredValue: fc.integer({ min: 1, max: 1_000_000 }).map(String),
    key: newKey,
  })
  .map(({ key, ...rest }) => ({ ...blankValues, ...rest, ...key }))

export const kindName = fc.constantFrom(...formKinds.map(({ name }) => name))

const form = (kind: FormKindName): fc.Arbitrary<Form> =>
  fc
    .record({
      values,
      keys: fc.uniqueArray(keyArn, { minLength: 1, maxLength: findFormKind(kind)?.oneKey ? 1 : 5 }),
      accountId,
      region,
      end: fc.constantFrom(
        { is: 'usual' as const, hours: 24, at: { day: '', time: '' } },
        { is: 'hours' as const, hours: 168, at: { day: '', time: '' } },
        { is: 'at' as const, hours: 24, at: { day: '2027-01-31', time: '18:30' } },
        { is: 'none' as const, hours: 24, at: { day: '', time: '' } },
      ),
      startsAt: fc.constantFrom({ day: '', time: '' }, { day: '2026-12-01', time: '09:00' }),
      justification: word(1, 60),
      ticket: word(0, 20),
      title: word(0, 20),
      continuesId: fc.option(fc.uuid({ version: 4 })),
      replacesId: fc.option(fc.uuid({ version: 4 })),
    })
    .map((made) => ({ ...blankForm(kind, 'default'), ...made }))

export const anyForm = kindName.chain(form)
