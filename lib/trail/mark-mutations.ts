import 'server-only'
import { transaction, type Tx } from '../db/client'

/**
 * Marks every mutation, so that whose each of them is, is found out anew (lib/changes/README.md,
 * "Matching"): after it all stands as it would if the events had come just now. Returns how many.
 */
export async function markAllMutations(): Promise<number> {
  const mark = async (tx: Tx) => {
    await tx.execute(
      `DELETE FROM trail.mutation m WHERE NOT EXISTS (SELECT FROM trail.event e
        WHERE e.event_id = m.event_id AND e.account_id = m.account_id
          AND e.occurred_at = m.occurred_at AND NOT e.is_use)`,
    )
    return tx.execute(
      `INSERT INTO trail.unmatched (account_id, event_id, occurred_at)
       SELECT account_id, event_id, occurred_at FROM trail.event
       WHERE NOT is_use AND NOT read_only AND outcome = 'success'`,
    )
  }
  // It goes over the events of every month.
  return transaction(mark, { timeoutMs: 600_000 })
}
