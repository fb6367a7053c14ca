import 'server-only'
import { z } from 'zod'
import { authorize, type Permit } from '../auth/permit'
import type { Permission } from '../auth/permissions'
import { AppError, statusOf } from '../errors'
import { findUnstorable, unstorableWords } from '../storable'
import { enterDoor } from '../web/request-facts.mjs'
import { toFailure } from './failure'

type Params = { params: Promise<Record<string, string | string[]>> }

/**
 * The one door for GET handlers: permit, validation of the query string together with the path's parameters, JSON out.
 * A handler that streams or downloads returns a Response of its own. Nothing is cached: what it shows depends on who asks.
 */
export function route<P extends Permission, S extends z.ZodType>(
  permission: P,
  schema: S,
  read: (permit: Permit<P>, input: z.output<S>, request: Request) => Promise<unknown>,
) {
  return async (request: Request, { params }: Params): Promise<Response> => {
    enterDoor()
    try {
      const permit = await authorize(permission)
      const parsed = schema.safeParse({ ...Object.fromEntries(new URL(request.url).searchParams), ...(await params) })
      if (!parsed.success) throw new AppError('invalid', z.prettifyError(parsed.error))
      if (findUnstorable(parsed.data)) throw new AppError('invalid', unstorableWords)
      const data = await read(permit, parsed.data, request)
      return data instanceof Response ? data : Response.json(data, { headers: noStore })
    } catch (error) {
      const failure = toFailure(error, `route ${permission}`)
      return Response.json({ error: failure }, { status: statusOf[failure.code], headers: noStore })
    }
  }
}

const noStore = { 'cache-control': 'private, no-store' }
