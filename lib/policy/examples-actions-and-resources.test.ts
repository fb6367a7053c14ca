import {
  alias,
  allow,
  ann,
  delegating,
  deny,
  type Example,
  home,
  key,
  names,
  otherKey,
  policy,
  session,
  testExamples,
  to,
  when,
} from './test/examples'

const actionsAndResources: Example[] = [
  [
    'action names do not distinguish case',
    { keyPolicy: delegating, identityPolicies: [policy(allow('KMS:dECRYPT'))] },
    'allow',
  ],
  [
    'action with *',
    { keyPolicy: delegating, identityPolicies: [policy(allow('kms:De*'))] },
    'allow',
  ],
  [
    'action with ?',
    { keyPolicy: delegating, identityPolicies: [policy(allow('kms:?ecrypt'))] },
    'allow',
  ],
  [
    'action of another service',
    { keyPolicy: delegating, identityPolicies: [policy(allow('s3:*'))] },
    'deny',
  ],
  [
    'NotAction covers the rest',
    {
      keyPolicy: delegating,
      identityPolicies: [policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' })],
    },
    'allow',
  ],
  [
    'NotAction spares',
    {
      keyPolicy: delegating,
      identityPolicies: [policy({ Effect: 'Allow', NotAction: 'kms:De*', Resource: '*' })],
    },
    'deny',
  ],
  [
    'resource: the key',
    { keyPolicy: delegating, identityPolicies: [policy(allow('kms:Decrypt', { Resource: key }))] },
    'allow',
  ],
  [
    'resource: another key',
    {
      keyPolicy: delegating,
      identityPolicies: [policy(allow('kms:Decrypt', { Resource: otherKey }))],
    },
    'deny',
  ],
  [
    'resource: wildcard key',
    {
      keyPolicy: delegating,
      identityPolicies: [policy(allow('kms:Decrypt', { Resource: `arn:aws:kms:*:${home}:key/*` }))],
    },
    'allow',
  ],
  [
    'resource: a star does not reach over colons',
    {
      keyPolicy: delegating,
      identityPolicies: [policy(allow('kms:Decrypt', { Resource: 'arn:aws:kms:u*2:key/*' }))],
    },
    'deny',
  ],
  // "… can expand to match beyond the colon boundaries": how far, IAM does not say.
  [
    'resource: five parts, a star at the end of one',
    {
      keyPolicy: delegating,
      identityPolicies: [policy(allow('kms:Decrypt', { Resource: 'arn:aws:kms:*:key/*' }))],
    },
    'unknown',
  ],
  [
    'resource: five parts, the same in a Deny',
    {
      keyPolicy: delegating,
      identityPolicies: [policy(allow(), deny('kms:*', { Resource: 'arn:aws:kms:*:key/*' }))],
    },
    'unknown',
  ],
  [
    'resource: five parts of another service',
    {
      keyPolicy: delegating,
      identityPolicies: [policy(allow('kms:Decrypt', { Resource: 'arn:aws:s3:*:key/*' }))],
    },
    'deny',
  ],
  [
    'resource: five parts that end in a Region',
    {
      keyPolicy: delegating,
      identityPolicies: [policy(allow('kms:Decrypt', { Resource: 'arn:aws:kms:us-west-2:key/*' }))],
    },
    'deny',
  ],
  [
    'kms:ReEncrypt: both halves',
    {
      keyPolicy: delegating,
      action: 'kms:ReEncrypt',
      identityPolicies: [policy(allow('kms:ReEncrypt*'))],
    },
    'allow',
  ],
  [
    'kms:ReEncrypt: one half',
    {
      keyPolicy: delegating,
      action: 'kms:ReEncrypt',
      identityPolicies: [policy(allow('kms:ReEncryptFrom'))],
    },
    'deny',
  ],
  [
    'kms:ReEncrypt: a Deny of one half',
    {
      keyPolicy: delegating,
      action: 'kms:ReEncrypt',
      identityPolicies: [policy(allow(), deny('kms:ReEncryptTo'))],
    },
    'DENY',
  ],
  [
    'an alias of AWS',
    {
      as: ann,
      on: alias.replace('alias/', 'alias/aws/'),
      action: 'kms:DeleteAlias',
      identityPolicies: [policy(allow())],
    },
    'deny',
  ],
  [
    "an alias of one's own",
    { as: ann, on: alias, action: 'kms:DeleteAlias', identityPolicies: [policy(allow())] },
    'allow',
  ],
  [
    'resource: alias ARN never authorizes a key operation',
    {
      keyPolicy: delegating,
      identityPolicies: [policy(allow('kms:Decrypt', { Resource: alias }))],
    },
    'deny',
  ],
  [
    'resource: ARNs distinguish case',
    {
      keyPolicy: delegating,
      identityPolicies: [policy(allow('kms:Decrypt', { Resource: key.toUpperCase() }))],
    },
    'deny',
  ],
  [
    'NotResource',
    {
      keyPolicy: delegating,
      identityPolicies: [policy({ Effect: 'Allow', Action: 'kms:*', NotResource: otherKey })],
    },
    'allow',
  ],
  [
    'NotResource spares',
    {
      keyPolicy: delegating,
      identityPolicies: [policy({ Effect: 'Allow', Action: 'kms:*', NotResource: key })],
    },
    'deny',
  ],
  [
    'through an alias: every key may',
    {
      on: alias,
      keyPolicy: delegating,
      identityPolicies: [
        policy(allow('kms:Decrypt', { Resource: `arn:aws:kms:us-west-2:${home}:key/*` })),
      ],
    },
    'allow',
  ],
  [
    'through an alias: one key may, perhaps this',
    {
      on: alias,
      keyPolicy: delegating,
      identityPolicies: [policy(allow('kms:Decrypt', { Resource: key }))],
    },
    'unknown',
  ],
  [
    "through an alias: the alias's ARN is of no use",
    {
      on: alias,
      keyPolicy: delegating,
      identityPolicies: [policy(allow('kms:Decrypt', { Resource: alias }))],
    },
    'deny',
  ],
  [
    'through an alias: kms:RequestAlias follows',
    {
      on: alias,
      as: ann,
      keyPolicy: policy(
        allow('kms:Decrypt', {
          ...to(ann),
          ...when('StringEquals', 'kms:RequestAlias', 'alias/orders'),
        }),
      ),
    },
    'allow',
  ],
  [
    'alias operation on the alias: IAM alone',
    {
      on: alias,
      action: 'kms:UpdateAlias',
      identityPolicies: [policy(allow('kms:UpdateAlias', { Resource: alias }))],
    },
    'allow',
  ],
  [
    'alias operation on the key: its policy',
    {
      action: 'kms:UpdateAlias',
      keyPolicy: delegating,
      identityPolicies: [policy(allow('kms:UpdateAlias', { Resource: alias }))],
    },
    'deny',
  ],
  [
    'CreateKey: IAM alone, resource *',
    { on: '*', action: 'kms:CreateKey', identityPolicies: [policy(allow('kms:CreateKey'))] },
    'allow',
  ],
  [
    'CreateKey: a key ARN as resource is of no use',
    {
      on: '*',
      action: 'kms:CreateKey',
      identityPolicies: [policy(allow('kms:CreateKey', { Resource: 'arn:aws:kms:*:*:key/*' }))],
    },
    'deny',
  ],
  [
    'ListKeys: no key policy can give it',
    { action: 'kms:ListKeys', keyPolicy: names(session) },
    'deny',
  ],
]

testExamples('actions and resources', actionsAndResources)
