import type { Operations } from '../call'

export const stsOperations: Operations = {
  GetCallerIdentity: ({ caller }) => ({ Arn: caller.arn, UserId: caller.userId, Account: caller.accountId }),
}
