import { AppError, type ErrorCode } from '../../errors'

/**
 * What the database refuses of a decision, by the name of the constraint that it raises: those of
 * its triggers approval_check and approval_gainer, and of a unique index.
 */
const refusals: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  approval_not_of_own_request: ['forbidden', 'Nobody decides on their own request.'],
  approval_not_of_own_role: [
    'forbidden',
    'You would get this role. Someone else decides about it.',
  ],
  approval_once: ['conflict', 'You have decided about this already.'],
  // The table's own unique index, where two decisions of one person come at the same moment.
  Approval_changeId_personId_key: ['conflict', 'You have decided about this already.'],
  approval_with_access: ['forbidden', 'Your access is turned off.'],
  approval_of_open_change: [
    'conflict',
    'This change can no longer be decided about. Reload the page.',
  ],
  approval_in_time: ['conflict', 'The time to answer is over.'],
  approval_of_what_was_shown: [
    'conflict',
    'This is not what you were shown. Reload the page and look again.',
  ],
}

/** Returns the refusal in words, for an error that is one; any other error as it is. */
export function toRefusal(error: unknown): unknown {
  const name =
    typeof error === 'object' && error !== null && 'constraint' in error ? error.constraint : null
  if (typeof name !== 'string' || !Object.hasOwn(refusals, name)) return error
  const [code, words] = refusals[name] ?? ['unexpected', name]
  return new AppError(code, words, {}, { cause: error })
}
