import 'server-only'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { callAws } from '@/lib/aws/call'
import { ownSts } from '@/lib/aws/credentials'
import { partitionOfArn } from '../kms/arn'

export type Identity = { accountId: string; arn: string; partition: string }

/** Whose credentials the console runs with. Throws AwsProblem. */
export async function readOwnIdentity(region: string): Promise<Identity> {
  const answer = await callAws(
    { accountId: 'own', region, deadlineMs: 15_000 },
    'sts:GetCallerIdentity',
    () => ownSts(region).send(new GetCallerIdentityCommand({})),
  )
  if (!answer.Account || !answer.Arn)
    throw new Error('GetCallerIdentity answered without an account')
  return { accountId: answer.Account, arn: answer.Arn, partition: partitionOfArn(answer.Arn) }
}

/**
 * Whom a trust policy must name for this identity: the role behind a session, the user itself. A
 * role's path is not part of its session's ARN, so a role with a path has to be completed by hand.
 */
export function principalOf(arn: string): string {
  const session = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn)
  return session ? `arn:${session[1]}:iam::${session[2]}:role/${session[3]}` : arn
}
