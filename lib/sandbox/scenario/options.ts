import type { ScenarioOptions } from '../sandbox'

/** A scenario to build; `now` is the sandbox's clock in epoch ms, and all dates are relative to it. */
export type DatedScenario = ScenarioOptions & { now: number }
