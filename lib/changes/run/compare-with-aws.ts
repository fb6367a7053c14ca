import 'server-only'
import { notAchieved } from '../../change-status'
import { AwsProblem } from '../../aws/errors'
import { AppError } from '../../errors'
import { uniqueIdPattern } from '../../kms/arn'
import type { AwsPlan } from '../kinds/define'
import { makeReader } from '../kinds/reader-writer'
import { toCanonical } from '../kinds/hash'
import type { AwsReader } from '../kinds/kind'
import { existingState } from '../kinds/shared/grant-existing'
import { findGrant, type FoundGrant } from '../kinds/shared/grant-read'
import { factsOf, openChange, type StoredChange } from '../kinds/open'
import type { KindTraits } from '../kinds/traits'
import type { ExecutionContext } from '../kinds/execution-context'

/**
 * What AWS says otherwise than we believe: gone before its end, there though it is over for
 * us, past its end, or altered.
 */
type FindingName = 'vanished' | 'stillThere' | 'overdue' | 'changed'
/** `unread`: AWS could not be asked, so nothing is known; `again`: worth asking again soon. */
export type Comparison =
  | { is: 'asBelieved' }
  | { is: 'finding'; finding: FindingName; words: string }
  | { is: 'unread'; words: string; again: boolean }

/** Minutes that an end may take before it counts as overdue: the worker begins within seconds. */
export const graceMinutes = 15
const asBelieved: Comparison = { is: 'asBelieved' }
const found = (finding: FindingName, words: string): Comparison => ({
  is: 'finding',
  finding,
  words,
})

/**
 * Compares what a change that was done, or undone, left behind with AWS. Reads only. `superseded`:
 * a later change of ours explains a difference.
 */
export async function compareWithAws(
  execution: ExecutionContext,
  change: StoredChange,
  { now, superseded }: { now: Date; superseded: boolean },
  signal?: AbortSignal,
): Promise<Comparison> {
  try {
    const { kind, plan, account } = await openChange(change)
    if (plan.where !== 'aws' || !account) return asBelieved
    const read = makeReader(execution, account, plan.place, signal)
    return kind.grant
      ? await compareGrant(read, { plan, grant: kind.grant }, { change, now })
      : await compareState(read, plan, change, { now, superseded })
  } catch (error) {
    if (error instanceof AwsProblem) {
      const again = error.kind === 'throttled' || error.kind === 'unavailable'
      return {
        is: 'unread',
        words: `What is true in AWS could not be read: ${error.api} answered ${error.code}: ${error.message}`,
        again,
      }
    }
    if (error instanceof AppError) return { is: 'unread', words: error.message, again: false }
    throw error
  }
}

const isOver = ({ endsAt, endAskedAt }: StoredChange, now: Date): boolean => {
  const since = [endsAt, endAskedAt].flatMap((at) => (at ? [at.getTime()] : []))
  return since.length > 0 && Math.min(...since) < now.getTime() - graceMinutes * 60_000
}

/** What a grant that AWS lists means where none should be there; null: one should. */
function judgeLeftOver(
  change: StoredChange,
  does: KindTraits['grant'],
  now: Date,
): Comparison | null {
  const { status, problem } = change
  if (does === 'ends')
    return found('stillThere', 'The grant was revoked here, and AWS lists it still.')
  if (status === 'reverted')
    return found('stillThere', 'The grant was revoked at its end, and AWS lists it again or still.')
  if (notAchieved.includes(status))
    return found(
      'stillThere',
      'The change is recorded as not done, and AWS lists the grant it was to make: it ' +
        'arrived late. Nothing here ends it.',
    )
  if (!isOver(change, now)) return null
  return found(
    'overdue',
    `Its end has passed and AWS lists the grant still.${problem ? ` ${problem}` : ''}`,
  )
}

async function compareGrant(
  read: AwsReader,
  { plan: { place }, grant: does }: { plan: AwsPlan; grant: KindTraits['grant'] },
  { change, now }: { change: StoredChange; now: Date },
): Promise<Comparison> {
  const { grantId, granteePrincipal } = { ...factsOf(change.input), ...factsOf(change.outcome) }
  const grant = await findGrant(read, place, {
    grantId: textOf(grantId),
    name: change.id,
    granteePrincipal: textOf(granteePrincipal),
  })
  const leftOver = judgeLeftOver(change, does, now)
  if (leftOver) return grant ? leftOver : asBelieved
  if (!grant)
    return found(
      'vanished',
      'AWS lists the grant no longer: somebody revoked or retired it outside of Claviger before its end.',
    )
  const altered =
    does === 'adopts'
      ? isAltered(change, grant)
      : uniqueIdPattern.test(grant.granteePrincipal ?? '')
  return altered
    ? found(
        'changed',
        'The grant is not as it was: AWS shows its grantee as ' +
          `${grant.granteePrincipal ?? grant.granteeServicePrincipal ?? 'nobody'}. A unique id ` +
          'means that the principal was deleted.',
      )
    : asBelieved
}

/**
 * Compares the grant with what was approved. Nobody can alter a grant, but KMS shows a party that
 * was deleted by its unique id (lib/kms/README.md, "Grants").
 */
function isAltered({ baseline }: StoredChange, grant: FoundGrant): boolean {
  const was = existingState.safeParse(baseline)
  return was.success && toCanonical(was.data.grant) !== toCanonical(grant)
}

/** Anything else that has an end, by its kind's own look: done means it is so still. */
async function compareState(
  read: AwsReader,
  plan: AwsPlan,
  change: StoredChange,
  { now, superseded }: { now: Date; superseded: boolean },
): Promise<Comparison> {
  const look = await plan.doing(factsOf(change.baseline)).observe(read, {
    sends: change.sends,
    lastSentAt: change.lastSentAt?.toISOString() ?? null,
    now: now.toISOString(),
  })
  if (isOver(change, now))
    return look.is === 'done'
      ? found(
          'overdue',
          `Its end has passed and AWS is still as this change made it.${change.problem ? ` ${change.problem}` : ''}`,
        )
      : asBelieved
  if (look.is === 'done' || superseded) return asBelieved
  if (look.is === 'wait') return { is: 'unread', words: look.words, again: true }
  return look.is === 'ready'
    ? found(
        'vanished',
        'AWS is as it was before this change: somebody took it back outside of Claviger before its end.',
      )
    : found(
        'changed',
        'AWS is neither as this change made it nor as it was before: somebody changed it ' +
          `outside of Claviger. ${look.words}`,
      )
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
