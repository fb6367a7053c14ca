import { answer, type Answer } from './answer'
import { prepareInputs, type Case } from './case'
import { judge, type Judgment } from './judge'
import { prepareRequest } from './request'
import { maybe, unknown, yes } from './verdict'

export type Result = Answer['result']

/**
 * Who wins: explicit deny, unknown, depends, allow or deny (aws-facts 4.3 and 5). unknown: an input
 * that we do not have could change the answer, or AWS's documents leave it open. depends: keys that
 * the request does not mention could (only with contextComplete false), or which session of the
 * role calls. kms:ReEncrypt is asked as its two halves, of which both must be allowed. Throws
 * BadRequest for a request that is none.
 */
export function evaluate(given: Case): Answer {
  const [half, ...others] = halvesOf(given).map((one) => answer(judgeCase(one)))
  if (!half) throw new Error('a case has no halves')
  return others.reduce(joinHalves, half)
}

/** IAM knows no kms:ReEncrypt: who may call it has kms:ReEncryptFrom and kms:ReEncryptTo. */
function halvesOf(given: Case): readonly Case[] {
  if (given.request.action.toLowerCase() !== 'kms:reencrypt') return [given]
  return ['kms:ReEncryptFrom', 'kms:ReEncryptTo'].map((action) => ({
    ...given,
    request: { ...given.request, action },
  }))
}

const order: readonly Result[] = ['deny', 'unknown', 'depends', 'allow']

/** The weaker half decides and says why; of equal ones both. */
function joinHalves(one: Answer, other: Answer): Answer {
  const difference = order.indexOf(one.result) - order.indexOf(other.result)
  const explicitDeny = one.explicitDeny || other.explicitDeny
  if (difference !== 0) return { ...(difference < 0 ? one : other), explicitDeny }
  return { result: one.result, explicitDeny, because: [...one.because, ...other.because] }
}

/** The answer without its words: for tables of thousands of cells. Agrees with evaluate always. */
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

/** Everything that was weighed, for views that say more than an answer does. */
export function judgeCase(given: Case): Judgment {
  const { request, contextComplete } = given
  return judge(
    prepareInputs(given),
    prepareRequest(contextComplete === false ? { ...request, contextComplete } : request),
  )
}
