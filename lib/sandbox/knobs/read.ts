import { z } from 'zod'
import type { ScenarioOptions } from '../sandbox'
import { KnobError } from './knob-error'

export const scenarioShape = z.strictObject({
  scenario: z.enum(['demo', 'empty', 'scale']),
  keys: z.int().positive().optional(),
  accounts: z.int().positive().optional(),
  regions: z.int().positive().optional(),
  seed: z.int().optional(),
  externalId: z.string().min(2).optional(),
})

export function readScenario(body: unknown, before: ScenarioOptions): ScenarioOptions {
  const read = parse(scenarioShape.partial(), body)
  // The console's roles keep the ExternalId this sandbox was started with.
  return read.scenario ? { externalId: before.externalId, ...read, scenario: read.scenario } : { ...before, ...read, scenario: before.scenario }
}

export function parse<Shape>(shape: z.ZodType<Shape>, value: unknown): Shape {
  const read = shape.safeParse(value)
  if (read.success) return read.data
  throw new KnobError(read.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; '))
}
