import { afterAll } from 'vitest'
import type { Role } from '../../auth/permissions'
import { freshDatabase } from '../../db/test/database'
import { runSandbox } from '../../sandbox/test/running'
import type { AskedRequest } from '../request/ask'
import { decideChange } from '../decide/decide'
import { executeChange } from '../run/execute'
import { claimChanges } from '../run/lease'
import { prepareRequest } from '../request/prepare'
import { sendRequest } from '../request/send'
import { productionContext, type ExecutionContext } from '../kinds/execution-context'
import { addPerson, changesOf, connectAccount, decisionOf, permitFor } from './fixtures'

/** What a grant of the tests allows: reading, to another account. */
export const decryptGrant = {
  granteePrincipal: 'arn:aws:iam::638820417753:root',
  granteeServicePrincipal: null,
  operations: ['Decrypt'],
  constraints: null,
  retiringPrincipal: null,
  retiringServicePrincipal: null,
}

/**
 * A whole installation for a test file: a database and a sandbox of its own, an account connected,
 * Ann who asks and Bob who decides. Call it once at the top of the file.
 */
export async function openChangeFixture({ bobIs = 'approver' }: { bobIs?: Role } = {}) {
  const database = await freshDatabase()
  const aws = await runSandbox({ scenario: 'demo', externalId: 'claviger-fixture' })
  afterAll(() => aws.close())
  await connectAccount(aws.url)
  const ann = await addPerson('Ann', 'keyAdministrator')
  const bob = await addPerson('Bob', bobIs)

  /** Prepared and sent; `changeId`: the first of its changes. */
  async function ask(
    asked: AskedRequest,
    who = ann,
  ): Promise<{ requestId: string; changeId: string }> {
    const { id } = await prepareRequest(permitFor(who, 'requests.create'), asked)
    await sendRequest(permitFor(who, 'requests.create'), { id })
    return { requestId: id, changeId: (await changesOf(id))[0]?.id ?? '' }
  }
  const approve = async (changeId: string, who = bob) =>
    decideChange(permitFor(who, 'requests.decide'), await decisionOf(changeId))
  async function askApproved(
    asked: AskedRequest,
    who = ann,
  ): Promise<{ requestId: string; changeId: string }> {
    const made = await ask(asked, who)
    await approve(made.changeId)
    return made
  }
  /** Claims what is due and makes one attempt at each, as a worker does. */
  async function work(execution: ExecutionContext = productionContext): Promise<void> {
    for (const mode of ['undo', 'do'] as const)
      for (const lease of await claimChanges(execution, 'test', mode, 20))
        await executeChange(execution, lease, new AbortController().signal)
  }
  return { ...database, aws, ann, bob, ask, approve, askApproved, work }
}
