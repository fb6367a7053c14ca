/** Writes a role in the three forms that people deploy. Pure: a page makes them as one chooses. */
import { toHcl } from './hcl'
import { toYaml } from './yaml'

export type RoleSettings = {
  roleName: string
  /**
   * Of this installation. The trust policy asks for it, so that nobody can make the console assume
   * a role for somebody else.
   */
  externalId: string
  /** ARN of what the console runs as: only it may assume the role. */
  consolePrincipalArn: string
}

/**
 * Trusts only the console, and only with this installation's ExternalId, which no person chooses.
 */
export function trustPolicy(
  { consolePrincipalArn, externalId }: RoleSettings,
  more: readonly string[] = [],
) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'ClavigerAssumesWithItsExternalId',
        Effect: 'Allow',
        Principal: { AWS: consolePrincipalArn },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': externalId } },
      },
      // What else rides on AssumeRole is judged apart and carries no ExternalId of its own.
      ...(more.length > 0
        ? [
            {
              Sid: 'ClavigerNamesThePerson',
              Effect: 'Allow',
              Principal: { AWS: consolePrincipalArn },
              Action: [...more],
            },
          ]
        : []),
    ],
  }
}

export type RoleText = { json: string; cloudFormation: string; terraform: string }

type Role = { name: string; description: string; trust: object; policyName: string; policy: object }

export function renderRole({ name, description, trust, policyName, policy }: Role): RoleText {
  const resource = {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: name,
      Description: description,
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: trust,
      Policies: [{ PolicyName: policyName, PolicyDocument: policy }],
    },
  }
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: description,
    Resources: { Role: resource },
    Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
  }
  const label = `claviger_${policyName.replace('Claviger', '').toLowerCase()}`
  const terraform = [
    `resource "aws_iam_role" "${label}" {`,
    `  name                 = ${JSON.stringify(name)}`,
    `  description          = ${JSON.stringify(description)}`,
    '  max_session_duration = 3600',
    `  assume_role_policy   = jsonencode(${toHcl(trust, 1)})`,
    '}',
    '',
    `resource "aws_iam_role_policy" "${label}" {`,
    `  name   = ${JSON.stringify(policyName)}`,
    `  role   = aws_iam_role.${label}.id`,
    `  policy = jsonencode(${toHcl(policy, 1)})`,
    '}',
    '',
  ].join('\n')
  return {
    json: JSON.stringify(
      { RoleName: name, AssumeRolePolicyDocument: trust, PolicyDocument: policy },
      null,
      2,
    ),
    cloudFormation: toYaml(template),
    terraform,
  }
}
