import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseCaller, type Caller } from './caller'
import { evaluate } from './evaluate'
import { listGrantsNaming } from './grant-index'
import type { Grant } from './grants'
import { isSessionOf, nameCaller, notNamed } from './principal'

const accounts = ['111122223333', '444455556666']
const parties = accounts.flatMap((id) => [
  id,
  `arn:aws:iam::${id}:root`,
  `arn:aws:iam::${id}:user/kim`,
  `arn:aws:iam::${id}:role/app`,
  `arn:aws:iam::${id}:role/team/app`,
  `arn:aws:iam::${id}:role/team/app/`,
  `arn:aws:sts::${id}:assumed-role/app/one`,
  `arn:aws:sts::${id}:assumed-role/app/two`,
  `arn:aws:sts::${id}:federated-user/kim`,
])
const services = ['rds.amazonaws.com', 'RDS.amazonaws.com', 's3.amazonaws.com']
const names = [...parties, ...services, '*', 'AROAEXAMPLEEXAMPLE12', '']
const grant: fc.Arbitrary<Grant> = fc.record(
  {
    GranteePrincipal: fc.constantFrom(...names),
    GranteeServicePrincipal: fc.constantFrom(...services),
  },
  { requiredKeys: [] },
)
const callers = [...parties, ...services, '*'].flatMap((name) => {
  const paths = [undefined, ...accounts.map((id) => `arn:aws:iam::${id}:role/team/app`)]
  return paths.flatMap((path) => parseCaller(name, path) ?? [])
})

/** What the evaluator asks of one grant, without looking anything up. */
function isNamed(
  { GranteePrincipal: principal, GranteeServicePrincipal: service }: Grant,
  caller: Caller,
): boolean {
  if (caller.kind === 'service')
    return [principal, service].some((one) => one?.toLowerCase() === caller.name.toLowerCase())
  if (principal === undefined) return false
  return isSessionOf(principal, caller) || nameCaller(principal, caller) !== notNamed
}

test('no grant that names a caller is passed over', () => {
  fc.assert(
    fc.property(
      fc.array(grant, { maxLength: 12 }),
      fc.constantFrom(...callers),
      (grants, caller) => {
        const found = listGrantsNaming(grants, caller)
        expect(found).toEqual([...new Set(found)].toSorted((a, b) => a - b))
        for (const [at, one] of grants.entries())
          if (isNamed(one, caller)) expect(found).toContain(at)
      },
    ),
    { numRuns: 2_000 },
  )
})

test('a grant is weighed for those whom it can name, not for every principal of the account', () => {
  const many = 1_000
  let weighed = 0
  const role = (n: number) => `arn:aws:iam::111122223333:role/r${n}`
  const grants = Array.from({ length: many }, (_, n) => ({
    GranteePrincipal: role(n),
    get Operations() {
      weighed += 1
      return ['Decrypt']
    },
  }))
  const results = Array.from(
    { length: many },
    (_, n) =>
      evaluate({
        request: {
          principal: role(n),
          action: 'kms:Decrypt',
          resource: 'arn:aws:kms:eu-west-1:111122223333:key/k',
        },
        grants,
      }).result,
  )
  expect(new Set(results)).toEqual(new Set(['allow']))
  // Once to find it and once for its words.
  expect(weighed).toBeLessThanOrEqual(3 * many)
})
