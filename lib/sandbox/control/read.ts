import { z } from 'zod'
import type { ScenarioOptions } from '../sandbox'
import { ControlError } from './control-error'

export const scenarioShape = z.strictObject({
  scenario: z.enum(['demo', 'empty', 'scale']),
  keys: z.int().positive().optional(),
  accounts: z.int().positive().optional(),
  regions: z.int().positive().optional(),
  seed: z.int().optional(),
  externalId: z.string().min(2).optional(),
  trailDelaySeconds: z.number().min(0).max(3600).optional(),
})

export function readScenario(body: unknown, before: ScenarioOptions): ScenarioOptions {
  const read = parse(scenarioShape.partial(), body)
  // The console's roles keep the ExternalId this sandbox was started with, and events their delay.
  if (!read.scenario) return { ...before, ...read, scenario: before.scenario }
  const { externalId, trailDelaySeconds } = before
  return { externalId, trailDelaySeconds, ...read, scenario: read.scenario }
}

export function parse<Shape>(shape: z.ZodType<Shape>, value: unknown): Shape {
  const read = shape.safeParse(value)
  if (read.success) return read.data
  throw new ControlError(
    read.error.issues
      .map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
      .join('; '),
  )
}

const probability = z.number().min(0).max(1).optional()

export const faultsShape = z.array(
  z.strictObject({
    operation: z.string().min(1),
    throttle: probability,
    error5xx: probability,
    latencyMs: z.number().min(0).max(60_000).optional(),
    lostAfterEffect: probability,
    shortPage: probability,
  }),
)

export const quotasShape = z.strictObject({
  enforced: z.boolean(),
  overrides: z
    .array(
      z.strictObject({
        quota: z.string().min(1),
        value: z.number().positive(),
        account: z.string().optional(),
        region: z.string().optional(),
      }),
    )
    .optional(),
})

export const dryRunShape = z.strictObject({ honoured: z.boolean() })

/** Only forward: what has happened stays. */
export const clockShape = z.strictObject({
  advanceDays: z.number().min(0).optional(),
  advanceSeconds: z.number().min(0).optional(),
})

/** Without a member it is as at AWS. */
export const trailShape = z.strictObject({
  delaySeconds: z.number().min(0).max(3600).optional(),
  deliverEverySeconds: z.number().min(1).max(3600).optional(),
})

function isExpression(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}

/** What Athena is to answer; what was set before goes. */
export const athenaShape = z.strictObject({
  workGroups: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        bytesLimit: z.int().min(10_000_000).optional(),
        outputLocation: z.string().startsWith('s3://').optional(),
      }),
    )
    .optional(),
  answers: z.array(
    z.strictObject({
      query: z.string().min(1).optional(),
      matches: z.string().min(1).refine(isExpression, 'is no regular expression').optional(),
      columns: z.array(z.strictObject({ name: z.string(), type: z.string() })).optional(),
      rows: z.array(z.array(z.string().nullable())).optional(),
      bytes: z.int().nonnegative().optional(),
      fails: z
        .strictObject({
          reason: z.string(),
          category: z.int().min(1).max(3).optional(),
          type: z.int().nonnegative().optional(),
        })
        .optional(),
      queuedMs: z.int().nonnegative().optional(),
      runMs: z.int().nonnegative().optional(),
    }),
  ),
})

export const restoreShape = z.strictObject({ id: z.string().optional() })
