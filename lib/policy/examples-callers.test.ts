import {
  abroad,
  allow,
  ann,
  decrypt,
  delegating,
  deny,
  everyone,
  type Example,
  foreignRoot,
  home,
  names,
  policy,
  role,
  root,
  service,
  session,
  testExamples,
  to,
  when,
} from './test/examples'

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

/**
 * IAM: "the principal making the request is the IAM role session ARN and not
 * the ARN of the role itself".
 */
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

testExamples('callers', callers)
testExamples('sessions of a role', sessions)
