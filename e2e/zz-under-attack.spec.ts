import { campaignSeed } from '../lib/launch/campaign'
import { attack } from './attack/campaign'
import { expect, test } from './fixtures'
import { forgetSessions } from './support/session'

// Last of all specs by its name, since they run in its order: what the campaign leaves behind meets
// nobody. First every door that could show a person of one account what is of another, then what the
// seed gives. `npm run bench -- attack` is the long form.
test('1,500 mutated requests bring no failure of ours and show nobody what is not theirs', async () => {
  test.setTimeout(300_000)
  forgetSessions()
  const seed = campaignSeed()
  const { samples, unexpected5xx, leaks, hangs } = await attack({
    seed,
    requests: 1_500,
    mostAccounts: 1,
  })
  forgetSessions()
  expect({ unexpected5xx, leaks, hangs }, `seed ${seed}\n${samples.join('\n')}`).toEqual({
    unexpected5xx: 0,
    leaks: 0,
    hangs: 0,
  })
})
