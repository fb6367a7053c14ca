import type { Statement } from '../kind'

/**
 * Lets the session create the role that AWS makes by itself, in the name of the caller, with the
 * first multi-Region key (lib/kms/README.md, "Multi-Region keys") or the first request for a quota
 * (lib/kms/README.md, "Quotas").
 */
export const serviceRoleStatement = (
  service: 'mrk.kms.amazonaws.com' | 'servicequotas.amazonaws.com',
): Statement => ({
  Effect: 'Allow',
  Action: ['iam:CreateServiceLinkedRole'],
  Resource: '*',
  Condition: { StringEquals: { 'iam:AWSServiceName': service } },
})
