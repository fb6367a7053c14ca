import { expect, test } from './fixtures'
import { ask } from './support/raw-request'
import { sessionOf } from './support/session'

test('one person who opens a hundred pages at once is told to wait, and others are served', async () => {
  test.setTimeout(240_000)
  const cookieOf = async (who: 'auditor' | 'viewer') =>
    (await sessionOf(who)).cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const [busy, other] = [await cookieOf('auditor'), await cookieOf('viewer')]
  await ask('/keys', { headers: { cookie: busy } })

  const get = (cookie: string) => ask('/keys', { headers: { cookie }, timeoutMs: 120_000 })
  // Six are read, thirty wait for their turn, the others are told.
  const flood = Promise.all(Array.from({ length: 100 }, () => get(busy)))
  const meanwhile = await get(other)
  expect({ status: meanwhile.status, failed: meanwhile.body.includes('data-failure') }).toEqual({
    status: 200,
    failed: false,
  })

  const answers = await flood
  const told = answers.filter(({ status }) => status === 503)
  expect(told.length).toBeGreaterThan(0)
  for (const { status, headers, body } of answers) {
    expect.soft([200, 503]).toContain(status)
    expect.soft(body).not.toContain('data-failure="unexpected"')
    if (status === 503)
      expect
        .soft({ later: headers['retry-after'], says: body.includes('data-failure="busy"') })
        .toEqual({ later: '2', says: true })
  }
  expect((await ask('/keys', { headers: { cookie: busy } })).status, 'and is served again').toBe(
    200,
  )
})
