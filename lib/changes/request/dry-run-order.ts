import 'server-only'
import { isAwsEndpoint, kmsEndpointOf } from '../../aws/endpoint'

/** The last one that waits or works, by endpoint. */
const turns = new Map<string, Promise<unknown>>()

/**
 * Lets one dry run at a time be made at an endpoint that is not AWS's: what the first of several
 * finds out there keeps the others from being sent. AWS is asked side by side.
 */
export async function inOrder<T>(region: string, work: () => Promise<T>): Promise<T> {
  const endpoint = await kmsEndpointOf(region)
  if (isAwsEndpoint(endpoint)) return work()
  const turn = (turns.get(endpoint) ?? Promise.resolve()).then(work, work)
  turns.set(endpoint, turn)
  return turn
}
