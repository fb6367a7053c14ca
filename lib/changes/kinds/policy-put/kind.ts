import 'server-only'
import { createHash } from 'node:crypto'
import { GetKeyPolicyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow, keepsLockoutCheck } from '../../../accounts/write-role'
import { AwsProblem } from '../../../aws/errors'
import { defineKind } from '../define'
import { Drifted, type Observation, type Place, type AwsReader, type AwsWriter } from '../kind'
import { keyArnOf, refuseForManager } from '../shared/describe'
import { nameOf } from '../shared/key-state'
import { describePolicyChange, refusePolicy, riskOfPolicy, warnOfPolicy } from './risk'
import { mostPolicyBytes } from '../../../kms/policy-size'
import { isSamePolicy } from './text'
import { sayMoment } from '../shared/moment'
import { traits } from './traits'

const input = z.strictObject({
  /** Longer than KMS takes, so that a text that is too long is refused in words. */
  policy: z
    .string()
    .min(1, 'Write the policy.')
    .max(4 * mostPolicyBytes, 'This is far longer than any key policy.'),
  draftId: z.string().max(64).nullable().default(null),
})
type Input = z.output<typeof input>

/**
 * The hash is of the text as GetKeyPolicy gave it, as in the inventory; the text is kept for
 * the diff, and to be put back.
 */
const state = z.object({ policyHash: z.string(), policyText: z.string() })
type State = z.output<typeof state>

/**
 * PutKeyPolicy, which has no condition and no version: the last writer wins. So it is sent only
 * while GetKeyPolicy, read again right before, gives what was approved, and always with KMS's check
 * that we can change the policy again (lib/kms/README.md, "Key policies").
 */
export const policyPut = defineKind<Input, State, State>({
  traits,
  where: 'aws',
  input,
  state,
  settleSeconds: 0,
  role: {
    feature: 'policy',
    statements: [allow('KeyPolicies', ['kms:PutKeyPolicy'], keepsLockoutCheck)],
  },
  sessionPolicy: ({ place }) => [
    {
      Effect: 'Allow',
      Action: ['kms:PutKeyPolicy'],
      Resource: [keyArnOf(place)],
      // IfExists: KMS tests for lockout without this key in the request.
      Condition: { BoolIfExists: { 'kms:BypassPolicyLockoutSafetyCheck': 'false' } },
    },
  ],
  // Putting the old one back is judged by the new policy, which is not in
  // force while this is asked.
  calls: ({ place }) => [
    {
      action: 'kms:PutKeyPolicy',
      resource: keyArnOf(place),
      context: { 'kms:BypassPolicyLockoutSafetyCheck': false },
    },
  ],
  read: (read, { place }) => readPolicy(read, place),
  refuse: ({ policyText }, { input: { policy }, key }) =>
    refuseForManager(key?.keyManager ?? 'unknown') ?? refusePolicy(policyText, policy),
  risk: ({ policyText }, { input: { policy }, place }) => riskOfPolicy(policyText, policy, place),
  title: ({ key, place }) => `Change the key policy of ${nameOf(key, place)}`,
  impact: ({ policyText }, { input: { policy }, place, key, endsAt }) => ({
    effects: [
      ...describePolicyChange(policyText, policy, place),
      ...(endsAt
        ? [
            `The policy of today is put back at ${sayMoment(endsAt)}, if nobody has changed it by then.`,
          ]
        : []),
    ],
    warnings: warnOfPolicy(policyText, policy, place, key),
    diff: { language: 'json', before: policyText, after: policy },
  }),
  assess: ({ about, state: now, baseline, sends }) =>
    judgePolicy(now, { target: about.input.policy, was: baseline }, sends),
  act: (write, { place, input: { policy } }, { baseline, read }) =>
    putPolicy(write, place, policy, () => recheck(read, place, { target: policy, was: baseline })),
  undo: {
    confirm: true,
    words: () =>
      'The key policy of before is put back, if the one that this change put is still there.',
    read: (read, { place }) => readPolicy(read, place),
    assess: ({ about, state: now, baseline, sends }) =>
      judgeReturn(now, { ours: about.input.policy, target: baseline }, sends),
    act: (write, { place, input: { policy } }, { baseline, read }) =>
      putPolicy(write, place, baseline.policyText, async () => {
        const look = judgeReturn(await readPolicy(read, place), { ours: policy, target: baseline })
        if (look.is === 'drifted') throw new Drifted(look.words)
      }),
  },
})

