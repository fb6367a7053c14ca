import 'server-only'
import { z } from 'zod'
import type { Kind } from '../define'
import { applyRules } from '../../rules/apply'
import { readRules } from '../../rules/deciders'
import { describeDifferences } from '../../rules/differences'
import { approvalRulesSchema } from '../../rules/schema'

const baseline = z.object({ version: z.int(), rules: approvalRulesSchema })

/**
 * The approval rules themselves: no call to AWS, done in the transaction that says so, and only
 * over the version that was shown.
 */
export const rulesUpdate: Kind = {
  name: 'rules-update',
  label: 'Change the approval rules',
  group: 'Claviger',
  about: 'house',
  end: 'never',
  exclusive: false,
  role: null,
  parse: (input) => approvalRulesSchema.parse(input),
  open({ input }) {
    const rules = approvalRulesSchema.parse(input)
    return {
      where: 'house',
      read: async () => readRules(),
      refuse: () => null,
      title: () => 'Change the approval rules',
      risk: () => ({
        risk: 'high',
        reasons: [
          'It decides who must agree to every change from then on. Requests that are under ' +
            'way keep the rules they were sent under.',
        ],
      }),
      impact: (state) => ({
        effects: [
          ...describeDifferences(baseline.parse(state).rules, rules),
          `${rules.rules.length} rules are in force afterwards. Requests sent from then on follow them.`,
        ],
        warnings: [],
        diff: {
          language: 'json',
          before: JSON.stringify(baseline.parse(state).rules, null, 2),
          after: JSON.stringify(rules, null, 2),
        },
      }),
      async apply(tx, before) {
        const { version } = baseline.parse(before)
        const applied = await applyRules(tx, rules, version)
        return applied === 'applied'
          ? null
          : 'The rules were changed since this was asked for. Nothing was overwritten.'
      },
    }
  },
}
