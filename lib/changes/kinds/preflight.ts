/** What was found out before a decision, stored with the change and frozen by its hash. Pure. */
import 'server-only'
import { z } from 'zod'
import type { Completer, LatentRow } from '../../drafts/latent'
import type { DryRun, Impact } from './kind'

/** Another change under way that touches the same thing. */
export type Conflict = {
  changeId: string
  requestId: string
  number: number
  title: string
  status: string
}

/**
 * What the account's policies say to the calls of a change. refused and allowed are certain, as far
 * as the policies were read.
 */
export type RoleAnswer = {
  result: 'allowed' | 'refused' | 'depends' | 'unknown'
  lines: readonly string[]
}

export type RolePrediction = {
  /** ARN of the role for changes. */
  role: string
  /** Null: AWS answered by DryRun, or the evaluator knows nothing of the call. */
  doing: RoleAnswer | null
  /** Of undoing it at its end; null: it has none. */
  ending: RoleAnswer | null
  /** As of when the oldest of the policies was read; null: some never were. */
  readAt: string | null
}

export type Preflight = {
  impact: Impact
  riskReasons: readonly string[]
  /** Null: AWS has no DryRun for it, or none could be made. */
  dryRun: DryRun | null
  /** Why none could be made where AWS has one; null: one was made, or AWS has none. */
  noDryRun: string | null
  /** What the policies say where AWS has not said it by DryRun; null: there is nothing to weigh. */
  rolePrediction: RolePrediction | null
  conflicts: readonly Conflict[]
  /** What happens at its end; null: it has none. */
  undo: string | null
  /** What the role for changes may do while it does this: the session policy. */
  sessionPolicy: readonly unknown[]
  /** Who gains and loses what by a change of policy, and who keeps the power to change it. */
  policyImpact: {
    verdict: string
    gains: readonly string[]
    losses: readonly string[]
    unknown: readonly string[]
    refusals: readonly string[]
    /**
     * What other accounts can complete alone, or no longer can. Absent in changes asked
     * for before this was weighed.
     */
    latent?: readonly LatentRow[]
    /** Whose administrators can: an approver confirms to know it. */
    completers?: readonly Completer[]
    /**
     * Whether the two policies could be compared: without that, no line is not
     * nobody. Absent in older changes.
     */
    isCompared?: boolean
  } | null
}

const lines = z.array(z.string())
const roleAnswer = z.object({ result: z.enum(['allowed', 'refused', 'depends', 'unknown']), lines })
const rolePrediction = z.object({
  role: z.string(),
  doing: roleAnswer.nullable(),
  ending: roleAnswer.nullable(),
  readAt: z.string().nullable(),
})
const completer = z.object({ accountId: z.string(), accountName: z.string().nullable() })
const latentRow = completer.extend({
  principal: z.string(),
  name: z.string(),
  direction: z.enum(['opened', 'closed']),
  abilities: lines,
  isAll: z.boolean(),
})

/** `meaning`, `roleForesight`, `foresight`: what they were called when the first were stored. */
const schema = z.object({
  meaning: z.object({
    effects: lines,
    warnings: lines,
    diff: z
      .object({ language: z.enum(['json', 'text']), before: z.string(), after: z.string() })
      .optional(),
  }),
  riskReasons: lines,
  dryRun: z
    .object({
      would: z.enum(['succeed', 'fail', 'unknown']),
      api: z.string(),
      code: z.string(),
      words: z.string(),
    })
    .nullable(),
  noDryRun: z.string().nullable().default(null),
  roleForesight: rolePrediction.nullable().default(null),
  conflicts: z.array(
    z.object({
      changeId: z.string(),
      requestId: z.string(),
      number: z.number(),
      title: z.string(),
      status: z.string(),
    }),
  ),
  undo: z.string().nullable(),
  sessionPolicy: z.array(z.unknown()),
  foresight: z
    .object({
      verdict: z.string(),
      gains: lines,
      losses: lines,
      unknown: lines,
      refusals: lines,
      latent: z.array(latentRow).optional(),
      completers: z.array(completer).optional(),
      isCompared: z.boolean().optional(),
    })
    .nullable(),
})

/**
 * Parses a preflight as a change stores it.
 * @throws ZodError for what was not stored by this console.
 */
export function parsePreflight(stored: unknown): Preflight {
  const { meaning, roleForesight, foresight, ...same } = schema.parse(stored)
  return { ...same, impact: meaning, rolePrediction: roleForesight, policyImpact: foresight }
}

/** Returns what `parsePreflight` reads back. */
export const storedPreflight = ({
  impact,
  rolePrediction,
  policyImpact,
  ...same
}: Preflight): Record<string, unknown> => ({
  ...same,
  meaning: impact,
  roleForesight: rolePrediction,
  foresight: policyImpact,
})

const acknowledged = z.object({
  foresight: z.object({ completers: z.array(completer).optional() }).nullish(),
})

/**
 * Returns the accounts whose administrators can complete the change, of which an approver has to
 * know.
 * @throws ZodError for what was not stored by this console.
 */
export const completersOf = (stored: unknown): readonly Completer[] =>
  acknowledged.parse(stored).foresight?.completers ?? []
