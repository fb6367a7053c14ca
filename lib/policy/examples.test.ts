import { describe, expect, test } from 'vitest'
import {
  abroad,
  alias,
  allow,
  ann,
  answerOf,
  delegating,
  deny,
  eve,
  everyone,
  foreignRoot,
  full,
  guest,
  home,
  key,
  otherKey,
  policy,
  rcpFull,
  role,
  root,
  service,
  session,
  to,
  when,
  type Example,
} from './examples.test-support'

const decrypt = policy(allow('kms:Decrypt'))
const names = (...who: string[]): object => policy(allow('kms:*', to(...who)))
const emptyBoundary = [policy(allow('s3:*'))]

/** IAM user guide, "Policy evaluation for requests within a single account"; KMS guide, "Key policies". */
const sameAccount: Example[] = [
  ['nothing allows', { keyPolicy: policy() }, 'deny'],
  ['no key policy', { identityPolicies: [decrypt] }, 'deny'],
  [
    'identity allows, key policy delegates',
    { keyPolicy: delegating, identityPolicies: [decrypt] },
    'allow',
  ],
  [
    'identity allows, key policy does not delegate',
    { keyPolicy: names(ann), identityPolicies: [decrypt] },
    'deny',
  ],
  [
    'key policy delegates, identity is silent',
    { keyPolicy: delegating, identityPolicies: [] },
    'deny',
  ],
  [
    'account by its bare number delegates too',
    { keyPolicy: names(home), identityPolicies: [decrypt] },
    'allow',
  ],
  [
    "another account's delegation is not ours",
    { keyPolicy: names(foreignRoot), identityPolicies: [decrypt] },
    'deny',
  ],
  ['key policy names the user', { as: ann, keyPolicy: names(ann) }, 'allow'],
  ['key policy names the role of a session', { keyPolicy: names(role) }, 'allow'],
  ['key policy names the session', { keyPolicy: names(session) }, 'allow'],
  [
    'key policy names another session of the role',
    { keyPolicy: names(session.replace('i-0abc', 'other')) },
    'deny',
  ],
  ['a role asked for as such', { as: role, keyPolicy: names(role) }, 'allow'],
  ['a role of another name', { keyPolicy: names(`arn:aws:iam::${home}:role/apple`) }, 'deny'],
  [
    "the path of a session's role, when the request knows it",
    {
      keyPolicy: names(role),
      context: { 'aws:PrincipalArn': `arn:aws:iam::${home}:role/other/app` },
    },
    'deny',
  ],
  [
    'wildcards in a principal match nobody',
    { as: ann, keyPolicy: names(`arn:aws:iam::${home}:user/*`) },
    'deny',
  ],
  [
    'wildcard account matches nobody',
    { as: ann, keyPolicy: names('arn:aws:iam::*:user/ann') },
    'deny',
  ],
  [
    'unique ids of deleted principals match nobody',
    { as: ann, keyPolicy: names('AIDACKCEVSQ6C2EXAMPLE', 'AROADBQP57FF2AEXAMPLE') },
    'deny',
  ],
  ['"*" is everyone', { as: ann, keyPolicy: policy(allow('kms:*', everyone)) }, 'allow'],
  ['{"AWS": "*"} is everyone', { as: ann, keyPolicy: names('*') }, 'allow'],
  [
    'a Deny in the identity policy binds who is named directly',
    { as: ann, keyPolicy: names(ann), identityPolicies: [policy(deny())] },
    'DENY',
  ],
  [
    'a Deny for the account binds its users',
    { as: ann, keyPolicy: policy(allow('kms:*', to(ann)), deny('kms:Decrypt', to(root))) },
    'DENY',
  ],
  [
    'a Deny for the role binds its sessions',
    { keyPolicy: policy(allow('kms:*', to(session)), deny('kms:Decrypt', to(role))) },
    'DENY',
  ],
  [
    'a Deny for another session does not',
    {
      keyPolicy: policy(
        allow('kms:*', to(role)),
        deny('kms:Decrypt', to(session.replace('i-0abc', 'x'))),
      ),
    },
    'allow',
  ],
  [
    'statement without Action is inert',
    { as: ann, keyPolicy: policy({ Effect: 'Allow', ...to(ann), Resource: '*' }) },
    'deny',
  ],
  [
    'statement without Resource is inert',
    { as: ann, keyPolicy: policy({ Effect: 'Allow', ...to(ann), Action: 'kms:*' }) },
    'deny',
  ],
  [
    "key policy with the key's own ARN",
    { as: ann, keyPolicy: policy(allow('kms:*', { ...to(ann), Resource: key })) },
    'allow',
  ],
  [
    "key policy with another key's ARN",
    { as: ann, keyPolicy: policy(allow('kms:*', { ...to(ann), Resource: otherKey })) },
    'deny',
  ],
  [
    'key policy with an alias ARN',
    { as: ann, keyPolicy: policy(allow('kms:*', { ...to(ann), Resource: alias })) },
    'deny',
  ],
  [
    'a single statement, not in a list',
    { as: ann, keyPolicy: { Statement: allow('kms:*', to(ann)) } },
    'allow',
  ],
  ['policy given as text', { as: ann, keyPolicy: JSON.stringify(names(ann)) }, 'allow'],
]

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

