import { attack } from './attack/campaign'
import { expect, test } from './fixtures'
import { forgetSessions } from './support/session'

// Last of all specs by its name, since they run in its order: what the campaign leaves behind meets
// nobody. `npm run bench -- attack` is the long form.
test('thousands of mutated requests bring no failure of ours and show nobody what is not theirs', async () => {
  test.setTimeout(300_000)
  forgetSessions()
  const { samples, unexpected5xx, leaks, hangs } = await attack({
    seed: 20_261_129,
    requests: 2_500,
    mostAccounts: 2,
  })
  forgetSessions()
  expect({ unexpected5xx, leaks, hangs }, samples.join('\n')).toEqual({
    unexpected5xx: 0,
    leaks: 0,
    hangs: 0,
  })
})
