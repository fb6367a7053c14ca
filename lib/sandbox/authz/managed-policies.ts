/**
 * AWS managed policies that stand in scenarios and in other people's tests, cut down to
 * the services the sandbox has.
 */
export type AwsManagedPolicy = {
  arn: string
  id: string
  name: string
  path: string
  document: string
  createdAt: number
}

const kmsRead = ['kms:Describe*', 'kms:Get*', 'kms:List*']
const around = [
  'account:Get*',
  'account:List*',
  'cloudtrail:Describe*',
  'cloudtrail:Get*',
  'cloudtrail:List*',
  'cloudtrail:LookupEvents',
  'cloudwatch:Describe*',
  'cloudwatch:Get*',
  'cloudwatch:List*',
  'iam:Get*',
  'iam:List*',
  'organizations:Describe*',
  'organizations:List*',
  'servicequotas:Get*',
  'servicequotas:List*',
]

const organizationRead = ['organizations:DescribeAccount', 'organizations:DescribeOrganization']

const allowed: Record<string, string[]> = {
  AdministratorAccess: ['*'],
  PowerUserAccess: [],
  ReadOnlyAccess: [...kmsRead, ...around, 'sts:GetCallerIdentity'],
  SecurityAudit: [
    'kms:Describe*',
    'kms:GetKeyLastUsage',
    'kms:GetKeyPolicy',
    'kms:GetKeyRotationStatus',
    'kms:List*',
    ...around,
  ],
  'job-function/ViewOnlyAccess': [
    'kms:ListAliases',
    'kms:ListKeys',
    'cloudtrail:DescribeTrails',
    'cloudtrail:LookupEvents',
    'cloudwatch:Get*',
    'cloudwatch:List*',
    'iam:List*',
    'organizations:List*',
  ],
  AWSKeyManagementServicePowerUser: [
    'kms:CreateAlias',
    'kms:CreateKey',
    'kms:DeleteAlias',
    ...kmsRead,
    'kms:GenerateRandom',
    'kms:TagResource',
    'kms:UntagResource',
    'iam:ListGroups',
    'iam:ListRoles',
    'iam:ListUsers',
  ],
  IAMReadOnlyAccess: [
    'iam:GenerateCredentialReport',
    'iam:GenerateServiceLastAccessedDetails',
    'iam:Get*',
    'iam:List*',
    'iam:SimulateCustomPolicy',
    'iam:SimulatePrincipalPolicy',
  ],
  IAMFullAccess: [
    'iam:*',
    'organizations:DescribeAccount',
    'organizations:DescribeOrganization',
    'organizations:DescribeOrganizationalUnit',
    'organizations:DescribePolicy',
    'organizations:ListChildren',
    'organizations:ListParents',
    'organizations:ListPoliciesForTarget',
    'organizations:ListRoots',
    'organizations:ListPolicies',
    'organizations:ListTargetsForPolicy',
  ],
  AWSOrganizationsReadOnlyAccess: ['organizations:Describe*', 'organizations:List*'],
  AWSCloudTrail_ReadOnlyAccess: [
    'cloudtrail:Get*',
    'cloudtrail:Describe*',
    'cloudtrail:List*',
    'cloudtrail:LookupEvents',
  ],
  CloudWatchReadOnlyAccess: [
    'cloudwatch:BatchGet*',
    'cloudwatch:Describe*',
    'cloudwatch:Get*',
    'cloudwatch:List*',
  ],
  ServiceQuotasReadOnlyAccess: ['servicequotas:Get*', 'servicequotas:List*', ...organizationRead],
  ServiceQuotasFullAccess: ['servicequotas:*', 'cloudwatch:GetMetricData', ...organizationRead],
  AmazonS3ReadOnlyAccess: ['s3:Get*', 's3:List*', 's3:Describe*'],
  AmazonS3FullAccess: ['s3:*', 's3-object-lambda:*'],
  AmazonEC2ReadOnlyAccess: [
    'ec2:Describe*',
    'ec2:GetSecurityGroupsForVpc',
    'elasticloadbalancing:Describe*',
  ],
  'service-role/AWSLambdaBasicExecutionRole': [
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ],
}

function statements(name: string): object[] {
  if (name === 'PowerUserAccess') {
    return [
      { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
      {
        Effect: 'Allow',
        Resource: '*',
        Action: [
          'account:ListRegions',
          'account:GetAccountInformation',
          'iam:ListRoles',
          'organizations:DescribeOrganization',
        ],
      },
    ]
  }
  const actions = allowed[name] ?? []
  return [{ Effect: 'Allow', Action: actions.length === 1 ? actions[0] : actions, Resource: '*' }]
}

/** By ARN. */
export const managedPolicies: ReadonlyMap<string, AwsManagedPolicy> = new Map(
  Object.keys(allowed).map((name, index) => {
    const at = name.lastIndexOf('/')
    const path = at < 0 ? '/' : `/${name.slice(0, at + 1)}`
    const bare = name.slice(at + 1)
    const arn = `arn:aws:iam::aws:policy${path}${bare}`
    const id = `ANPAI${bare
      .toUpperCase()
      .replace(/[^A-Z]/g, '')
      .padEnd(14, 'X')
      .slice(0, 14)}${String.fromCharCode(65 + index)}X`
    const document = JSON.stringify({ Version: '2012-10-17', Statement: statements(name) })
    return [
      arn,
      { arn, id, name: bare, path, document, createdAt: Date.UTC(2015, 1, 6, 18, 39, 46) },
    ]
  }),
)
