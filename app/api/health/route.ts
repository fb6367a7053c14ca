/** Alive: the process answers. Says nothing else, and needs no session. */
export function GET(): Response {
  return Response.json({ ok: true }, { headers: { 'cache-control': 'no-store' } })
}
