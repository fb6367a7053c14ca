import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetAccountAuthorizationDetailsCommand,
  GetRoleCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  paginateGetAccountAuthorizationDetails,
} from '@aws-sdk/client-iam'
import { CreateKeyCommand, DescribeKeyCommand } from '@aws-sdk/client-kms'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, failureOf, runSandbox } from '../test/running'

let running: Awaited<ReturnType<typeof runSandbox>>
beforeAll(async () => {
  running = await runSandbox()
})
afterAll(() => running.close())

const own = adminOf('555566667777')
const text = (...statements: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })
const trusting = (arn: string) =>
  text({ Effect: 'Allow', Principal: { AWS: arn }, Action: 'sts:AssumeRole' })

describe('a case built by an outside tool', () => {
  it('user, key, policy and role take effect across accounts', async () => {
    const iam = running.iam(own)
    const { User } = await iam.send(
      new CreateUserCommand({ UserName: 'bob', Tags: [{ Key: 'team', Value: 'blue' }] }),
    )
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'bob' }))
    const bob = {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    }
    const role = await running.iam(adminOf('888899990000')).send(
      new CreateRoleCommand({
        RoleName: 'Guest',
        AssumeRolePolicyDocument: trusting(User?.Arn ?? ''),
      }),
    )
    const assume = () =>
      running
        .sts(bob)
        .send(new AssumeRoleCommand({ RoleArn: role.Role?.Arn, RoleSessionName: 'bob' }))
    expect((await failureOf(assume())).name).toBe('AccessDenied')
    await iam.send(
      new PutUserPolicyCommand({
        UserName: 'bob',
        PolicyName: 'p',
        PolicyDocument: text({
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Resource: role.Role?.Arn,
        }),
      }),
    )
    const { Credentials } = await assume()
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken,
    }
    const key = await running.kms(adminOf('888899990000')).send(new CreateKeyCommand({}))
    const describeKey = () =>
      running.kms(session).send(new DescribeKeyCommand({ KeyId: key.KeyMetadata?.Arn }))
    expect((await failureOf(describeKey())).message).toMatch(
      /because no identity-based policy allows the kms:DescribeKey action/,
    )
    await running.iam(adminOf('888899990000')).send(
      new PutRolePolicyCommand({
        RoleName: 'Guest',
        PolicyName: 'p',
        PolicyDocument: text({ Effect: 'Allow', Action: 'kms:DescribeKey', Resource: '*' }),
      }),
    )
    expect((await describeKey()).KeyMetadata?.Arn).toBe(key.KeyMetadata?.Arn)
  })

  it('refuses what IAM refuses', async () => {
    const iam = running.iam(own)
    await iam.send(new CreateUserCommand({ UserName: 'twice' }))
    const cases = [
      [new CreateUserCommand({ UserName: 'twice' }), 'EntityAlreadyExistsException'],
      [new CreateUserCommand({ UserName: 'no spaces' }), 'ValidationError'],
      [new GetRoleCommand({ RoleName: 'nobody' }), 'NoSuchEntityException'],
      [
        new PutUserPolicyCommand({ UserName: 'nobody', PolicyName: 'p', PolicyDocument: text() }),
        'NoSuchEntityException',
      ],
      [
        new PutUserPolicyCommand({ UserName: 'twice', PolicyName: 'p', PolicyDocument: '{' }),
        'MalformedPolicyDocumentException',
      ],
      [
        new CreateRoleCommand({
          RoleName: 'r',
          AssumeRolePolicyDocument: trusting('arn:aws:iam::555566667777:user/ghost'),
        }),
        'MalformedPolicyDocumentException',
      ],
      [
        new AttachUserPolicyCommand({
          UserName: 'twice',
          PolicyArn: 'arn:aws:iam::aws:policy/Nothing',
        }),
        'NoSuchEntityException',
      ],
    ] as const
    for (const [command, name] of cases)
      expect((await failureOf(iam.send(command as CreateUserCommand))).name).toBe(name)
  })
})

describe('GetAccountAuthorizationDetails', () => {
  it('gives the same in pages as at once, documents decoded to what was put', async () => {
    const iam = running.iam(adminOf('444455556666'))
    const document = text({
      Effect: 'Allow',
      Action: 'kms:Describe*',
      Resource: '*',
      Condition: { StringLike: { 'aws:PrincipalTag/a b': "it's (50%)*!" } },
    })
    await iam.send(new CreateUserCommand({ UserName: 'ann', Path: '/people/' }))
    await iam.send(
      new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'p', PolicyDocument: document }),
    )
    await iam.send(
      new AttachUserPolicyCommand({
        UserName: 'ann',
        PolicyArn: 'arn:aws:iam::aws:policy/SecurityAudit',
      }),
    )
    const whole = await iam.send(new GetAccountAuthorizationDetailsCommand({}))
    const ann = whole.UserDetailList?.find((user) => user.UserName === 'ann')
    expect(ann?.Arn).toBe('arn:aws:iam::444455556666:user/people/ann')
    expect(decodeURIComponent(ann?.UserPolicyList?.[0]?.PolicyDocument ?? '')).toBe(document)
    expect(whole.Policies?.map((policy) => policy.PolicyName)).toContain('SecurityAudit')
    expect(whole.RoleDetailList?.map((role) => role.RoleName)).toContain('ClavigerRead')
    const names: string[] = []
    for await (const page of paginateGetAccountAuthorizationDetails(
      { client: iam, pageSize: 1 },
      {},
    )) {
      names.push(
        ...[
          ...(page.UserDetailList ?? []),
          ...(page.RoleDetailList ?? []),
          ...(page.Policies ?? []),
        ].map((item) => item.Arn ?? ''),
      )
    }
    expect(names).toEqual(
      [
        ...(whole.UserDetailList ?? []),
        ...(whole.RoleDetailList ?? []),
        ...(whole.Policies ?? []),
      ].map((item) => item.Arn),
    )
    const roles = await iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['Role'] }))
    expect([
      roles.UserDetailList?.length ?? 0,
      roles.RoleDetailList?.length,
      roles.Policies?.length ?? 0,
    ]).toEqual([0, whole.RoleDetailList?.length, 0])
  })
})
