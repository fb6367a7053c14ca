import 'server-only'
import type { z } from 'zod'
import { spendBudget, type BudgetName } from '../auth/budget'
import { authorize, type Permit } from '../auth/permit'
import type { Permission } from '../auth/permissions'
import { enterDoor } from '../web/request-facts.mjs'
import { answerFailure, noStore, readInput, type Params } from './answer'
import { requireOwnHost } from './host'
import { requireOwnWill } from './origin'
import { holds, tagOf, type MadeOf } from '../auth/unchanged'

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
  const handler = async (request: Request, props: Params): Promise<Response> => {
    enterDoor()
    try {
      await requireOwnHost()
      if (budget) requireOwnWill(request)
      const permit = await authorize(permission)
      const input = await readInput(schema, request, props)
      if (budget) await spendBudget(permit, budget)
      // The tag comes first: what changes while the answer is made is in the next one's.
      const tag = madeOf && { etag: await tagOf(madeOf, permit, request.url) }
      const headers = { ...noStore, ...tag }
      if (tag && holds(request, tag.etag)) return new Response(null, { status: 304, headers })
      const data = await read(permit, input, request)
      return data instanceof Response ? data : Response.json(data, { headers })
    } catch (error) {
      return answerFailure(error, `route ${permission}`)
    }
  }
  return Object.assign(handler, { madeOf })
}
