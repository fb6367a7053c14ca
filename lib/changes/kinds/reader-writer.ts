import 'server-only'
import { AwsProblem } from '../../aws/errors'
import { openKms, openServiceQuotas } from '../../aws/clients'
import type { RoleCredentials } from '../../aws/credentials'
import { assumeWriteRole, openWriteKms, openWriteQuotas } from '../../aws/writer'
import { requireSetting } from '../../env'
import type { DryRunWriter, DryRun, Place, AwsReader, Statement, AwsWriter } from './kind'
import type { ExecutionContext } from './execution-context'

/** The account a change happens in, as far as calls need to know it. */
export type AccountRoles = { id: string; readRoleArn: string | null; writeRoleArn: string | null }

/** A page waits for it, or a lease is held meanwhile. */
const readDeadlineMs = 20_000

/**
 * Makes the reader of AWS for one change: with the account's read role, or the console's own
 * credentials where it has none. Within the request budget, 20 seconds a call with all tries.
 */
export function makeReader(
  execution: ExecutionContext,
  account: AccountRoles,
  place: Pick<Place, 'region'>,
  signal?: AbortSignal,
): AwsReader {
  const reader = (region: string) => ({
    roleArn: account.readRoleArn,
    region,
    externalId: requireSetting('CLAVIGER_EXTERNAL_ID'),
  })
  const at = (region: string) => ({
    accountId: account.id,
    region,
    signal,
    deadlineMs: readDeadlineMs,
  })
  return {
    kms: (api, send, region = place.region) =>
      execution.read(at(region), api, () => send(openKms(reader(region)))),
    quotas: (api, send) =>
      execution.read(at(place.region), api, () => send(openServiceQuotas(reader(place.region)))),
  }
}

/** For whom, and for what, a session of the write role is opened. */
export type WriteFor = { changeId: string; requesterId: string; statements: readonly Statement[] }

/**
 * Credentials of the change's own session, taken when first needed.
 * @throws AwsProblem also when the account has no write role.
 */
function openSession(
  account: AccountRoles,
  { changeId, requesterId, statements }: WriteFor,
  signal?: AbortSignal,
) {
  let promise: Promise<RoleCredentials> | null = null
  return (region: string) => {
    if (account.writeRoleArn === null) {
      throw new AwsProblem(
        'denied',
        'NoWriteRole',
        'This account has no role for changes: Claviger only reads it.',
        'sts:AssumeRole',
      )
    }
    promise ??= assumeWriteRole(
      {
        roleArn: account.writeRoleArn,
        externalId: requireSetting('CLAVIGER_EXTERNAL_ID'),
        sourceIdentity: requesterId,
        sessionName: changeId,
        policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
        signal,
      },
      region,
    )
    return promise
  }
}

/** What is known of a call beside its answer. */
export type AttemptJournal = {
  /**
   * Writes down, in a committed transaction, that the call leaves; what it
   * throws keeps the call here.
   */
  record: (api: string) => Promise<void>
  /** Throws when that was too long ago for the call to leave still. */
  requireFresh: () => void
  /** AWS's request id of an answer: what CloudTrail will call it. */
  answered: (requestId: string) => void
}

/**
 * Makes the writer of AWS for one change: a session of the write role of its own
 * (lib/aws/README.md, "Sessions"). Each call is journaled before it leaves and sent once.
 */
export function makeWriter(
  execution: ExecutionContext,
  account: AccountRoles,
  place: Place,
  write: WriteFor,
  journal: AttemptJournal,
  signal?: AbortSignal,
): AwsWriter {
  const credentials = openSession(account, write, signal)
  const at = (region: string) => ({ accountId: account.id, region, signal })
  return {
    async kms(api, send, { region = place.region, recheck } = {}) {
      const client = openWriteKms(await credentials(region), region)
      const before = async () => {
        await journal.record(api)
        if (!recheck) return
        await recheck()
        // reading again takes time, in which another worker may have taken over
        signal?.throwIfAborted()
        journal.requireFresh()
      }
      return note(journal, await execution.write(at(region), api, before, () => send(client)))
    },
    async quotas(api, send) {
      const client = openWriteQuotas(await credentials(place.region), place.region)
      return note(
        journal,
        await execution.write(
          at(place.region),
          api,
          () => journal.record(api),
          () => send(client),
        ),
      )
    },
  }
}

function note<T>(journal: AttemptJournal, answer: T): T {
  const metadata =
    typeof answer === 'object' && answer !== null && '$metadata' in answer ? answer.$metadata : null
  const id =
    typeof metadata === 'object' && metadata !== null && 'requestId' in metadata
      ? metadata.requestId
      : null
  if (typeof id === 'string') journal.answered(id)
  return answer
}

/** What is to be made of an answer without an error: the dry run was carried out. */
export type OnPerformed = (api: string, answer: unknown) => Promise<never>

/**
 * Makes a writer that asks AWS, as the role that will do it, whether it would let it. CloudTrail
 * has an event of it (lib/kms/README.md, "DryRun"). Sent once, like any mutating call: where DryRun
 * is ignored, it is one, and `onPerformed` raises the alarm.
 */
export function makeDryRunWriter(
  execution: ExecutionContext,
  account: AccountRoles,
  place: Place,
  write: WriteFor,
  onPerformed: OnPerformed,
): DryRunWriter {
  const credentials = openSession(account, write)
  return {
    async kms(api, send) {
      let answer: unknown
      try {
        const client = openWriteKms(await credentials(place.region), place.region)
        const at = { accountId: account.id, region: place.region }
        answer = await execution.write(
          at,
          api,
          () => Promise.resolve(),
          () => send(client),
        )
      } catch (error) {
        if (!(error instanceof AwsProblem)) throw error
        return toDryRun(error)
      }
      return onPerformed(api, answer)
    },
  }
}

function toDryRun({ kind, code, message, api }: AwsProblem): DryRun {
  if (code === 'DryRunOperationException')
    return { would: 'succeed', api, code, words: 'AWS would let the role do this.' }
  const unsure = kind === 'throttled' || kind === 'unavailable'
  const words =
    api === 'sts:AssumeRole'
      ? `The role for changes could not be assumed (${code}): ${message}`
      : `${code}: ${message}`
  return { would: unsure ? 'unknown' : 'fail', api, code, words }
}
