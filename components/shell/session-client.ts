/** The two things a browser says to /api/auth: begin, and end. */

async function post(path: string, fields: Record<string, string>): Promise<string> {
  const csrf: unknown = await fetch('/api/auth/csrf').then((response) => response.json())
  const csrfToken =
    typeof csrf === 'object' && csrf !== null && 'csrfToken' in csrf ? String(csrf.csrfToken) : ''
  const body = new URLSearchParams({ ...fields, csrfToken, json: 'true' })
  const response = await fetch(path, { method: 'POST', body })
  const answer: unknown = await response.json()
  if (!response.ok || typeof answer !== 'object' || answer === null || !('url' in answer))
    throw new Error('The console gave no address to go to.')
  return String(answer.url)
}

/**
 * Leaves for the identity provider; comes back to `from`, a path of this console.
 * @throws when the console does not answer.
 */
export async function beginSignIn(from: string): Promise<void> {
  location.assign(await post('/api/auth/signin/oidc', { callbackUrl: from }))
}

/**
 * Ends this session and shows the sign-in page, with a full load so that nothing of
 * the session stays in memory.
 */
export async function endSession(): Promise<void> {
  await post('/api/auth/signout', { callbackUrl: '/sign-in?signed-out=1' })
  location.assign('/sign-in?signed-out=1')
}
