import 'server-only'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { callAws } from '@/lib/aws/call'
import { ownSts } from '@/lib/aws/credentials'

export type Identity = { accountId: string; arn: string; partition: string }

/** Whose credentials the console runs with. Throws AwsProblem. */
export async function readOwnIdentity(region: string): Promise<Identity> {
  const answer = await callAws({ accountId: 'own', region, deadlineMs: 15_000 }, 'sts:GetCallerIdentity', () => ownSts(region).send(new GetCallerIdentityCommand({})))
  if (!answer.Account || !answer.Arn) throw new Error('GetCallerIdentity answered without an account')
  return { accountId: answer.Account, arn: answer.Arn, partition: answer.Arn.split(':')[1] ?? 'aws' }
}
