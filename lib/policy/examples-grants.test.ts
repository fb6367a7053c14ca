import {
  abroad,
  allow,
  ann,
  decrypt,
  delegating,
  deny,
  equals,
  eve,
  everyone,
  type Example,
  foreignRoot,
  grant,
  guest,
  home,
  key,
  otherKey,
  policy,
  rcpFull,
  role,
  root,
  session,
  silent,
  testExamples,
  to,
} from './test/examples'

const subset = { Constraints: { EncryptionContextSubset: { Department: 'Finance' } } }
const fromBucket = { Constraints: { SourceArn: `arn:aws:logs:us-west-2:${home}:log-group:a` } }

/** KMS guide, "Grants in AWS KMS". */
const grantees: Example[] = [
  ['a user', { as: ann, grants: [grant(ann)] }, 'allow'],
  ['without a key policy', { as: ann, keyPolicy: undefined, grants: [grant(ann)] }, 'allow'],
  ['another user', { as: ann, grants: [grant(eve)] }, 'deny'],
  [
    'an operation that was not granted',
    { as: ann, action: 'kms:Encrypt', grants: [grant(ann)] },
    'deny',
  ],
  ['a grant of another key', { as: ann, grants: [grant(ann, { KeyId: otherKey })] }, 'deny'],
  [
    "a grant that has the key's id only",
    { as: ann, grants: [grant(ann, { KeyId: key.split('/')[1] })] },
    'allow',
  ],
  ['a role, for its sessions', { grants: [grant(role)] }, 'allow'],
  ['a session', { grants: [grant(session)] }, 'allow'],
  ['a session, asked of its role', { as: role, grants: [grant(session)] }, 'depends'],
  [
    'a session of another role',
    { as: role, grants: [grant(session.replace('/app/', '/apps/'))] },
    'deny',
  ],
  ['the session of another', { grants: [grant(session.replace('i-0abc', 'x'))] }, 'deny'],
  ['the account: IAM decides', { grants: [grant(root)], identityPolicies: [decrypt] }, 'allow'],
  ['the account: IAM is silent', { grants: [grant(root)] }, 'deny'],
  ['the account, for its root user', { as: root, grants: [grant(root)] }, 'allow'],
  ['a deleted principal', { as: ann, grants: [grant('AIDACKCEVSQ6C2EXAMPLE')] }, 'deny'],
  [
    'a service in the old field',
    { as: 'dynamodb.us-west-2.amazonaws.com', grants: [grant('dynamodb.us-west-2.amazonaws.com')] },
    'allow',
  ],
  [
    'a foreign user: enough by itself',
    { as: eve, keyPolicy: delegating, grants: [grant(eve)] },
    'allow',
  ],
  [
    'a foreign role',
    { as: guest, keyPolicy: delegating, grants: [grant(`arn:aws:iam::${abroad}:role/guest`)] },
    'allow',
  ],
  [
    'a foreign account: its IAM decides',
    { as: eve, keyPolicy: delegating, grants: [grant(foreignRoot)] },
    'deny',
  ],
  [
    'and may allow',
    { as: eve, keyPolicy: delegating, grants: [grant(foreignRoot)], identityPolicies: [decrypt] },
    'allow',
  ],
  ['nobody is not a grantee', { as: '*', grants: [grant('*')] }, 'deny'],
]

const againstPolicies: Example[] = [
  [
    'a Deny of the key policy',
    { as: ann, keyPolicy: policy(deny('kms:*', to(ann))), grants: [grant(ann)] },
    'DENY',
  ],
  [
    'a Deny of the identity policy',
    { as: ann, identityPolicies: [policy(deny())], grants: [grant(ann)] },
    'DENY',
  ],
  [
    'a Deny of the boundary',
    { as: ann, permissionBoundaries: [policy(deny())], grants: [grant(ann)] },
    'DENY',
  ],
  [
    'a silent boundary, user',
    { as: ann, permissionBoundaries: silent, grants: [grant(ann)] },
    'allow',
  ],
  // Whether these limit what a grant gives to a role, the KMS guide does not say.
  ['a silent boundary, role', { permissionBoundaries: silent, grants: [grant(role)] }, 'unknown'],
  ['a silent session policy, role', { sessionPolicies: silent, grants: [grant(role)] }, 'unknown'],
  [
    'a boundary that allows, role',
    { permissionBoundaries: [decrypt], grants: [grant(role)] },
    'allow',
  ],
  [
    'a Deny of the boundary, role',
    { permissionBoundaries: [policy(deny())], grants: [grant(role)] },
    'DENY',
  ],
  ['a silent SCP', { as: ann, serviceControlPolicies: [silent], grants: [grant(ann)] }, 'deny'],
  [
    'a Deny of an RCP',
    {
      as: ann,
      resourceControlPolicies: [[rcpFull, policy(deny('kms:*', everyone))]],
      grants: [grant(ann)],
    },
    'DENY',
  ],
  [
    'a silent endpoint policy',
    { as: ann, vpcEndpointPolicies: [policy(allow('s3:*', everyone))], grants: [grant(ann)] },
    'deny',
  ],
]

