import 'server-only'
import { unstable_rethrow } from 'next/navigation'
import { z } from 'zod'
import { authorize, type Permit } from '../auth/permit'
import type { Permission } from '../auth/permissions'
import type { Result } from '../result'
import { findNotPlain, notPlainWords } from '../plain-json'
import { findUnstorable, unstorableWords } from '../storable'
import { enterDoor } from '../web/request-facts.mjs'
import { toFailure } from './failure'
import { requireOwnHost } from './host'
import { requireOwnOrigin } from './origin'

/**
 * The one door for mutations: own origin, permit, validation, run, failure in the user's words.
 * Every export of an actions.ts is made here.
 */
export function action<P extends Permission, S extends z.ZodType, T>(
  permission: P,
  schema: S,
  run: (permit: Permit<P>, input: z.output<S>) => Promise<T>,
) {
  return async (input: z.input<S>): Promise<Result<T>> => {
    enterDoor()
    try {
      await requireOwnHost()
      await requireOwnOrigin()
      const permit = await authorize(permission)
      // The wire can carry more than JSON: promises, files, and references
      // that throw when looked at.
      const strange = findNotPlain(input)
      if (strange) return refuseField(strange, notPlainWords)
      const parsed = schema.safeParse(input)
      if (!parsed.success) {
        const fields: Record<string, string[]> = {}
        for (const issue of parsed.error.issues)
          (fields[issue.path.join('.')] ??= []).push(issue.message)
        return {
          ok: false,
          error: { code: 'invalid', message: 'Check the highlighted fields.', fields },
        }
      }
      const odd = findUnstorable(parsed.data)
      if (odd) return refuseField(odd, unstorableWords)
      return { ok: true, data: await run(permit, parsed.data) }
    } catch (error) {
      unstable_rethrow(error)
      return { ok: false, error: toFailure(error, `action ${permission}`) }
    }
  }
}

const refuseField = (path: readonly string[], words: string): Result<never> => ({
  ok: false,
  error: { code: 'invalid', message: words, fields: { [path.join('.')]: [words] } },
})
