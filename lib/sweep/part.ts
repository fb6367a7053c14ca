import 'server-only'
import { AwsProblem } from '@/lib/aws/errors'
import type { ProblemKind } from '@/lib/aws/problem'
import type { Run } from './sweep'
import type { AllFailed } from './tally'

/** Why a part of a key is unknown: kept beside the key, shown where the part would be. */
export type PartProblem = {
  kind: ProblemKind
  code: string
  message: string
  api: string
  at: string
}

/**
 * Reads one part of a key. What AWS says no to becomes the part's problem and null; only what is no
 * answer of AWS is thrown. An API that refused every key so far is not asked again in this sweep:
 * each refusal sets off somebody's alarm. Nor is one that fails every time: the other parts of the
 * other keys do not wait for it.
 */
export async function askPart<T>(
  run: Run,
  problems: Record<string, PartProblem | null>,
  part: string,
  api: string,
  read: () => Promise<T>,
): Promise<T | null> {
  const at = new Date(run.now()).toISOString()
  for (;;) {
    const whyFailed = run.tally.whyAllFailed(api)
    if (whyFailed) {
      problems[part] = notAsked(whyFailed, api, at)
      return null
    }
    if (!run.tally.isIncomplete(api)) return attempt(run, problems, part, api, at, read)
    const check = run.checks.get(api)
    if (check) {
      await check.catch(() => {})
      continue
    }
    const asking = attempt(run, problems, part, api, at, read).finally(() => run.checks.delete(api))
    run.checks.set(api, asking)
    return asking
  }
}

function notAsked({ kind, detail }: AllFailed, api: string, at: string): PartProblem {
  const [code = kind] = detail.split(':')
  const why = kind === 'unavailable' ? 'failed every time' : 'was refused for others'
  const message = `Not asked for this key, since it ${why} here: ${detail.slice(code.length + 2)}`
  return { kind, code, message, api, at }
}

async function attempt<T>(
  run: Run,
  problems: Record<string, PartProblem | null>,
  part: string,
  api: string,
  at: string,
  read: () => Promise<T>,
): Promise<T | null> {
  try {
    const answer = await read()
    problems[part] = null
    return answer
  } catch (error) {
    if (!(error instanceof AwsProblem) || run.signal.aborted) throw error
    // Without credentials no call will work: that fails the sweep, not the key.
    if (error.api !== api) throw error
    problems[part] = { kind: error.kind, code: error.code, message: error.message, api, at }
    return null
  }
}
