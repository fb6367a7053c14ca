// npm run bench -- access-speed: the matrix of one key with 1,000 principals, over lib/access as
// the Access tab weighs it. One core.
import { abilities } from '../access/abilities'
import { factsOfPrincipal, type Sources } from '../access/gather'
import { gatherIam, type IamRow } from '../access/iam-facts'
import { judgeAbility, judgePrincipal } from '../access/judge'
import type { KeyFacts } from '../access/key-facts'
import { parsePolicy } from '../policy/parse'

const account = '111122223333'
const arn = `arn:aws:kms:eu-west-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const document = (statements: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })
const managed: IamRow[] = Array.from({ length: 40 }, (_, i) => ({
  arn: `arn:aws:iam::${account}:policy/shared-${i}`,
  accountId: account,
  kind: 'policy',
  name: `shared-${i}`,
  path: '/',
  uniqueId: `ANPA${i}`,
  details: {
    document: document([
      { Effect: 'Allow', Action: ['s3:Get*', 'logs:*'], Resource: '*' },
      {
        Effect: 'Allow',
        Action: i % 3 ? 'kms:Decrypt' : 'kms:*',
        Resource: i % 2 ? arn : '*',
        Condition: { StringEquals: { 'aws:PrincipalTag/team': `t${i % 5}` } },
      },
    ]),
  },
}))
const roles: IamRow[] = Array.from({ length: 1000 }, (_, i) => ({
  arn: `arn:aws:iam::${account}:role/app-${i}`,
  accountId: account,
  kind: 'role',
  name: `app-${i}`,
  path: '/',
  uniqueId: `AROA${i}`,
  details: {
    inlinePolicies: [
      {
        name: 'own',
        document: document([
          {
            Effect: 'Allow',
            Action: 'kms:GenerateDataKey*',
            Resource: '*',
            Condition: { StringEquals: { 'kms:ViaService': `s${i}.eu-west-1.amazonaws.com` } },
          },
        ]),
      },
    ],
    attachedPolicyArns: [i, i + 7, i + 11].map(
      (n) => `arn:aws:iam::${account}:policy/shared-${n % 40}`,
    ),
    permissionsBoundaryArn: null,
    tags: { team: `t${i % 5}` },
    trustPolicy: null,
  },
}))
const key: KeyFacts = {
  arn,
  accountId: account,
  keyUsage: null,
  keyManager: 'CUSTOMER',
  keyState: 'Enabled',
  organizationId: null,
  resourceControlPolicies: undefined,
  context: { 'kms:KeySpec': 'SYMMETRIC_DEFAULT' },
  policy: parsePolicy(
    document([
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Principal: {
          AWS: Array.from({ length: 200 }, (_, i) => `arn:aws:iam::${account}:role/app-${i}`),
        },
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
      },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'kms:*',
        Resource: '*',
        Condition: {
          StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' },
          Bool: { 'aws:PrincipalIsAWSService': 'false' },
        },
      },
    ]),
    'key',
  ),
  grants: Array.from({ length: 50 }, (_, i) => ({
    GrantId: String(i),
    GranteePrincipal: `arn:aws:iam::${account}:role/app-${i * 7}`,
    Operations: ['Decrypt'],
  })),
}

const sources: Sources = {
  iam: gatherIam(new Set([account]), [...managed, ...roles]),
  organization: null,
}
const time = (work: () => void): number => {
  const start = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}
/** Processor milliseconds. The first time parses every policy, as the first look at a key does. */
const report = (name: string, ms: number, bound: number): void => {
  console.log(
    JSON.stringify({
      bench: 'access-speed',
      name,
      ms: Math.round(ms * 10) / 10,
      bound,
      kept: ms < bound,
    }),
  )
  if (ms >= bound) process.exitCode = 1
}

const gather = () => roles.map(({ arn: id }) => factsOfPrincipal(sources, id, account))
report('facts of 1,000 principals, first time', time(gather), 1_000)
const principals = gather()
const [decrypt] = abilities
if (!decrypt) throw new Error('there are no abilities')
const weigh = () => principals.map((principal) => judgeAbility(key, principal, decrypt))
// Compiles 1,040 policies on the way.
report('one ability, first time', time(weigh), 500)
report('one ability', Math.min(time(weigh), time(weigh), time(weigh)), 100)
report(
  `all ${abilities.length} abilities`,
  Math.min(
    ...[1, 2, 3].map(() =>
      time(() => {
        for (const principal of principals) judgePrincipal(key, principal)
      }),
    ),
  ),
  1_000,
)
