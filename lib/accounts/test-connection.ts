import 'server-only'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { callAws } from '../aws/call'
import { forgetClients, openSts } from '../aws/clients'
import { forgetCredentials } from '../aws/credentials'
import { toProblem } from '../aws/errors'
import { homeRegion } from '../aws/regions'
import { db, transaction } from '../db/client'
import { env } from '../env'
import { AppError } from '../errors'
import { accountOfArn } from '../kms/arn'

export type ConnectionTest = {
  at: string
  ok: boolean
  arn: string | null
  accountId: string | null
  problem: string | null
}

const patienceMs = 15_000

/**
 * Asks AWS who we are there, through the read role, and compares. The
 * answer is kept with the account.
 * @throws AppError not_found
 */
export async function testConnection(
  permit: Permit<'accounts.manage'>,
  id: string,
): Promise<ConnectionTest> {
  const account = await db.account.findUnique({ where: { id } })
  if (!account) throw new AppError('not_found', 'There is no such account.')
  const result = await ask(id, account.readRoleArn, homeRegion(account.partition))
  await transaction(async (tx) => {
    await tx.execute(`UPDATE "Account" SET "lastTest" = $2 WHERE "id" = $1`, [
      id,
      JSON.stringify(result),
    ])
    await appendAudit(tx, {
      event: 'account.tested',
      actor: permit.actor,
      accountId: id,
      data: { ok: result.ok, problem: result.problem },
    })
  })
  return result
}

async function ask(id: string, roleArn: string | null, region: string): Promise<ConnectionTest> {
  const at = new Date().toISOString()
  if (roleArn !== null && accountOfArn(roleArn) !== id) {
    return {
      at,
      ok: false,
      arn: null,
      accountId: null,
      problem: `The read role is of account ${accountOfArn(roleArn)}, and this is ${id}.`,
    }
  }
  if (roleArn !== null) {
    forgetCredentials(roleArn)
    forgetClients(roleArn)
  }
  try {
    const sts = openSts({ roleArn, region, externalId: env().CLAVIGER_EXTERNAL_ID ?? '' })
    const { Account: accountId = null, Arn: arn = null } = await callAws(
      { accountId: id, region, deadlineMs: patienceMs },
      'sts:GetCallerIdentity',
      () => sts.send(new GetCallerIdentityCommand({})),
    )
    const problem =
      accountId === id
        ? null
        : `These credentials are of account ${accountId ?? 'unknown'}, and this is ${id}.`
    return { at, ok: problem === null, arn, accountId, problem }
  } catch (error) {
    const { api, code, message } = toProblem(error, 'sts:GetCallerIdentity')
    return {
      at,
      ok: false,
      arn: null,
      accountId: null,
      problem: `${api} was refused (${code}): ${message}`,
    }
  }
}
