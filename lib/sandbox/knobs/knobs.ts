import { sandboxNow } from '../clock'
import { resetSandbox } from '../open'
import type { Sandbox } from '../sandbox'
import { readScenario } from './read'

export type Knob = (sandbox: Sandbox, body: unknown, query: URLSearchParams) => unknown

export const knobs: Record<string, Knob> = {
  'GET health': (sandbox) => ({ ok: true, scenario: sandbox.world.scenario, now: new Date(sandboxNow(sandbox.world)).toISOString() }),
  'POST reset': async (sandbox, body) => {
    await resetSandbox(sandbox, readScenario(body, sandbox.options))
    return { ok: true, scenario: sandbox.world.scenario }
  },
}
