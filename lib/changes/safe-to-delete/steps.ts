import { nameOfState } from '../../kms/state-names'
import { sayWindow } from '../../trail/say-window'
import { isStopped, type DeletionFacts } from './deletion-facts'

/** How long refused calls are watched for: a month has most jobs that run by the calendar. */
export const watchDays = 30
const dayMs = 86_400_000

type StepState = 'done' | 'now' | 'later' | 'warning'
/** One step of the staged way to a deletion. */
export type Step = {
  id: 'disable' | 'watch' | 'schedule' | 'cancel'
  label: string
  state: StepState
  words: string
  at: string | null
}

/** Returns the staged way with what is done of it, by what AWS and the trail say. Pure. */
export function listSteps(facts: DeletionFacts): Step[] {
  const watched = watch(facts)
  return [disable(facts), watched, schedule(facts, watched), cancel(facts)]
}

function disable(facts: DeletionFacts): Step {
  const item = { id: 'disable' as const, label: 'Disable the key' }
  const { key, stoppedAt: since } = facts
  if (!isStopped(key))
    return {
      ...item,
      state: 'now',
      words: 'Nothing is lost: KMS refuses every use until the key is enabled again',
      at: null,
    }
  return {
    ...item,
    state: 'done',
    words: since === null ? `${nameOfState(key.keyState ?? '')}, unknown since when` : 'Disabled',
    at: since,
  }
}

function watch(facts: DeletionFacts): Step {
  const item = {
    id: 'watch' as const,
    label: `Watch for refused calls for ${watchDays} days`,
  }
  const { key, refusals, watched, now, stoppedAt: since } = facts
  if (!isStopped(key))
    return {
      ...item,
      state: 'later',
      words: 'Calls that fail with DisabledException show who still needs the key',
      at: null,
    }
  if (since === null)
    return {
      ...item,
      state: 'now',
      words: 'Unknown since when the key is disabled, so refused calls cannot be counted',
      at: null,
    }
  const days = Math.floor((Date.parse(now) - Date.parse(since)) / dayMs)
  const isWhole = watched !== null && watched.gapCount === 0
  const gap = isWhole || watched === null ? '' : ` Not all events were read: ${sayWindow(watched)}`
  if (refusals && refusals.events > 0)
    return {
      ...item,
      state: 'warning',
      words: `${refusals.events.toLocaleString('en')} refused calls in ${sayDays(days)}; the last.${gap}`,
      at: refusals.lastAt,
    }
  return {
    ...item,
    state: days >= watchDays && isWhole ? 'done' : 'now',
    words: `No refused call seen in ${sayDays(days)}.${gap}`,
    at: null,
  }
}

const sayDays = (days: number) => (days === 1 ? '1 day' : `${days} days`)

function schedule({ key }: DeletionFacts, watched: Step): Step {
  const item = { id: 'schedule' as const, label: 'Schedule the deletion, in 30 days' }
  if (key.keyState === 'PendingDeletion' || key.keyState === 'PendingReplicaDeletion')
    return { ...item, state: 'done', words: 'Scheduled; KMS deletes it', at: key.deletionAt }
  return {
    ...item,
    state: watched.state === 'done' ? 'now' : 'later',
    words: 'The longest waiting period is the last chance to find who needs it',
    at: null,
  }
}

function cancel({ key }: DeletionFacts): Step {
  const isPending = key.keyState === 'PendingDeletion' || key.keyState === 'PendingReplicaDeletion'
  return {
    id: 'cancel',
    label: 'Cancel, as long as it waits',
    state: isPending ? 'now' : 'later',
    words: 'Here, or with the AWS CLI by whoever can call CancelKeyDeletion. It is Disabled then',
    at: isPending ? key.deletionAt : null,
  }
}

/** The command that cancels a deletion from anywhere. */
export const cancelCommand = ({ keyId, region }: { keyId: string; region: string }): string =>
  `aws kms cancel-key-deletion --key-id ${keyId} --region ${region}`
