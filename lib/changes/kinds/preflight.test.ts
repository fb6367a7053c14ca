import { expect, it } from 'vitest'
import { completersOf, parsePreflight, storedPreflight } from './preflight'

/** As it is in databases: the hash of a request that was sent covers every name of it. */
const stored = {
  meaning: { effects: ['The key policy is replaced.'], warnings: [] },
  riskReasons: ['It opens the key to another account.'],
  dryRun: null,
  noDryRun: null,
  roleForesight: {
    role: 'arn:aws:iam::111122223333:role/ClavigerWrite',
    doing: { result: 'refused', lines: ['The key policy does not allow it.'] },
    ending: null,
    readAt: null,
  },
  conflicts: [],
  undo: null,
  sessionPolicy: [],
  foresight: {
    verdict: 'safe',
    gains: [],
    losses: [],
    unknown: [],
    refusals: [],
    completers: [{ accountId: '444455556666', accountName: 'partner' }],
  },
}

it('reads what older versions stored, and stores it under the same names', () => {
  const preflight = parsePreflight(stored)
  expect(preflight).toMatchObject({
    impact: stored.meaning,
    rolePrediction: stored.roleForesight,
    policyImpact: stored.foresight,
  })
  expect(storedPreflight(preflight)).toEqual(stored)
  expect(completersOf(stored)).toEqual(stored.foresight.completers)
})
