import {
  allow,
  ann,
  decrypt,
  deny,
  eve,
  everyone,
  type Example,
  full,
  policy,
  role,
  root,
  session,
  testExamples,
  to,
} from './test/examples'

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

testExamples('NotPrincipal', notPrincipal)