/** IAM user guide, "How AWS enforcement code logic evaluates requests"; Organizations guide. */
const guardrails: Example[] = [
  [
    'boundary allows',
    { keyPolicy: delegating, identityPolicies: [decrypt], permissionBoundaries: [decrypt] },
    'allow',
  ],
  [
    'boundary is silent',
    { keyPolicy: delegating, identityPolicies: [decrypt], permissionBoundaries: emptyBoundary },
    'deny',
  ],
  [
    'boundary list empty: in force, allows nothing',
    { keyPolicy: delegating, identityPolicies: [decrypt], permissionBoundaries: [] },
    'deny',
  ],
  [
    'all boundaries must allow',
    {
      keyPolicy: delegating,
      identityPolicies: [decrypt],
      permissionBoundaries: [decrypt, policy(allow('s3:*'))],
    },
    'deny',
  ],
  ['boundary gives nothing', { keyPolicy: delegating, permissionBoundaries: [full] }, 'deny'],
  [
    'user named directly: silent boundary does not limit',
    { as: ann, keyPolicy: names(ann), permissionBoundaries: emptyBoundary },
    'allow',
  ],
  [
    "user named directly: a boundary's Deny does",
    { as: ann, keyPolicy: names(ann), permissionBoundaries: [policy(deny())] },
    'DENY',
  ],
  [
    'role named: silent boundary limits',
    { keyPolicy: names(role), permissionBoundaries: emptyBoundary },
    'deny',
  ],
  [
    'session named: silent boundary does not limit',
    { keyPolicy: names(session), permissionBoundaries: emptyBoundary },
    'allow',
  ],
  [
    'everyone, bounded by aws:PrincipalArn: silent boundary does not limit',
    {
      keyPolicy: policy(
        allow('kms:*', {
          ...everyone,
          ...when('ArnLike', 'aws:PrincipalArn', `arn:aws:iam::${home}:role/app`),
        }),
      ),
      permissionBoundaries: emptyBoundary,
    },
    'allow',
  ],
  [
    'session policy allows',
    {
      keyPolicy: delegating,
      identityPolicies: [decrypt],
      sessionPolicies: [policy(allow('s3:*')), decrypt],
    },
    'allow',
  ],
  [
    'session policy is silent',
    { keyPolicy: delegating, identityPolicies: [decrypt], sessionPolicies: emptyBoundary },
    'deny',
  ],
  [
    'role named: silent session policy limits',
    { keyPolicy: names(role), sessionPolicies: emptyBoundary },
    'deny',
  ],
  [
    'session named: silent session policy does not',
    { keyPolicy: names(session), sessionPolicies: emptyBoundary },
    'allow',
  ],
  [
    'SCP allows',
    { as: ann, keyPolicy: names(ann), serviceControlPolicies: [[full], [full]] },
    'allow',
  ],
  [
    'SCP: one level is silent',
    { as: ann, keyPolicy: names(ann), serviceControlPolicies: [[full], [policy(allow('s3:*'))]] },
    'deny',
  ],
  ['SCP: no level', { as: ann, keyPolicy: names(ann), serviceControlPolicies: [] }, 'deny'],
  [
    'SCP: a level without policies',
    { as: ann, keyPolicy: names(ann), serviceControlPolicies: [[full], []] },
    'deny',
  ],
  [
    'SCP denies',
    {
      as: ann,
      keyPolicy: names(ann),
      serviceControlPolicies: [[full], [full, policy(deny('kms:Decrypt'))]],
    },
    'DENY',
  ],
  [
    'SCP binds the root user of a member',
    { as: root, keyPolicy: delegating, serviceControlPolicies: [[full, policy(deny())]] },
    'DENY',
  ],
  [
    'SCP does not bind a service-linked role',
    {
      as: `arn:aws:sts::${home}:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling`,
      keyPolicy: names(
        `arn:aws:iam::${home}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
      ),
      serviceControlPolicies: [[policy(deny())]],
    },
    'allow',
  ],
  [
    'SCP does not bind a service',
    {
      as: 'logs.us-west-2.amazonaws.com',
      keyPolicy: policy(allow('kms:*', service('logs.us-west-2.amazonaws.com'))),
      serviceControlPolicies: [[policy(deny())]],
    },
    'allow',
  ],
  ['RCP allows', { as: ann, keyPolicy: names(ann), resourceControlPolicies: [[rcpFull]] }, 'allow'],
  [
    'RCP denies a service too',
    {
      as: 'logs.amazonaws.com',
      keyPolicy: policy(allow('kms:*', service('logs.amazonaws.com'))),
      resourceControlPolicies: [[rcpFull, policy(deny('kms:*', everyone))]],
    },
    'DENY',
  ],
  [
    'RCP does not bind a service-linked role',
    {
      as: `arn:aws:iam::${home}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX`,
      keyPolicy: names(
        `arn:aws:iam::${home}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX`,
      ),
      resourceControlPolicies: [[policy(deny('kms:*', everyone))]],
    },
    'allow',
  ],
  [
    'endpoint policy allows',
    {
      as: ann,
      keyPolicy: names(ann),
      vpcEndpointPolicies: [policy(allow('kms:Decrypt', everyone))],
    },
    'allow',
  ],
  [
    'endpoint policy for the account',
    {
      as: ann,
      keyPolicy: names(ann),
      vpcEndpointPolicies: [policy(allow('kms:Decrypt', to(root)))],
    },
    'allow',
  ],
  [
    'endpoint policy for others',
    {
      as: ann,
      keyPolicy: names(ann),
      vpcEndpointPolicies: [policy(allow('kms:Decrypt', to(eve)))],
    },
    'deny',
  ],
  [
    'endpoint policy denies',
    {
      as: ann,
      keyPolicy: names(ann),
      vpcEndpointPolicies: [policy(allow('*', everyone), deny('kms:*', to(ann)))],
    },
    'DENY',
  ],
]

/** KMS guide, "Allowing users in other accounts to use a KMS key"; IAM, "Cross-account policy evaluation logic". */
const crossAccount: Example[] = [
  [
    'both sides',
    {
      as: eve,
      keyPolicy: names(foreignRoot),
      identityPolicies: [policy(allow('kms:Decrypt', { Resource: key }))],
    },
    'allow',
  ],
  ["only the key's side, account", { as: eve, keyPolicy: names(foreignRoot) }, 'deny'],
  ["only the key's side, the user by name", { as: eve, keyPolicy: names(eve) }, 'deny'],
  [
    "only the caller's side",
    { as: eve, keyPolicy: delegating, identityPolicies: [decrypt] },
    'deny',
  ],
  [
    'the role by name and its policy',
    {
      as: guest,
      keyPolicy: names(`arn:aws:iam::${abroad}:role/guest`),
      identityPolicies: [decrypt],
    },
    'allow',
  ],
  [
    "a boundary of the caller's account limits, also the user by name",
    {
      as: eve,
      keyPolicy: names(eve),
      identityPolicies: [decrypt],
      permissionBoundaries: emptyBoundary,
    },
    'deny',
  ],
  ['everyone, without an identity policy', { as: eve, keyPolicy: names('*') }, 'deny'],
  ['everyone, with one', { as: eve, keyPolicy: names('*'), identityPolicies: [decrypt] }, 'allow'],
  [
    'DisableKey has no effect across accounts',
    {
      as: eve,
      action: 'kms:DisableKey',
      keyPolicy: names(foreignRoot),
      identityPolicies: [policy(allow())],
    },
    'deny',
  ],
  [
    'PutKeyPolicy neither',
    {
      as: eve,
      action: 'kms:PutKeyPolicy',
      keyPolicy: names('*'),
      identityPolicies: [policy(allow())],
    },
    'deny',
  ],
  [
    'GetKeyRotationStatus has',
    {
      as: eve,
      action: 'kms:GetKeyRotationStatus',
      keyPolicy: names(abroad),
      identityPolicies: [policy(allow())],
    },
    'allow',
  ],
  ['root user of the trusted account', { as: foreignRoot, keyPolicy: names(foreignRoot) }, 'allow'],
  [
    'root user of an account that is not trusted',
    { as: foreignRoot, keyPolicy: delegating },
    'deny',
  ],
  [
    "a Deny of the caller's side",
    { as: eve, keyPolicy: names(eve), identityPolicies: [decrypt, policy(deny())] },
    'DENY',
  ],
  [
    'partitions do not meet',
    { as: `arn:aws-cn:iam::${home}:user/ann`, keyPolicy: names('*'), identityPolicies: [decrypt] },
    'deny',
  ],
  [
    'within another partition',
    {
      as: `arn:aws-us-gov:iam::${home}:user/ann`,
      on: key.replace('aws', 'aws-us-gov'),
      keyPolicy: names(`arn:aws-us-gov:iam::${home}:root`),
      identityPolicies: [decrypt],
    },
    'allow',
  ],
]

const callers: Example[] = [
  ['root user: the key policy trusts the account', { as: root, keyPolicy: delegating }, 'allow'],
  ['root user: the key policy does not', { as: root, keyPolicy: names(ann) }, 'deny'],
  ['root user by account number', { as: home, keyPolicy: delegating }, 'allow'],
  [
    'root user has no boundary',
    { as: root, keyPolicy: delegating, permissionBoundaries: [policy(deny())] },
    'allow',
  ],
  ['root user creates keys', { as: root, action: 'kms:CreateKey', on: '*' }, 'allow'],
  [
    'service by name',
    {
      as: 'cloudtrail.amazonaws.com',
      keyPolicy: policy(allow('kms:GenerateDataKey*', service('cloudtrail.amazonaws.com'))),
      action: 'kms:GenerateDataKey',
    },
    'allow',
  ],
  [
    'another service',
    {
      as: 's3.amazonaws.com',
      keyPolicy: policy(allow('kms:*', service('cloudtrail.amazonaws.com'))),
    },
    'deny',
  ],
  [
    'a service is not of the account',
    { as: 's3.amazonaws.com', keyPolicy: delegating, identityPolicies: [decrypt] },
    'deny',
  ],
  [
    'service: aws:SourceAccount must be there',
    {
      as: 's3.amazonaws.com',
      keyPolicy: policy(
        allow('kms:*', {
          ...service('s3.amazonaws.com'),
          ...when('StringEquals', 'aws:SourceAccount', home),
        }),
      ),
    },
    'deny',
  ],
  [
    'service: and be right',
    {
      as: 's3.amazonaws.com',
      context: { 'aws:sourceaccount': home },
      keyPolicy: policy(
        allow('kms:*', {
          ...service('s3.amazonaws.com'),
          ...when('StringEquals', 'aws:SourceAccount', home),
        }),
      ),
    },
    'allow',
  ],
  ['anonymous: everyone', { as: '*', keyPolicy: names('*') }, 'allow'],
  [
    'anonymous: any account is not everyone',
    { as: '*', keyPolicy: names(root, foreignRoot) },
    'deny',
  ],
  [
    'anonymous has no kms:CallerAccount',
    {
      as: '*',
      keyPolicy: policy(
        allow('kms:*', { ...everyone, ...when('StringEquals', 'kms:CallerAccount', home) }),
      ),
    },
    'deny',
  ],
  [
    'federated user, named',
    {
      as: `arn:aws:sts::${home}:federated-user/bob`,
      keyPolicy: names(`arn:aws:sts::${home}:federated-user/bob`),
    },
    'allow',
  ],
  [
    'federated user, through the account',
    {
      as: `arn:aws:sts::${home}:federated-user/bob`,
      keyPolicy: delegating,
      identityPolicies: [decrypt],
      sessionPolicies: [decrypt],
    },
    'allow',
  ],
  [
    'Federated and CanonicalUser name no caller of KMS',
    {
      as: ann,
      keyPolicy: policy(
        allow('kms:*', {
          Principal: { Federated: 'accounts.google.com', CanonicalUser: 'a'.repeat(64) },
        }),
      ),
    },
    'deny',
  ],
]

/** IAM: "the principal making the request is the IAM role session ARN and not the ARN of the role itself". */
const sessions: Example[] = [
  [
    'a role of which one session is allowed',
    { as: role, keyPolicy: policy(allow('kms:Decrypt', to(session))) },
    'depends',
  ],
  [
    'a role of which one session is denied',
    { as: role, keyPolicy: policy(allow('kms:*', to(role)), deny('kms:Decrypt', to(session))) },
    'depends',
  ],
  [
    'the session itself',
    { as: session, keyPolicy: policy(allow('kms:Decrypt', to(session))) },
    'allow',
  ],
  [
    'a role of another name',
    { as: `${role}s`, keyPolicy: policy(allow('kms:Decrypt', to(session))) },
    'deny',
  ],
  [
    'a role of another account',
    { as: role.replace(home, abroad), keyPolicy: policy(allow('kms:Decrypt', to(session))) },
    'deny',
  ],
  [
    "a role that the account's IAM allows too",
    {
      as: role,
      keyPolicy: policy(allow('kms:Decrypt', to(session, root))),
      identityPolicies: [decrypt],
    },
    'allow',
  ],
  [
    'a role that is denied beside it',
    { as: role, keyPolicy: policy(allow('kms:Decrypt', to(session)), deny('kms:*', to(role))) },
    'DENY',
  ],
  [
    'a user is not concerned',
    { as: ann, keyPolicy: policy(allow('kms:Decrypt', to(session))) },
    'deny',
  ],
]

/** IAM user guide, "NotPrincipal". */
const notPrincipal: Example[] = [
  [
    'Deny spares the one listed',
    {
      as: ann,
      keyPolicy: policy(allow('kms:*', to(ann)), { ...deny(), NotPrincipal: { AWS: [ann, root] } }),
    },
    'allow',
  ],
  [
    'Deny binds others of the account',
    {
      as: session,
      keyPolicy: policy(allow('kms:*', to(session)), {
        ...deny(),
        NotPrincipal: { AWS: [ann, root] },
      }),
    },
    'DENY',
  ],
  [
    'Deny spares the account where it alone is listed',
    {
      as: ann,
      keyPolicy: policy(allow('kms:*', to(ann)), { ...deny(), NotPrincipal: { AWS: root } }),
    },
    'allow',
  ],
  [
    'Deny spares a session of a listed role',
    {
      keyPolicy: policy(allow('kms:*', to(role)), {
        ...deny(),
        NotPrincipal: { AWS: [role, root] },
      }),
    },
    'allow',
  ],
  // "… might deny access to the entire account": that is all that AWS says.
  [
    'Deny that lists the user without its account',
    {
      as: ann,
      keyPolicy: policy(allow('kms:*', to(ann)), { ...deny(), NotPrincipal: { AWS: ann } }),
    },
    'unknown',
  ],
  [
    'Deny that lists the session without its role',
    {
      keyPolicy: policy(allow('kms:*', to(role)), {
        ...deny(),
        NotPrincipal: { AWS: [session, root] },
      }),
    },
    'unknown',
  ],
  [
    'Deny that lists the session with all',
    {
      keyPolicy: policy(allow('kms:*', to(role)), {
        ...deny(),
        NotPrincipal: { AWS: [session, role, root] },
      }),
    },
    'allow',
  ],
  [
    'Deny that lists a session, asked of its role',
    {
      as: role,
      keyPolicy: policy(allow('kms:*', to(role)), {
        ...deny(),
        NotPrincipal: { AWS: [session, root] },
      }),
    },
    'depends',
  ],
  [
    'Deny binds strangers',
    {
      as: eve,
      keyPolicy: policy(allow('kms:*', everyone), { ...deny(), NotPrincipal: { AWS: root } }),
      identityPolicies: [decrypt],
    },
    'DENY',
  ],
  [
    'Deny binds services',
    {
      as: 's3.amazonaws.com',
      keyPolicy: policy(allow('kms:*', everyone), { ...deny(), NotPrincipal: { AWS: root } }),
    },
    'DENY',
  ],
  [
    'Deny binds whoever has a boundary, listed or not',
    {
      as: ann,
      keyPolicy: policy(allow('kms:*', to(ann)), { ...deny(), NotPrincipal: { AWS: [ann, root] } }),
      permissionBoundaries: [full],
    },
    'DENY',
  ],
  [
    'Deny that spares everyone',
    {
      as: ann,
      keyPolicy: policy(allow('kms:*', to(ann)), { ...deny(), NotPrincipal: { AWS: '*' } }),
    },
    'allow',
  ],
  [
    'Deny that spares everyone, asked of a session',
    {
      keyPolicy: policy(allow('kms:*', to(role)), {
        ...deny(),
        NotPrincipal: { AWS: ['*', session] },
      }),
    },
    'allow',
  ],
  [
    'Allow is for everyone else, the anonymous too',
    { as: '*', keyPolicy: policy({ ...allow(), NotPrincipal: { AWS: ann } }) },
    'allow',
  ],
  [
    'Allow is not for the one listed',
    { as: ann, keyPolicy: policy({ ...allow(), NotPrincipal: { AWS: ann } }) },
    'deny',
  ],
]

const notKnown: Example[] = [
  ['SCP not known', { as: ann, keyPolicy: names(ann), serviceControlPolicies: null }, 'unknown'],
  [
    'one level not known',
    { as: ann, keyPolicy: names(ann), serviceControlPolicies: [[full], null] },
    'unknown',
  ],
  [
    'SCP not known, a Deny elsewhere',
    { as: ann, keyPolicy: policy(deny('kms:*', to(ann))), serviceControlPolicies: null },
    'DENY',
  ],
  [
    'identity not known, named directly: it might deny',
    { as: ann, keyPolicy: names(ann), identityPolicies: null },
    'unknown',
  ],
  ['key policy not known', { keyPolicy: null, identityPolicies: [decrypt] }, 'unknown'],
  ['grants not known, nothing else allows', { keyPolicy: delegating, grants: null }, 'unknown'],
  [
    'grants not known, the policies allow: grants cannot deny',
    { keyPolicy: delegating, identityPolicies: [decrypt], grants: null },
    'allow',
  ],
  [
    'grants not known, no grant gives this',
    { action: 'kms:PutKeyPolicy', keyPolicy: delegating, grants: null },
    'deny',
  ],
  [
    'SCP not known, of no concern to a service',
    {
      as: 's3.amazonaws.com',
      keyPolicy: policy(allow('kms:*', service('s3.amazonaws.com'))),
      serviceControlPolicies: null,
    },
    'allow',
  ],
  [
    'a policy that is no JSON is not known',
    { keyPolicy: '{"Version":', identityPolicies: [decrypt] },
    'unknown',
  ],
  [
    'an operator that nobody knows',
    {
      as: ann,
      keyPolicy: policy(allow('kms:*', { ...to(ann), ...when('StringEqual', 'a:b', 'c') })),
    },
    'unknown',
  ],
  [
    'unknown before depends',
    {
      as: ann,
      contextComplete: false,
      keyPolicy: policy(
        allow('kms:*', { ...to(ann), ...when('StringEquals', 'aws:PrincipalOrgID', 'o-1') }),
      ),
      serviceControlPolicies: null,
    },
    'unknown',
  ],
  [
    'depends',
    {
      as: ann,
      contextComplete: false,
      keyPolicy: policy(
        allow('kms:*', { ...to(ann), ...when('StringEquals', 'aws:PrincipalOrgID', 'o-1') }),
      ),
    },
    'depends',
  ],
  [
    'depends on a Deny',
    {
      as: ann,
      contextComplete: false,
      keyPolicy: policy(
        allow('kms:*', to(ann)),
        deny('kms:*', { ...to(ann), ...when('Bool', 'aws:MultiFactorAuthPresent', 'false') }),
      ),
    },
    'depends',
  ],
  [
    'a Deny that depends changes nothing where nothing allows',
    {
      as: ann,
      contextComplete: false,
      keyPolicy: policy(deny('kms:*', { ...to(ann), ...when('Bool', 'a:b', 'false') })),
    },
    'deny',
  ],
]

describe.each([
  ['same account', sameAccount],
  ['actions and resources', actionsAndResources],
  ['guardrails', guardrails],
  ['cross account', crossAccount],
  ['callers', callers],
  ['sessions of a role', sessions],
  ['NotPrincipal', notPrincipal],
  ['not known', notKnown],
])('%s', (_name, examples) => {
  test.each(examples)('%s', (_what, question, expected) => {
    expect(answerOf(question)).toBe(expected)
  })
})
