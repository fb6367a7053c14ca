import { readiness } from '@/lib/settings/readiness'

/** Ready: the database answers and its schema is of this build. Needs no session and gives no detail. */
export async function GET(): Promise<Response> {
  const isReady = await readiness()
  return Response.json({ ok: isReady }, { status: isReady ? 200 : 503, headers: { 'cache-control': 'no-store' } })
}
