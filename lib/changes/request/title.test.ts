import fc from 'fast-check'
import { expect, it } from 'vitest'
import { kinds } from '../kinds/registry'
import { makeTitle } from './title'

it('names no change of one account to those who see another', () => {
  const line = fc.record({
    title: fc.uuid(),
    kind: fc.constantFrom(...Object.keys(kinds)),
    accountId: fc.constantFrom('111122223333', '444455556666'),
  })
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), (lines) => {
      const named = lines.filter(({ title }) => makeTitle(lines).includes(title))
      expect(named.length).toBe(new Set(lines.map(({ accountId }) => accountId)).size === 1 ? 1 : 0)
    }),
  )
})
