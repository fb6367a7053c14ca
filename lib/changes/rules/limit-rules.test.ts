import { expect, it } from 'vitest'
import { limitRules } from './limit-rules'
import { defaultRules } from './rule'
import type { Rule } from './schema'

const [own, other] = ['111122223333', '444455556666']
const keyOf = (account: string) => `arn:aws:kms:eu-west-1:${account}:key/k`
const [first] = defaultRules.rules
const ruleFor = (name: string, when: Rule['when']): Rule => {
  if (!first) throw new Error('there is no rule to begin from')
  return { ...first, name, when }
}
const rules = {
  ...defaultRules,
  rules: [
    ruleFor('all', {}),
    ruleFor('own', { accountIds: [own] }),
    ruleFor('both', { accountIds: [other, own] }),
    ruleFor('other', { accountIds: [other] }),
    ruleFor('other key', { keyArns: [keyOf(other)] }),
    ruleFor('keys', { keyArns: [keyOf(own), keyOf(other)] }),
    ruleFor('neither', { accountIds: [own], keyArns: [keyOf(other)] }),
  ],
}

it('shows whoever sees every account every rule', () => {
  expect(limitRules(rules, { all: true })).toEqual({ rules, hidden: 0 })
})

it('names nothing outside the scope, empties no list that said something, counts what is left out', () => {
  const { rules: shown, hidden } = limitRules(rules, { all: false, accountIds: [own] })
  expect(shown.rules.map(({ name }) => name)).toEqual(['all', 'own', 'both', 'keys'])
  expect(JSON.stringify(shown)).not.toContain(other)
  expect(shown.rules.map(({ when }) => when)).toEqual([
    {},
    { accountIds: [own] },
    { accountIds: [own] },
    { keyArns: [keyOf(own)] },
  ])
  expect(hidden).toBe(3)
})