/**
 * Judges what the key policy of now means for putting the new one. Only the very text that was
 * approved upon is ready to be replaced (by hash); the new one counts as there also where KMS lays
 * it out anew. Pure.
 */
export function judgePolicy(
  now: State,
  { target, was }: { target: string; was: State },
  sends = 0,
): Observation {
  if (isSamePolicy(now.policyText, target))
    return { is: 'done', outcome: { policyHash: now.policyHash }, already: sends === 0 }
  if (now.policyHash === was.policyHash) return { is: 'ready' }
  return {
    is: 'drifted',
    words:
      'The key policy was changed since this was asked for. Nothing was overwritten: ask again on the policy of now.',
  }
}

/**
 * Judges what the key policy of now means for putting the old one back. Only our own text is
 * replaced: what somebody changed since stays. Pure.
 */
export function judgeReturn(
  now: State,
  { ours, target }: { ours: string; target: State },
  sends = 0,
): Observation {
  if (isSamePolicy(now.policyText, target.policyText))
    return { is: 'done', outcome: { policyHash: now.policyHash }, already: sends === 0 }
  if (isSamePolicy(now.policyText, ours)) return { is: 'ready' }
  return {
    is: 'drifted',
    words:
      'The key policy was changed since this change put its own. Putting the old one back ' +
      'would undo that too, so it stays as it is.',
  }
}

async function readPolicy(read: AwsReader, place: Place): Promise<State> {
  const { Policy: policyText } = await read.kms('kms:GetKeyPolicy', (kms) =>
    kms.send(new GetKeyPolicyCommand({ KeyId: keyArnOf(place), PolicyName: 'default' })),
  )
  if (policyText === undefined) throw new Error('GetKeyPolicy answered without a policy')
  return { policyHash: createHash('sha256').update(policyText).digest('hex'), policyText }
}

/** Stops unless the policy is what was approved, or ours already: that again changes nothing. */
async function recheck(
  read: AwsReader,
  place: Place,
  policies: { target: string; was: State },
): Promise<void> {
  const look = judgePolicy(await readPolicy(read, place), policies)
  if (look.is === 'drifted') throw new Drifted(look.words)
}

async function putPolicy(
  write: AwsWriter,
  place: Place,
  policy: string,
  recheckRightBefore: () => Promise<void>,
) {
  try {
    const put = new PutKeyPolicyCommand({
      KeyId: keyArnOf(place),
      PolicyName: 'default',
      Policy: policy,
    })
    await write.kms('kms:PutKeyPolicy', (kms) => kms.send(put), { recheck: recheckRightBefore })
  } catch (error) {
    throw error instanceof AwsProblem ? explainRefusal(error) : error
  }
  return { policyHash: createHash('sha256').update(policy).digest('hex') }
}

/**
 * Says in words why KMS called the policy malformed: it fails the lockout safety check, or names a
 * principal that was made a moment ago (lib/kms/README.md, "Key policies"). Both are answers:
 * nothing was changed.
 */
function explainRefusal(problem: AwsProblem): AwsProblem {
  if (problem.code !== 'MalformedPolicyDocumentException') return problem
  const words = /in the future/i.test(problem.message)
    ? 'By the new policy Claviger’s role for changes could not change the policy again, so ' +
      'KMS refuses it from this role.'
    : 'If the policy names a user or role that was made in the last minutes, KMS may not ' +
      'know it yet: ask again a little later.'
  return new AwsProblem('validation', problem.code, `${problem.message} ${words}`, problem.api, {
    cause: problem,
  })
}
