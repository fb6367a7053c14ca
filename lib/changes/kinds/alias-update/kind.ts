import 'server-only'
import { UpdateAliasCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import type { About, Observation, AwsWriter } from '../kind'
import {
  aliasArnOf,
  aliasName,
  aliasTarget,
  findAliasTarget,
  keyArnPattern,
  keyIdOf,
  type AliasTarget,
} from '../shared/alias-state'
import { keyArnOf, refuseForManager } from '../shared/describe'
import { classOf, readKeyFacts } from '../shared/key-facts'
import { nameOf } from '../shared/key-state'
import { blockedBy, refuseState } from '../shared/state-table'
import { sayMoment } from '../shared/moment'
import { traits } from './traits'

const input = z.object({
  aliasName,
  /** The key it names today: it is in the session policy, and approved. */
  fromKeyArn: z
    .string()
    .regex(
      keyArnPattern,
      'Claviger does not know which key this alias names. Refresh the account, then pick the alias from the list.',
    ),
})
type Input = z.output<typeof input>
const state = z.object({
  keyManager: z.string(),
  blockedBy: z.string().nullable(),
  keySpec: z.string(),
  keyUsage: z.string(),
  target: aliasTarget.nullable(),
})
type State = z.output<typeof state>
type Target = { target: AliasTarget | null }

/**
 * UpdateAlias: set-state. The key of the change is the one the alias will
 * name. Undone by moving it back.
 */
export const aliasUpdate = defineKind<Input, State, Target>({
  traits,
  where: 'aws',
  input,
  state,
  settleSeconds: 0,
  role: { feature: 'aliases', statements: [allow('Aliases', ['kms:UpdateAlias'])] },
  sessionPolicy: ({ place, input: { aliasName: name, fromKeyArn } }) => [
    {
      Effect: 'Allow',
      Action: ['kms:UpdateAlias'],
      Resource: [aliasArnOf(place, name), fromKeyArn, keyArnOf(place)],
    },
  ],
  calls: ({ place, input: { aliasName: name, fromKeyArn } }) =>
    [aliasArnOf(place, name), fromKeyArn, keyArnOf(place)].flatMap((resource) => [
      { action: 'kms:UpdateAlias', resource },
      { action: 'kms:UpdateAlias', resource, atEnd: true },
    ]),
  async read(read, { place, input: { aliasName: name } }) {
    const { keyManager, keyState, keySpec, keyUsage } = await readKeyFacts(read, place)
    return {
      keyManager,
      blockedBy: blockedBy('UpdateAlias', keyState),
      keySpec,
      keyUsage,
      target: await findAliasTarget(read, name),
    }
  },
  refuse: refuseMove,
  risk: () => ({
    risk: 'high',
    reasons: [
      'Every application that asks for the alias encrypts with another key from then on; ' +
        'permissions by alias move with it.',
    ],
  }),
  title: ({ input: { aliasName: name, fromKeyArn }, key, place }) =>
    `Move ${name} from ${keyIdOf(fromKeyArn)} to ${nameOf(key, place)}`,
  impact: (_, { input: { aliasName: name, fromKeyArn }, place, endsAt }) => ({
    effects: [
      `${name} names ${keyIdOf(keyArnOf(place))} instead of ${keyIdOf(fromKeyArn)}.`,
      ...(endsAt
        ? [
            `It is moved back at ${sayMoment(endsAt)}; what was encrypted by then stays under this key.`,
          ]
        : []),
    ],
    warnings: [
      'Keep the old key: symmetric ciphertext names the key it was made with, and only that key reads it.',
      'Signatures, MACs and asymmetric ciphertext do not name their key: whoever checks or ' +
        'decrypts by the alias now gets the other one.',
      'Whoever uses the alias needs permission on this key as well. Permissions by alias ' +
        'follow within about five minutes.',
    ],
    diff: {
      language: 'text',
      before: `${name} -> ${fromKeyArn}`,
      after: `${name} -> ${keyArnOf(place)}`,
    },
  }),
  assess: ({ about, state: { target, blockedBy: blocked }, sends }): Observation =>
    blocked
      ? { is: 'drifted', words: `The key is ${blocked} now: AWS gives it no alias.` }
      : judgeTarget(about, {
          target,
          was: about.input.fromKeyArn,
          wanted: keyArnOf(about.place),
          sends,
        }),
  act: (write, { place, input: { aliasName: name } }) => moveAlias(write, name, keyArnOf(place)),
  undo: {
    confirm: true,
    words: ({ input: { aliasName: name, fromKeyArn } }) =>
      `${name} names ${keyIdOf(fromKeyArn)} again.`,
    read: async (read, { input: { aliasName: name } }) => ({
      target: await findAliasTarget(read, name),
    }),
    assess: ({ about, state: { target }, sends }) =>
      judgeTarget(about, {
        target,
        was: keyArnOf(about.place),
        wanted: about.input.fromKeyArn,
        sends,
      }),
    act: (write, { input: { aliasName: name, fromKeyArn } }) => moveAlias(write, name, fromKeyArn),
  },
})

function refuseMove(
  { keyManager, blockedBy: blocked, keySpec, keyUsage, target }: State,
  { place, input: { aliasName: name, fromKeyArn } }: About<Input>,
): string | null {
  const refused =
    refuseForManager(keyManager) ?? (blocked ? refuseState('UpdateAlias', blocked) : null)
  if (refused) return refused
  if (!target) return `There is no ${name} in this account and Region: create it instead.`
  if (target.keyArn === place.keyArn) return `${name} names this key already.`
  if (target.keyArn !== fromKeyArn)
    return `${name} names ${keyIdOf(target.keyArn)} now, not ${keyIdOf(fromKeyArn)}.`
  const [was, is] = [classOf(target.keySpec), classOf(keySpec)]
  if (was !== is)
    return `${name} names a key that is ${was}; it cannot be moved to one that is ${is}.`
  return target.keyUsage === keyUsage
    ? null
    : `${name} names a key for ${target.keyUsage}; it cannot be moved to one for ${keyUsage}.`
}

function judgeTarget(
  { input: { aliasName: name } }: About<Input>,
  {
    target,
    was,
    wanted,
    sends,
  }: { target: AliasTarget | null; was: string; wanted: string; sends: number },
): Observation {
  if (target?.keyArn === wanted)
    return { is: 'done', outcome: { aliasName: name, keyArn: wanted }, already: sends === 0 }
  if (target?.keyArn === was) return { is: 'ready' }
  return {
    is: 'drifted',
    words: target
      ? `${name} has been moved to ${keyIdOf(target.keyArn)} meanwhile.`
      : `${name} is no longer there.`,
  }
}

async function moveAlias(write: AwsWriter, name: string, keyArn: string) {
  await write.kms('kms:UpdateAlias', (kms) =>
    kms.send(new UpdateAliasCommand({ AliasName: name, TargetKeyId: keyArn })),
  )
  return { aliasName: name, keyArn }
}
