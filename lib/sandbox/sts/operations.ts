import type { Operations } from '../call'
import { assumeRole } from './assume-role'

export const stsOperations: Operations = {
  GetCallerIdentity: ({ caller }) => ({
    Arn: caller.arn,
    UserId: caller.userId,
    Account: caller.accountId,
  }),
  AssumeRole: assumeRole,
}