const constraints: Example[] = [
  [
    'equals',
    {
      as: ann,
      grants: [grant(ann, equals)],
      context: { 'kms:EncryptionContext:Department': 'Finance' },
    },
    'allow',
  ],
  [
    'equals: its key does not distinguish case',
    {
      as: ann,
      grants: [grant(ann, equals)],
      context: { 'kms:EncryptionContext:department': 'Finance' },
    },
    'allow',
  ],
  [
    'equals: its value does',
    {
      as: ann,
      grants: [grant(ann, equals)],
      context: { 'kms:EncryptionContext:Department': 'finance' },
    },
    'deny',
  ],
  [
    'equals: a further pair',
    {
      as: ann,
      grants: [grant(ann, equals)],
      context: { 'kms:EncryptionContext:Department': 'Finance', 'kms:EncryptionContext:p': '1' },
    },
    'deny',
  ],
  ['equals: no pair', { as: ann, grants: [grant(ann, equals)] }, 'deny'],
  [
    'subset: a further pair',
    {
      as: ann,
      grants: [grant(ann, subset)],
      context: { 'kms:EncryptionContext:Department': 'Finance', 'kms:EncryptionContext:p': '1' },
    },
    'allow',
  ],
  [
    'subset: without its pair',
    { as: ann, grants: [grant(ann, subset)], context: { 'kms:EncryptionContext:p': '1' } },
    'deny',
  ],
  [
    'DescribeKey has no encryption context',
    { as: ann, action: 'kms:DescribeKey', grants: [grant(ann, equals)] },
    'allow',
  ],
  [
    'source ARN',
    {
      as: 'logs.amazonaws.com',
      grants: [
        { GranteeServicePrincipal: 'logs.amazonaws.com', Operations: ['Decrypt'], ...fromBucket },
      ],
      context: { 'aws:SourceArn': fromBucket.Constraints.SourceArn },
    },
    'allow',
  ],
  [
    'another source ARN',
    {
      as: 'logs.amazonaws.com',
      grants: [
        { GranteeServicePrincipal: 'logs.amazonaws.com', Operations: ['Decrypt'], ...fromBucket },
      ],
      context: { 'aws:SourceArn': `${fromBucket.Constraints.SourceArn}b` },
    },
    'deny',
  ],
  [
    'source ARN with DescribeKey',
    { as: ann, action: 'kms:DescribeKey', grants: [grant(ann, fromBucket)] },
    'deny',
  ],
  [
    'context not complete',
    { as: ann, contextComplete: false, grants: [grant(ann, equals)] },
    'depends',
  ],
  [
    'context not complete, and already wrong',
    {
      as: ann,
      contextComplete: false,
      grants: [grant(ann, equals)],
      context: { 'kms:EncryptionContext:Department': 'HR' },
    },
    'deny',
  ],
  [
    'subset met, whatever else is there',
    {
      as: ann,
      contextComplete: false,
      grants: [grant(ann, subset)],
      context: { 'kms:EncryptionContext:Department': 'Finance' },
    },
    'allow',
  ],
  [
    'equals met, unless more is there',
    {
      as: ann,
      contextComplete: false,
      grants: [grant(ann, equals)],
      context: { 'kms:EncryptionContext:Department': 'Finance' },
    },
    'depends',
  ],
  [
    'one grant without constraint is enough',
    { as: ann, grants: [grant(ann, equals), grant(ann)] },
    'allow',
  ],
]

const children: Example[] = [
  [
    'passes on what it has',
    {
      as: ann,
      action: 'kms:CreateGrant',
      grants: [grant(ann, { Operations: ['CreateGrant', 'Decrypt'] })],
      context: { 'kms:GrantOperations': ['Decrypt'] },
    },
    'allow',
  ],
  [
    'and no more',
    {
      as: ann,
      action: 'kms:CreateGrant',
      grants: [grant(ann, { Operations: ['CreateGrant', 'Decrypt'] })],
      context: { 'kms:GrantOperations': ['Decrypt', 'Encrypt'] },
    },
    'deny',
  ],
  [
    'under its own constraint',
    {
      as: ann,
      action: 'kms:CreateGrant',
      grants: [grant(ann, { Operations: ['CreateGrant', 'Decrypt'], ...equals })],
      context: {
        'kms:GrantConstraintType': 'EncryptionContextEquals',
        'kms:EncryptionContext:Department': 'Finance',
      },
    },
    'allow',
  ],
  [
    'not under a looser one',
    {
      as: ann,
      action: 'kms:CreateGrant',
      grants: [grant(ann, { Operations: ['CreateGrant', 'Decrypt'], ...equals })],
      context: {
        'kms:GrantConstraintType': 'EncryptionContextSubset',
        'kms:EncryptionContext:Department': 'Finance',
      },
    },
    'deny',
  ],
  [
    'nor under none',
    {
      as: ann,
      action: 'kms:CreateGrant',
      grants: [grant(ann, { Operations: ['CreateGrant', 'Decrypt'], ...subset })],
    },
    'deny',
  ],
  [
    'a policy may pass on anything',
    {
      as: ann,
      action: 'kms:CreateGrant',
      keyPolicy: policy(allow('kms:CreateGrant', to(ann))),
      context: { 'kms:GrantOperations': ['Sign'] },
    },
    'allow',
  ],
]

testExamples('grantees', grantees)
testExamples('grants against policies', againstPolicies)
testExamples('constraints', constraints)
testExamples('grants that create grants', children)
