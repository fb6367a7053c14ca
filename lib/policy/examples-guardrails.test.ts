import {
  allow,
  ann,
  decrypt,
  delegating,
  deny,
  eve,
  everyone,
  type Example,
  full,
  home,
  names,
  policy,
  rcpFull,
  role,
  root,
  service,
  session,
  silent,
  testExamples,
  to,
  when,
} from './test/examples'

/** IAM user guide, "How AWS enforcement code logic evaluates requests"; Organizations guide. */
const guardrails: Example[] = [
  [
    'boundary allows',
    { keyPolicy: delegating, identityPolicies: [decrypt], permissionBoundaries: [decrypt] },
    'allow',
  ],
  [
    'boundary is silent',
    { keyPolicy: delegating, identityPolicies: [decrypt], permissionBoundaries: silent },
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
    { as: ann, keyPolicy: names(ann), permissionBoundaries: silent },
    'allow',
  ],
  [
    "user named directly: a boundary's Deny does",
    { as: ann, keyPolicy: names(ann), permissionBoundaries: [policy(deny())] },
    'DENY',
  ],
  [
    'role named: silent boundary limits',
    { keyPolicy: names(role), permissionBoundaries: silent },
    'deny',
  ],
  [
    'session named: silent boundary does not limit',
    { keyPolicy: names(session), permissionBoundaries: silent },
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
      permissionBoundaries: silent,
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
    { keyPolicy: delegating, identityPolicies: [decrypt], sessionPolicies: silent },
    'deny',
  ],
  [
    'role named: silent session policy limits',
    { keyPolicy: names(role), sessionPolicies: silent },
    'deny',
  ],
  [
    'session named: silent session policy does not',
    { keyPolicy: names(session), sessionPolicies: silent },
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

testExamples('guardrails', guardrails)
