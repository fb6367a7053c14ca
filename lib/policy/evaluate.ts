import { answer, type Answer } from './answer'
import { prepareInputs, type Case } from './case'
import { judge, type Judgment } from './judge'
import { prepareRequest } from './request'
import { maybe, unknown, yes } from './verdict'

export type Result = Answer['result']

/**
 * Evaluates a case: explicit deny, unknown, depends, allow or deny, the first that holds
 * (lib/policy/README.md, "Evaluation order").
 * unknown: an input that we do not have could change the answer, or AWS leaves it open. depends:
 * keys that the request does not mention could (only with contextComplete false), or which session
 * of the role calls. kms:ReEncrypt is asked as its two halves, of which both must be allowed.
 * @throws BadRequest for a request that is none.
 */
export function evaluate(given: Case): Answer {
  const [half, ...others] = halvesOf(given).map((one) => answer(judgeCase(one)))
  if (!half) throw new Error('a case has no halves')
  return others.reduce(joinHalves, half)
}

/**
 * Splits kms:ReEncrypt, which is no permission: the caller needs kms:ReEncryptFrom and
 * kms:ReEncryptTo.
 */
function halvesOf(given: Case): readonly Case[] {
  if (given.request.action.toLowerCase() !== 'kms:reencrypt') return [given]
  return ['kms:ReEncryptFrom', 'kms:ReEncryptTo'].map((action) => ({
    ...given,
    request: { ...given.request, action },
  }))
}

const order: readonly Result[] = ['deny', 'unknown', 'depends', 'allow']

/** Joins the answers of two halves: the weaker one decides and says why; of equal ones both. */
function joinHalves(one: Answer, other: Answer): Answer {
  const difference = order.indexOf(one.result) - order.indexOf(other.result)
  const explicitDeny = one.explicitDeny || other.explicitDeny
  if (difference !== 0) return { ...(difference < 0 ? one : other), explicitDeny }
  return { result: one.result, explicitDeny, because: [...one.because, ...other.because] }
}

/**
 * Returns the answer without its words, for tables of thousands of cells. It always agrees with
 * evaluate.
 */
export function decide(given: Case): Pick<Answer, 'result' | 'explicitDeny'> {
  const halves = halvesOf(given)
  if (halves.length > 1) {
    const { result, explicitDeny } = evaluate(given)
    return { result, explicitDeny }
  }
  const { verdict, explicitDeny } = judgeCase(given)
  return {
    result:
      verdict === yes
        ? 'allow'
        : verdict === maybe
          ? 'depends'
          : verdict === unknown
            ? 'unknown'
            : 'deny',
    explicitDeny,
  }
}

/** Returns everything that was weighed, for views that say more than an answer does. */
export function judgeCase(given: Case): Judgment {
  const { request, contextComplete } = given
  return judge(
    prepareInputs(given),
    prepareRequest(contextComplete === false ? { ...request, contextComplete } : request),
  )
}
