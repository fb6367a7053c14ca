import 'server-only'
import { CreateAliasCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import type { AssessFacts, Observation } from '../kind'
import { aliasArnOf, aliasName, aliasTarget, findAliasTarget, keyIdOf } from '../shared/alias-state'
import { describeKey, keyArnOf, refuseForManager } from '../shared/describe'
import { nameOf } from '../shared/key-state'
import { blockedBy, refuseState } from '../shared/state-table'
import { traits } from './traits'

const input = z.object({ aliasName })
type Input = z.output<typeof input>
const state = z.object({
  keyManager: z.string(),
  blockedBy: z.string().nullable(),
  target: aliasTarget.nullable(),
})
type State = z.output<typeof state>

/**
 * CreateAlias, which fails with AlreadyExists the second time: whether the call before arrived is
 * told from the key that the alias names now (lib/changes/README.md, "Effect once").
 */
export const aliasCreate = defineKind<Input, State>({
  traits,
  where: 'aws',
  input,
  state,
  settleSeconds: 0,
  role: { feature: 'aliases', statements: [allow('Aliases', ['kms:CreateAlias'])] },
  sessionPolicy: ({ place, input: { aliasName: name } }) => [
    {
      Effect: 'Allow',
      Action: ['kms:CreateAlias'],
      Resource: [aliasArnOf(place, name), keyArnOf(place)],
    },
  ],
  calls: ({ place, input: { aliasName: name } }) =>
    [aliasArnOf(place, name), keyArnOf(place)].map((resource) => ({
      action: 'kms:CreateAlias',
      resource,
    })),
  async read(read, { place, input: { aliasName: name } }) {
    const { KeyManager = 'unknown', KeyState = 'unknown' } = await describeKey(read, place)
    return {
      keyManager: KeyManager,
      blockedBy: blockedBy('CreateAlias', KeyState),
      target: await findAliasTarget(read, name),
    }
  },
  refuse: ({ keyManager, blockedBy: blocked, target }, { input: { aliasName: name }, place }) =>
    refuseForManager(keyManager) ??
    (blocked ? refuseState('CreateAlias', blocked) : null) ??
    (target
      ? target.keyArn === place.keyArn
        ? `${name} names this key already.`
        : `${name} names the key ${keyIdOf(target.keyArn)}: move it instead.`
      : null),
  risk: () => ({
    risk: 'medium',
    reasons: [
      'Applications that ask for this alias get this key. Policies with kms:RequestAlias or ' +
        'kms:ResourceAliases can allow or refuse because of it.',
    ],
  }),
  title: ({ input: { aliasName: name }, key, place }) => `Create ${name} for ${nameOf(key, place)}`,
  impact: (_, { input: { aliasName: name }, key }) => ({
    effects: [`${name} names this key in its account and Region.`],
    warnings: [
      'Permissions that depend on aliases follow within about five minutes.',
      ...(key && key.aliases.length >= 45
        ? [`The key has ${key.aliases.length} aliases; AWS allows 50 unless that was raised.`]
        : []),
    ],
  }),
  assess: judgeCreate,
  async act(write, { place, input: { aliasName: name } }) {
    await write.kms('kms:CreateAlias', (kms) =>
      kms.send(new CreateAliasCommand({ AliasName: name, TargetKeyId: keyArnOf(place) })),
    )
    return { aliasName: name }
  },
})

function judgeCreate({
  about: {
    place,
    input: { aliasName: name },
  },
  state: { target, blockedBy: blocked },
  sends,
}: AssessFacts<Input, State>): Observation {
  if (target?.keyArn === place.keyArn)
    return { is: 'done', outcome: { aliasName: name }, already: sends === 0 }
  if (target)
    return {
      is: 'drifted',
      words: `${name} has been given to the key ${keyIdOf(target.keyArn)} meanwhile.`,
    }
  return blocked
    ? { is: 'drifted', words: `The key is ${blocked} now: AWS gives it no alias.` }
    : { is: 'ready' }
}
