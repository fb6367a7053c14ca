import {
  allow,
  ann,
  decrypt,
  delegating,
  deny,
  type Example,
  full,
  names,
  policy,
  service,
  testExamples,
  to,
  when,
} from './test/examples'

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

testExamples('not known', notKnown)
