import { allow, ann, deny, everyone, role, root, to, when } from '../../test/examples'
import { s3Service, use, type RuleExample, type Statement } from './examples'

const identity = { type: 'identity' as const }
const grants = (more: Statement): Statement => allow('kms:CreateGrant', { ...to(role), ...more })
const two = (first: Statement, second: Statement): Statement => ({
  Condition: { ...Object(first.Condition), ...Object(second.Condition) },
})

export const conditionExamples: RuleExample[] = [
  {
    code: 'MFA_DENY_WITHOUT_IF_EXISTS',
    fires: deny('kms:*', {
      Principal: '*',
      ...when('Bool', 'aws:MultiFactorAuthPresent', 'false'),
    }),
    silent: [
      deny('kms:*', {
        Principal: '*',
        ...when('BoolIfExists', 'aws:MultiFactorAuthPresent', 'false'),
      }),
      allow('kms:Decrypt', { ...to(role), ...when('Bool', 'aws:MultiFactorAuthPresent', 'true') }),
    ],
  },
  {
    code: 'EMPTY_ARRAY_CONDITION',
    fires: use(when('StringEquals', 'kms:CallerAccount', [])),
    silent: use(when('StringEquals', 'kms:CallerAccount', ['111122223333'])),
  },
  {
    code: 'EMPTY_ARRAY_CONDITION_FORALLVALUES',
    fires: grants(when('ForAllValues:StringEquals', 'kms:GrantOperations', [])),
    silent: grants(when('ForAllValues:StringEquals', 'kms:GrantOperations', ['Decrypt'])),
  },
  {
    code: 'EMPTY_ARRAY_CONDITION_FORANYVALUE',
    fires: grants(when('ForAnyValue:StringEquals', 'kms:GrantOperations', [])),
    silent: grants(when('ForAnyValue:StringEquals', 'kms:GrantOperations', ['Decrypt'])),
  },
  {
    code: 'EMPTY_ARRAY_CONDITION_IFEXISTS',
    fires: use(when('StringEqualsIfExists', 'kms:CallerAccount', [])),
    silent: use(when('StringEqualsIfExists', 'kms:CallerAccount', '111122223333')),
  },
  {
    code: 'INVALID_GLOBAL_CONDITION_KEY',
    fires: use(when('StringEquals', 'aws:PrincipalOrgId2', 'x')),
    silent: use(when('StringEquals', 'AWS:principalorgid', 'o-a1b2c3d4e5')),
  },
  {
    code: 'INVALID_SERVICE_CONDITION_KEY',
    fires: use(when('StringEquals', 'kms:ViaServices', 'x')),
    silent: use(when('StringEquals', 'KMS:VIASERVICE', 's3.eu-west-1.amazonaws.com')),
  },
  {
    code: 'INVALID_SERVICE_CONDITION_KEY',
    fires: use(when('StringEquals', 'kms:RecipientAttestation:PCR32', 'x')),
    silent: use(when('StringEquals', 'kms:RecipientAttestation:PCR31', 'x')),
  },
  {
    code: 'INVALID_SERVICE_CONDITION_KEY',
    fires: use(when('StringEquals', 'kmss:ViaService', 'x')),
    silent: use(when('StringEquals', 'token.actions.githubusercontent.com:sub', 'x')),
  },
  {
    code: 'UNSUPPORTED_ACTION_FOR_CONDITION_KEY',
    fires: allow(['kms:Decrypt', 'kms:DescribeKey'], {
      ...to(role),
      ...when('StringEquals', 'kms:EncryptionContext:a', 'b'),
    }),
    silent: allow(['kms:Decrypt', 'kms:GenerateDataKey*'], {
      ...to(role),
      ...when('StringEquals', 'kms:EncryptionContext:a', 'b'),
    }),
  },
  {
    code: 'UNSUPPORTED_ACTION_FOR_CONDITION_KEY',
    fires: use(when('Bool', 'kms:GrantIsForAWSResource', 'true')),
    silent: grants(when('Bool', 'kms:GrantIsForAWSResource', 'true')),
  },
  {
    code: 'UNSUPPORTED_ACTION_FOR_CONDITION_KEY',
    fires: use(when('StringEquals', 's3:prefix', 'x')),
    silent: use(
      when(
        'StringEquals',
        'ec2:SourceInstanceArn',
        'arn:aws:ec2:us-east-1:111122223333:instance/i-1',
      ),
    ),
  },
  {
    code: 'UNSUPPORTED_CONDITION_KEY_FOR_POLICY',
    fires: use(when('ForAnyValue:StringEquals', 'kms:ResourceAliases', 'alias/x')),
    silent: use(when('StringEquals', 'kms:RequestAlias', 'alias/x')),
  },
  {
    code: 'UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL',
    fires: use({ ...s3Service, ...when('StringEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5') }),
    silent: use({ ...s3Service, ...when('StringEquals', 'aws:SourceOrgID', 'o-a1b2c3d4e5') }),
  },
  {
    code: 'DEPRECATED_CONDITION_KEY',
    ...identity,
    fires: allow('kms:CreateKey', when('StringEquals', 'kms:CustomerMasterKeySpec', 'RSA_2048')),
    silent: allow('kms:CreateKey', when('StringEquals', 'kms:KeySpec', 'RSA_2048')),
  },
  {
    code: 'MISSING_TAG_KEY_IN_CONDITION',
    fires: use(when('StringEquals', 'aws:ResourceTag/', 'x')),
    silent: use(when('StringEquals', 'aws:ResourceTag/team', 'x')),
  },
  {
    code: 'TYPE_MISMATCH',
    fires: use(when('NumericEquals', 'kms:ViaService', '1')),
    silent: use(when('Null', 'kms:ViaService', 'false')),
  },
  {
    code: 'TYPE_MISMATCH',
    fires: use(when('StringLike', 'aws:SourceIp', '203.0.113.*')),
    silent: use(when('IpAddress', 'aws:SourceIp', '203.0.113.0/24')),
  },
  {
    code: 'TYPE_MISMATCH_STRING',
    fires: grants(when('StringEquals', 'kms:GrantIsForAWSResource', 'true')),
    silent: grants(when('Bool', 'kms:GrantIsForAWSResource', true)),
  },
  {
    code: 'MISSING_QUALIFIER',
    fires: grants(when('StringEquals', 'kms:GrantOperations', 'Decrypt')),
    silent: grants(when('Null', 'kms:GrantOperations', 'false')),
  },
  {
    code: 'FORALLVALUES_WITH_SINGLE_VALUED_KEY',
    fires: use(when('ForAllValues:StringEquals', 'aws:PrincipalTag/team', 'x')),
    silent: use(when('ForAnyValue:StringEquals', 'aws:PrincipalTag/team', 'x')),
  },
  {
    code: 'FORALLVALUES_WITHOUT_NULL',
    fires: use(when('ForAllValues:StringEquals', 'kms:EncryptionContextKeys', 'a')),
    silent: use(
      two(
        when('ForAllValues:StringEquals', 'kms:EncryptionContextKeys', 'a'),
        when('Null', 'kms:EncryptionContextKeys', 'false'),
      ),
    ),
  },
  {
    code: 'FORALLVALUES_WITHOUT_NULL',
    fires: use(when('ForAllValues:StringEquals', 'aws:CalledVia', 's3.amazonaws.com')),
    silent: grants(when('ForAllValues:StringEquals', 'kms:GrantOperations', 'Decrypt')),
  },
  {
    code: 'UNSUPPORTED_GLOBAL_CONDITION_KEY',
    fires: use(when('ArnEquals', 'aws:ARN', role)),
    silent: use(when('ArnEquals', 'aws:PrincipalArn', role)),
  },
  {
    code: 'TYPE_MISMATCH',
    fires: use(when('NumericLessThan', 'aws:CurrentTime', '1483257599')),
    silent: allow('kms:ImportKeyMaterial', {
      ...to(role),
      ...when('NumericLessThanEquals', 'kms:ValidTo', '1483257599.0'),
    }),
  },
  {
    code: 'MISSING_PAIRED_CONDITION_KEYS',
    fires: use(when('IpAddress', 'aws:VpcSourceIp', '10.0.0.0/8')),
    silent: use(
      two(
        when('IpAddress', 'aws:VpcSourceIp', '10.0.0.0/8'),
        when('StringEquals', 'aws:SourceVpc', 'vpc-0123456789abcdef0'),
      ),
    ),
  },
  {
    code: 'NETWORK_DENY_BINDS_SERVICES',
    fires: deny('kms:*', {
      ...everyone,
      ...when('NotIpAddress', 'aws:SourceIp', '203.0.113.0/24'),
    }),
    silent: deny('kms:*', {
      ...everyone,
      ...two(
        when('NotIpAddress', 'aws:SourceIp', '203.0.113.0/24'),
        when('Bool', 'aws:ViaAWSService', 'false'),
      ),
    }),
  },
  {
    code: 'NULL_WITH_QUALIFIER',
    fires: use(when('ForAllValues:Null', 'aws:CalledVia', 'true')),
    silent: use(when('Null', 'aws:CalledVia', 'true')),
  },
  {
    code: 'WILDCARD_WITHOUT_LIKE_OPERATOR',
    fires: use(when('StringEquals', 'aws:PrincipalArn', 'arn:aws:iam::111122223333:role/*')),
    silent: use(when('ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::111122223333:role/*')),
  },
  {
    code: 'PRIVATE_IP_ADDRESS',
    fires: use(when('IpAddress', 'aws:SourceIp', ['10.0.0.0/8', '192.168.1.0/24'])),
    silent: use(when('IpAddress', 'aws:VpcSourceIp', '10.0.0.0/8')),
  },
  {
    code: 'PRIVATE_NOT_IP_ADDRESS',
    fires: deny('kms:*', { ...everyone, ...when('NotIpAddress', 'aws:SourceIp', '172.16.0.0/12') }),
    silent: deny('kms:*', {
      ...everyone,
      ...when('NotIpAddress', 'aws:SourceIp', '172.32.0.0/12'),
    }),
  },
  {
    code: 'PRIVATE_IP_ADDRESS_SUBSET',
    fires: use(when('IpAddress', 'aws:SourceIp', ['10.0.0.0/8', '203.0.113.0/24'])),
    silent: use(when('IpAddress', 'aws:SourceIp', ['198.51.100.0/24', '203.0.113.0/24'])),
  },
  {
    code: 'IMPROVE_IP_RANGE',
    fires: use(when('IpAddress', 'aws:SourceIp', '203.0.113.7/24')),
    silent: use(when('IpAddress', 'aws:SourceIp', '203.0.113.7/32')),
  },
  {
    code: 'INVALID_VPC_FORMAT',
    fires: use(when('StringEquals', 'aws:SourceVpc', 'vpc-xyz')),
    silent: use(when('StringEquals', 'aws:SourceVpc', 'vpc-0123456789abcdef0')),
  },
  {
    code: 'INVALID_VPCE_FORMAT',
    fires: use(when('StringEquals', 'aws:SourceVpce', 'vpc-0123456789abcdef0')),
    silent: use(when('StringEquals', 'aws:SourceVpce', 'vpce-0123456789abcdef0')),
  },
  {
    code: 'INVALID_ACCOUNT_VALUE',
    fires: use(when('StringEquals', 'kms:CallerAccount', '12345')),
    silent: use(when('StringLike', 'kms:CallerAccount', '1234*')),
  },
  {
    code: 'INVALID_ORGANIZATION_VALUE',
    fires: use(when('StringEquals', 'aws:PrincipalOrgID', 'r-ab12')),
    silent: use(when('StringEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5')),
  },
  {
    code: 'INVALID_REGION',
    fires: use(when('StringEquals', 'aws:RequestedRegion', 'eu-west-9')),
    silent: use(when('StringEquals', 'aws:RequestedRegion', 'eu-west-1')),
  },
  {
    code: 'INVALID_CONDITION_VALUE',
    fires: use(when('StringEquals', 'kms:ViaService', 's3.amazonaws.com')),
    silent: use(when('StringLike', 'kms:ViaService', 's3.*.amazonaws.com')),
  },
  {
    code: 'INVALID_CONDITION_VALUE',
    fires: use(when('ArnLike', 'aws:PrincipalArn', 'arn:aws:sts::111122223333:assumed-role/app/*')),
    silent: use(when('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::111122223333:role/app')),
  },
  {
    code: 'INVALID_CONDITION_VALUE',
    fires: grants(when('ForAllValues:StringEquals', 'kms:GrantOperations', 'ReEncrypt')),
    silent: grants(when('ForAllValues:StringEquals', 'kms:GrantOperations', 'ReEncryptTo')),
  },
  {
    code: 'REDUNDANT_CONDITION_VALUE',
    fires: use(when('StringLike', 'kms:EncryptionContext:a', ['x*', 'xy'])),
    silent: use(when('StringEquals', 'kms:EncryptionContext:a', ['x', 'xy'])),
  },
  {
    code: 'REDUNDANT_CONDITION_VALUE_NUM',
    ...identity,
    fires: deny(
      'kms:ScheduleKeyDeletion',
      when('NumericLessThan', 'kms:ScheduleKeyDeletionPendingWindowInDays', [7, 30]),
    ),
    silent: deny(
      'kms:ScheduleKeyDeletion',
      when('NumericEquals', 'kms:ScheduleKeyDeletionPendingWindowInDays', [7, 30]),
    ),
  },
  {
    code: 'ABAC_BY_CHANGEABLE_NAMES',
    fires: [
      use(when('StringEquals', 'aws:ResourceTag/team', 'x')),
      allow('kms:TagResource', to(ann)),
    ],
    silent: [use(when('StringEquals', 'aws:ResourceTag/team', 'x')), allow('kms:*', to(root))],
  },
  {
    code: 'ABAC_BY_CHANGEABLE_NAMES',
    fires: use(when('StringEquals', 'kms:RequestAlias', 'alias/x')),
    silent: use(when('StringEquals', 'kms:EncryptionContext:a', 'alias/x')),
    facts: { whoMayChangeAliases: [ann] },
  },
  {
    code: 'FORALLVALUES_ON_ALIASES',
    ...identity,
    fires: allow(
      'kms:Decrypt',
      when('ForAllValues:StringEquals', 'kms:ResourceAliases', 'alias/x'),
    ),
    silent: allow(
      'kms:Decrypt',
      when('ForAnyValue:StringEquals', 'kms:ResourceAliases', 'alias/x'),
    ),
  },
]
