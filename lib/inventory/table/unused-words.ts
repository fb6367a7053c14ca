import 'server-only'
import { sql } from '@/lib/db/client'

/**
 * Removes descriptions and sets of tags that no key has any more. Does nothing while keys are
 * written without a pause: the next run comes soon.
 */
export async function forgetUnusedWords(): Promise<void> {
  await sql.query('SELECT derived.drop_unused_key_words()')
}
