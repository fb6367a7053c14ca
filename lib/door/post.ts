import 'server-only'
import type { z } from 'zod'
import { authorize, type Permit } from '../auth/permit'
import type { Permission } from '../auth/permissions'
import { enterDoor } from '../web/request-facts.mjs'
import { answerFailure, noStore, readInput, type Params } from './answer'
import { requireOwnHost } from './host'
import { requireOwnOrigin } from './origin'

type Body = AsyncIterable<Uint8Array>

/**
 * The door for what a server action cannot carry: a body that is read as it comes. Own origin,
 * permit, validation of the query string together with the path's parameters, JSON out. How long a
 * body can be, lib/web/refuse.mjs says for each address.
 */
export function post<P extends Permission, S extends z.ZodType>(
  permission: P,
  schema: S,
  run: (permit: Permit<P>, input: z.output<S>, body: Body) => Promise<unknown>,
) {
  return async (request: Request, props: Params): Promise<Response> => {
    enterDoor()
    try {
      await requireOwnHost()
      await requireOwnOrigin()
      const permit = await authorize(permission)
      const input = await readInput(schema, request, props)
      const data = await run(permit, input, readBody(request.body))
      return Response.json(data, { headers: noStore })
    } catch (error) {
      return answerFailure(error, `post ${permission}`)
    }
  }
}

/** What is not read to its end is given up: nothing more of it is taken in. */
async function* readBody(body: ReadableStream<Uint8Array> | null): Body {
  if (body === null) return
  const reader = body.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    await reader.cancel().catch(() => {})
  }
}
