import {
  abroad,
  allow,
  decrypt,
  delegating,
  deny,
  eve,
  type Example,
  foreignRoot,
  guest,
  home,
  key,
  names,
  policy,
  silent,
  testExamples,
} from './test/examples'

/**
 * KMS guide, "Allowing users in other accounts to use a KMS key"; IAM,
 * "Cross-account policy evaluation logic".
 */
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
      permissionBoundaries: silent,
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

testExamples('cross account', crossAccount)
