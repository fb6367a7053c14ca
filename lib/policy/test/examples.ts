import { describe, expect, test } from 'vitest'
import type { Case } from '../case'
import type { ContextValue } from '../context'
import type { Grant } from '../grants'
import { evaluate, type Result } from '../evaluate'

export const home = '111122223333'
export const abroad = '444455556666'
export const key = `arn:aws:kms:us-west-2:${home}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
export const otherKey = `arn:aws:kms:us-west-2:${home}:key/0987dcba-09fe-87dc-65ba-ab0987654321`
export const alias = `arn:aws:kms:us-west-2:${home}:alias/orders`

export const ann = `arn:aws:iam::${home}:user/ann`
export const role = `arn:aws:iam::${home}:role/team/app`
export const session = `arn:aws:sts::${home}:assumed-role/app/i-0abc`
export const root = `arn:aws:iam::${home}:root`
export const eve = `arn:aws:iam::${abroad}:user/eve`
export const guest = `arn:aws:sts::${abroad}:assumed-role/guest/s`
export const foreignRoot = `arn:aws:iam::${abroad}:root`

type Statement = Record<string, unknown>
export const policy = (...Statement: Statement[]): object => ({ Version: '2012-10-17', Statement })
export const allow = (Action: string | string[] = 'kms:*', more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...more,
})
export const deny = (Action: string | string[] = 'kms:*', more: Statement = {}): Statement => ({
  Effect: 'Deny',
  Action,
  Resource: '*',
  ...more,
})
export const to = (...AWS: string[]): Statement => ({
  Principal: { AWS: AWS.length === 1 ? AWS[0] : AWS },
})
export const service = (Service: string): Statement => ({ Principal: { Service } })
export const everyone: Statement = { Principal: '*' }
export const when = (operator: string, name: string, value: unknown): Statement => ({
  Condition: { [operator]: { [name]: value } },
})

/** "Enable IAM User Permissions" and nothing else: the API's default. */
export const delegating = policy({
  Sid: 'Enable IAM User Permissions',
  ...allow('kms:*', to(root)),
})
/** A key policy that names these and nobody else. */
export const names = (...who: string[]): object => policy(allow('kms:*', to(...who)))
export const decrypt = policy(allow('kms:Decrypt'))
/** Policies that are in force and say nothing of KMS. */
export const silent = [policy(allow('s3:*'))]
/** RCPFullAWSAccess, FullAWSAccess. */
export const full = policy(allow('*'))
export const rcpFull = policy(allow('*', everyone))

export interface Question extends Partial<Omit<Case, 'request'>> {
  as?: string
  action?: string
  on?: string
  context?: Record<string, ContextValue>
}

export function ask({
  as = session,
  action = 'kms:Decrypt',
  on = key,
  context,
  ...rest
}: Question): ReturnType<typeof evaluate> {
  return evaluate({ request: { principal: as, action, resource: on, context }, ...rest })
}

/** What the table writes: DENY is an explicit deny. */
export type Expected = Result | 'DENY'
export type Example = [name: string, question: Question, expected: Expected]

export function answerOf(question: Question): Expected {
  const { result, explicitDeny } = ask(question)
  return explicitDeny ? 'DENY' : result
}

/** Declares a test for each of the examples. */
export function testExamples(name: string, examples: readonly Example[]): void {
  describe(name, () => {
    test.each(examples)('%s', (_what, question, expected) => {
      expect(answerOf(question)).toBe(expected)
    })
  })
}

export const grant = (GranteePrincipal: string, more: Partial<Grant> = {}): Grant => ({
  KeyId: key,
  GrantId: 'g1',
  GranteePrincipal,
  IssuingAccount: root,
  Operations: ['Decrypt', 'DescribeKey'],
  ...more,
})

/** A constraint that asks for exactly this encryption context. */
export const equals = { Constraints: { EncryptionContextEquals: { Department: 'Finance' } } }
