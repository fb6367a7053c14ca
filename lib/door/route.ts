import 'server-only'
import { z } from 'zod'
import { spendBudget, type BudgetName } from '../auth/budget'
import { authorize, type Permit } from '../auth/permit'
import type { Permission } from '../auth/permissions'
import { AppError, statusOf } from '../errors'
import { findUnstorable, unstorableWords } from '../storable'
import { enterDoor } from '../web/request-facts.mjs'
import { failureHeaders, toFailure } from './failure'
import { requireOwnHost } from './host'
import { requireOwnWill } from './origin'
import { holds, tagOf, type MadeOf } from '../auth/unchanged'

type Params = { params: Promise<Record<string, string | string[]>> }

/**
 * The one door for GET handlers: permit, validation of the query string together with the path's
 * parameters, JSON out. A handler that streams or downloads returns a Response of its own. Nothing
 * is cached: what it shows depends on who asks. `budget`: it leaves a trace in somebody's name or
 * is dear. It counts, and runs only when this console or the person asked. `madeOf`: who holds the
 * answer as it still is gets 304 instead of another one.
 */
export function route<P extends Permission, S extends z.ZodType>(
  permission: P,
  schema: S,
  read: (permit: Permit<P>, input: z.output<S>, request: Request) => Promise<unknown>,
  { budget, madeOf }: { budget?: BudgetName; madeOf?: MadeOf<P> } = {},
) {
  const handler = async (request: Request, { params }: Params): Promise<Response> => {
    enterDoor()
    try {
      await requireOwnHost()
      if (budget) requireOwnWill(request)
      const permit = await authorize(permission)
      const parsed = schema.safeParse({
        ...Object.fromEntries(new URL(request.url).searchParams),
        ...(await params),
      })
      if (!parsed.success) throw new AppError('invalid', z.prettifyError(parsed.error))
      if (findUnstorable(parsed.data)) throw new AppError('invalid', unstorableWords)
      if (budget) await spendBudget(permit, budget)
      // The tag comes first: what changes while the answer is made is in the next one's.
      const tag = madeOf && { etag: await tagOf(madeOf, permit, request.url) }
      const headers = { ...noStore, ...tag }
      if (tag && holds(request, tag.etag)) return new Response(null, { status: 304, headers })
      const data = await read(permit, parsed.data, request)
      return data instanceof Response ? data : Response.json(data, { headers })
    } catch (error) {
      const failure = toFailure(error, `route ${permission}`)
      return Response.json(
        { error: failure },
        {
          status: statusOf[failure.code],
          headers: { ...noStore, ...failureHeaders(failure) },
        },
      )
    }
  }
  return Object.assign(handler, { madeOf })
}

const noStore = { 'cache-control': 'private, no-store' }
