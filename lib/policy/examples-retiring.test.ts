import {
  allow,
  ann,
  deny,
  equals,
  eve,
  everyone,
  type Example,
  foreignRoot,
  grant,
  policy,
  role,
  root,
  session,
  testExamples,
  to,
} from './test/examples'

const retire = 'kms:RetireGrant'

/** KMS guide, "Retiring and revoking grants". */
const retiring: Example[] = [
  [
    'the retiring principal',
    { as: ann, action: retire, grants: [grant(eve, { RetiringPrincipal: ann })] },
    'allow',
  ],
  [
    'the grantee who may',
    { as: ann, action: retire, grants: [grant(ann, { Operations: ['RetireGrant'] })] },
    'allow',
  ],
  ['the grantee who may not', { as: ann, action: retire, grants: [grant(ann)] }, 'deny'],
  [
    'a retiring service',
    {
      as: 'logs.amazonaws.com',
      action: retire,
      grants: [grant(ann, { RetiringServicePrincipal: 'logs.amazonaws.com' })],
    },
    'allow',
  ],
  [
    'the root user of the issuing account',
    { as: root, action: retire, grants: [grant(eve)] },
    'allow',
  ],
  [
    "whom the issuing account's IAM lets",
    { as: ann, action: retire, grants: [grant(eve)], identityPolicies: [policy(allow(retire))] },
    'allow',
  ],
  [
    'a policy alone does not',
    {
      as: ann,
      action: retire,
      keyPolicy: policy(allow('kms:*', to(ann))),
      identityPolicies: [policy(allow())],
    },
    'deny',
  ],
  [
    'the key policy has no say',
    {
      as: ann,
      action: retire,
      keyPolicy: policy(deny('kms:*', everyone)),
      grants: [grant(eve, { RetiringPrincipal: ann })],
    },
    'allow',
  ],
  [
    'nor has an RCP',
    {
      as: ann,
      action: retire,
      resourceControlPolicies: [[policy(deny('kms:*', everyone))]],
      grants: [grant(eve, { RetiringPrincipal: ann })],
    },
    'allow',
  ],
  [
    'a Deny in IAM has',
    {
      as: ann,
      action: retire,
      identityPolicies: [policy(deny(retire))],
      grants: [grant(eve, { RetiringPrincipal: ann })],
    },
    'DENY',
  ],
  [
    'constraints do not count',
    { as: ann, action: retire, grants: [grant(eve, { RetiringPrincipal: ann, ...equals })] },
    'allow',
  ],
  [
    'an issuing account that is not known',
    {
      as: ann,
      action: retire,
      grants: [grant(eve, { IssuingAccount: undefined })],
      identityPolicies: [policy(allow(retire))],
    },
    'unknown',
  ],
  [
    'an issuing account that is not known, for its root user',
    { as: root, action: retire, grants: [grant(eve, { IssuingAccount: undefined })] },
    'unknown',
  ],
  [
    'an issuing account that is not known, where IAM is silent',
    { as: ann, action: retire, grants: [grant(eve, { IssuingAccount: undefined })] },
    'deny',
  ],
  [
    'the account of the key, where another issued the grant',
    {
      as: ann,
      action: retire,
      grants: [grant(eve, { IssuingAccount: foreignRoot })],
      identityPolicies: [policy(allow(retire))],
    },
    'unknown',
  ],
  [
    'a third account',
    { as: eve, action: retire, grants: [grant(ann)], identityPolicies: [policy(allow(retire))] },
    'deny',
  ],
  [
    'the session that may retire, asked of its role',
    { as: role, action: retire, grants: [grant(ann, { RetiringPrincipal: session })] },
    'depends',
  ],
  [
    'from another account',
    { as: eve, action: retire, grants: [grant(ann, { RetiringPrincipal: eve })] },
    'allow',
  ],
]

testExamples('retiring', retiring)
