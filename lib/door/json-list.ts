import 'server-only'
import { z } from 'zod'

/** A list in a query string, as JSON: of `most` at most. */
export const listOf = <S extends z.ZodType>(item: S, most: number) =>
  z
    .string()
    .max(16_000)
    .transform((text, refusal): z.output<S>[] => {
      try {
        return z.array(item).max(most).parse(JSON.parse(text))
      } catch {
        refusal.addIssue({ code: 'custom', message: `A JSON list of ${most} at most is wanted.` })
        return z.NEVER
      }
    })
