import type { Statement } from '../kind'

/**
 * AWS makes this role itself when the first multi-Region key is made, or the first quota raised, if
 * the caller may (aws-facts 11.3).
 */
export const serviceRoleStatement = (
  service: 'mrk.kms.amazonaws.com' | 'servicequotas.amazonaws.com',
): Statement => ({
  Effect: 'Allow',
  Action: ['iam:CreateServiceLinkedRole'],
  Resource: '*',
  Condition: { StringEquals: { 'iam:AWSServiceName': service } },
})
