import { answer, type Answer } from './answer'
import { prepareInputs, type Case } from './case'
import { judge, type Judgment } from './judge'
import { prepareRequest } from './request'
import { maybe, unknown, yes } from './verdict'

export type Result = Answer['result']

/**
 * Who wins: explicit deny, unknown, depends, allow or deny (aws-facts 4.3 and 5). unknown: an input that we do not have could
 * change the answer. depends: keys that the request does not mention could, only with contextComplete false.
 * Throws BadRequest for a request that is none.
 */
export function evaluate(given: Case): Answer {
  return answer(judgeCase(given))
}

/** The answer without its words: for tables of thousands of cells. Agrees with evaluate always. */
export function decide(given: Case): Pick<Answer, 'result' | 'explicitDeny'> {
  const { verdict, explicitDeny } = judgeCase(given)
  return { result: verdict === yes ? 'allow' : verdict === maybe ? 'depends' : verdict === unknown ? 'unknown' : 'deny', explicitDeny }
}

/** Everything that was weighed, for views that say more than an answer does. */
export function judgeCase(given: Case): Judgment {
  const { request, contextComplete } = given
  return judge(prepareInputs(given), prepareRequest(contextComplete === false ? { ...request, contextComplete } : request))
}
