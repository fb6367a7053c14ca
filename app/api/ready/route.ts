import { readiness, readWorkerState } from '@/lib/settings/readiness'

/**
 * Ready: the database answers and its schema is of this build. Needs no session and gives no
 * detail. A missing worker is said but takes no web process out of service: pages still answer.
 */
export async function GET(): Promise<Response> {
  const isReady = await readiness()
  const worker = isReady ? await readWorkerState() : 'unknown'
  return Response.json(
    { ok: isReady, worker },
    { status: isReady ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  )
}
