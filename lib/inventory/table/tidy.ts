import 'server-only'
import { sql } from '@/lib/db/client'

/**
 * Removes descriptions and sets of tags that no key has any more. Does nothing while keys are
 * written without a pause: the next run comes soon.
 */
async function forgetUnusedWords(): Promise<void> {
  await sql.query('SELECT derived.drop_unused_key_words()')
}

/** Makes one row of the several that a count of keys is added up from. */
async function foldKeyCounts(): Promise<void> {
  await sql.query('SELECT derived.fold_key_counts()')
}

/** Tidies what the table of keys is read from. */
export async function tidyKeyRows(): Promise<void> {
  await forgetUnusedWords()
  await foldKeyCounts()
}
