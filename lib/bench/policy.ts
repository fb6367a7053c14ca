/**
 * `npx tsx lib/bench/policy.ts`: how fast policies are parsed and asked. One JSON
 * line per figure. One core.
 */
import type { Case } from '../policy/case'
import type { PolicyDocument } from '../policy/document'
import { decide, evaluate } from '../policy/evaluate'
import { parsePolicy } from '../policy/parse'

const account = '111122223333'
const key = `arn:aws:kms:eu-west-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const abilities = [
  'Encrypt',
  'Decrypt',
  'ReEncryptFrom',
  'ReEncryptTo',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateMac',
  'VerifyMac',
  'Sign',
  'Verify',
  'DeriveSharedSecret',
  'GetPublicKey',
  'DescribeKey',
  'CreateGrant',
  'ListGrants',
  'RevokeGrant',
  'RetireGrant',
  'PutKeyPolicy',
  'GetKeyPolicy',
  'EnableKey',
  'DisableKey',
  'ScheduleKeyDeletion',
  'CancelKeyDeletion',
  'EnableKeyRotation',
  'DisableKeyRotation',
  'RotateKeyOnDemand',
  'TagResource',
  'UntagResource',
  'UpdateKeyDescription',
  'UpdateAlias',
  'DeleteAlias',
  'ImportKeyMaterial',
  'DeleteImportedKeyMaterial',
  'ReplicateKey',
].map((operation) => `kms:${operation}`)

function parse(type: 'key' | 'identity' | 'scp', statements: object[]): PolicyDocument {
  return parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), type)
}

const use = [
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:ReEncrypt*',
  'kms:GenerateDataKey*',
  'kms:DescribeKey',
]
const keyPolicy = parse('key', [
  {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  },
  {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:role/Admin` },
    Action: ['kms:Create*', 'kms:Put*', 'kms:Disable*'],
    Resource: '*',
  },
  {
    Effect: 'Allow',
    Principal: {
      AWS: Array.from({ length: 20 }, (_, i) => `arn:aws:iam::${account}:role/app-${i}`),
    },
    Action: use,
    Resource: '*',
  },
  {
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: use,
    Resource: '*',
    Condition: {
      StringEquals: {
        'kms:CallerAccount': account,
        'kms:ViaService': 's3.eu-west-1.amazonaws.com',
      },
    },
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
])
const scp = [
  [
    parse('scp', [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      {
        Effect: 'Deny',
        Action: 'kms:ScheduleKeyDeletion',
        Resource: '*',
        Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/breakglass' } },
      },
    ]),
  ],
]
const shared = parse('identity', [
  { Effect: 'Allow', Action: ['s3:Get*', 'logs:*', 'ec2:Describe*'], Resource: '*' },
])
const principals = Array.from({ length: 1000 }, (_, i) => ({
  name: `arn:aws:iam::${account}:role/app-${i}`,
  policies: [
    shared,
    parse('identity', [
      {
        Effect: 'Allow',
        Action: i % 3 ? 'kms:Decrypt' : 'kms:*',
        Resource: i % 2 ? key : 'arn:aws:kms:*:*:key/*',
        Condition: { StringEquals: { 'aws:PrincipalTag/team': 'a' } },
      },
    ]),
  ],
}))
const grants = Array.from({ length: 20 }, (_, i) => ({
  GrantId: String(i),
  GranteePrincipal: `arn:aws:iam::${account}:role/app-${i * 7}`,
  Operations: ['Decrypt'],
}))

function makeCase(principal: { name: string; policies: PolicyDocument[] }, action: string): Case {
  return {
    request: { principal: principal.name, action, resource: key, contextComplete: false },
    keyPolicy,
    identityPolicies: principal.policies,
    serviceControlPolicies: scp,
    grants,
  }
}

function report(name: string, figure: number, unit: string): void {
  process.stdout.write(`${JSON.stringify({ name, figure: Math.round(figure * 10) / 10, unit })}\n`)
}

function time(work: () => void): number {
  const start = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/** Processor milliseconds, the best of three: other work on the machine is not ours to measure. */
function best(work: () => void): number {
  return Math.min(time(work), time(work), time(work))
}

function measureAccess(): void {
  const one = best(() => {
    for (const principal of principals) decide(makeCase(principal, 'kms:Decrypt'))
  })
  report('access of one key, 1000 principals, one ability', one, 'ms')
  const all = best(() => {
    for (const action of abilities)
      for (const principal of principals) decide(makeCase(principal, action))
  })
  report(`access of one key, 1000 principals, ${abilities.length} abilities`, all, 'ms')
  report('decisions', ((principals.length * abilities.length) / all) * 1000, 'per second')
  const words = best(() => {
    for (const action of abilities)
      for (const principal of principals) evaluate(makeCase(principal, action))
  })
  report(
    'evaluations with their path',
    ((principals.length * abilities.length) / words) * 1000,
    'per second',
  )
}

function measureHostile(): void {
  const pad = (head: string, filler: string, tail: string): string =>
    head + filler.repeat(Math.floor((32_700 - head.length - tail.length) / filler.length)) + tail
  const opening =
    '{"Version":"2012-10-17","Statement":[' +
    '{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":'
  const statement = (resource: string): string => `${opening}"${resource}"}]}`
  const texts: Record<string, string> = {
    'one pattern of *a*a*a': statement(pad('arn:aws:kms:*:*:*', 'a*', 'b')),
    'many patterns of *a*?*a': pad(
      `${opening}["*"`,
      ',"arn:aws:kms:*:*:*k*?*e*?*y*?*1*?*2*?*b*z"',
      ']}]}',
    ),
    'ten thousand brackets': pad('{"Statement":', '[', ''),
    'many statements': pad(
      `${opening}"*"}`,
      ',{"Effect":"Deny","Principal":"*","Action":"*y","Resource":"*"}',
      ']}',
    ),
    'many conditions': pad(
      `${opening}"*","Condition":{"StringLike":{"a:b":["x"`,
      ',"*a*a*a*a*a*b"',
      ']}}}]}',
    ),
  }
  for (const [name, text] of Object.entries(texts)) {
    const ms = best(() => {
      const policy = parsePolicy(text, 'key')
      evaluate({
        request: {
          principal: '*',
          action: 'kms:Decrypt',
          resource: key,
          context: { 'a:b': 'a'.repeat(2000) },
        },
        keyPolicy: policy,
      })
    })
    report(`hostile: ${name}`, ms, 'ms')
  }
}

measureAccess()
report(
  'parse a key policy of 5 statements',
  best(() => {
    for (let i = 0; i < 1000; i++) parsePolicy(keyPolicy.text, 'key')
  }),
  'microseconds',
)
measureHostile()
