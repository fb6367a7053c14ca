import 'server-only'
import { z } from 'zod'
import { AppError, statusOf } from '../errors'
import { findUnstorable, unstorableWords } from '../storable'
import { failureHeaders, toFailure } from './failure'

// What the doors of handlers have in common: route.ts, post.ts.

export type Params = { params: Promise<Record<string, string | string[]>> }

/** What is shown depends on who asks: nothing is cached. */
export const noStore = { 'cache-control': 'private, no-store' }

/**
 * Reads the query string together with the path's parameters.
 * @throws AppError invalid for what the schema refuses, and for text that no database takes.
 */
export async function readInput<S extends z.ZodType>(
  schema: S,
  request: Request,
  { params }: Params,
): Promise<z.output<S>> {
  const parsed = schema.safeParse({
    ...Object.fromEntries(new URL(request.url).searchParams),
    ...(await params),
  })
  if (!parsed.success) throw new AppError('invalid', z.prettifyError(parsed.error))
  if (findUnstorable(parsed.data)) throw new AppError('invalid', unstorableWords)
  return parsed.data
}

/** Says what failed, as JSON. `where` stands in the log. */
export function answerFailure(error: unknown, where: string): Response {
  const failure = toFailure(error, where)
  return Response.json(
    { error: failure },
    { status: statusOf[failure.code], headers: { ...noStore, ...failureHeaders(failure) } },
  )
}
