import {
  alias,
  allow,
  ann,
  decrypt,
  delegating,
  deny,
  everyone,
  type Example,
  foreignRoot,
  home,
  key,
  names,
  otherKey,
  policy,
  role,
  root,
  session,
  testExamples,
  to,
} from './test/examples'

/**
 * IAM user guide, "Policy evaluation for requests within a single account";
 * KMS guide, "Key policies".
 */
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

testExamples('same account', sameAccount)
