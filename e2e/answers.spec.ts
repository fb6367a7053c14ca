import { expect, test } from './fixtures'
import { someKeyOf } from './support/inventory'

test('answers are compressed, and an unchanged one is not sent again', async ({ page, login }) => {
  await someKeyOf('754093268140')
  await login(page, 'approver')
  const headers = { 'accept-encoding': 'gzip' }
  for (const path of ['/api/keys', '/api/requests?box=all', '/api/keys?format=csv']) {
    const answer = await page.request.get(path, { headers })
    expect([path, answer.status(), answer.headers()['content-encoding']]).toEqual([
      path,
      200,
      'gzip',
    ])
  }
  const session = await page.request.get('/api/auth/session', { headers })
  expect(session.headers()['content-encoding']).toBeUndefined()

  // A worker writes meanwhile: soon nothing has changed between two questions.
  await expect
    .poll(async () => {
      const { etag = '' } = (await page.request.get('/api/requests?box=all')).headers()
      const again = await page.request.get('/api/requests?box=all', {
        headers: { 'if-none-match': etag },
      })
      return [again.status(), (await again.body()).length]
    })
    .toEqual([304, 0])
})

test('a page takes an unchanged answer for the one that it has', async ({ page, login }) => {
  await login(page, 'approver')
  const statuses: number[] = []
  page.on('response', (response) => {
    if (new URL(response.url()).pathname === '/api/requests') statuses.push(response.status())
  })
  await page.clock.install()
  await page.goto('/requests?box=all')
  // Read again every half a minute; a worker writes meanwhile, and soon nothing has changed.
  await expect
    .poll(async () => {
      await page.clock.fastForward(31_000)
      return statuses.includes(304)
    })
    .toBe(true)
  await expect(page.getByRole('table', { name: 'Requests: All' })).toBeVisible()
})
