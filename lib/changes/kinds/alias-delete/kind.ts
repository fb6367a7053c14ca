import 'server-only'
import { DeleteAliasCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import { aliasArnOf, aliasName, aliasTarget, findAliasTarget, keyIdOf } from '../shared/alias-state'
import { keyArnOf, refuseForManager } from '../shared/describe'
import { traits } from './traits'

const input = z.object({ aliasName })
const state = z.object({ target: aliasTarget.nullable() })

/**
 * DeleteAlias, done as soon as the alias is gone. The key of the change is the one the alias names.
 * Asks for no key state, since KMS deletes an alias in each (lib/kms/README.md, "Key states").
 */
export const aliasDelete = defineKind<z.output<typeof input>, z.output<typeof state>>({
  traits,
  where: 'aws',
  input,
  state,
  settleSeconds: 0,
  role: { feature: 'aliases', statements: [allow('Aliases', ['kms:DeleteAlias'])] },
  sessionPolicy: ({ place, input: { aliasName: name } }) => [
    {
      Effect: 'Allow',
      Action: ['kms:DeleteAlias'],
      Resource: [aliasArnOf(place, name), keyArnOf(place)],
    },
  ],
  calls: ({ place, input: { aliasName: name } }) =>
    [aliasArnOf(place, name), keyArnOf(place)].map((resource) => ({
      action: 'kms:DeleteAlias',
      resource,
    })),
  read: async (read, { input: { aliasName: name } }) => ({
    target: await findAliasTarget(read, name),
  }),
  refuse: ({ target }, { place, input: { aliasName: name } }) =>
    target === null
      ? `There is no ${name} in this account and Region.`
      : target.keyArn === place.keyArn
        ? refuseForManager(target.keyManager)
        : `${name} names ${keyIdOf(target.keyArn)}, not this key.`,
  risk: () => ({
    risk: 'high',
    reasons: [
      'Every application that asks for the alias is refused from then on; permissions by alias end with it.',
    ],
  }),
  title: ({ input: { aliasName: name }, place }) => `Delete ${name} of ${keyIdOf(keyArnOf(place))}`,
  impact: (_, { input: { aliasName: name }, key, place }) => ({
    effects: [
      `Nothing is named ${name} any more. The key ${keyIdOf(keyArnOf(place))} itself stays as it is.`,
    ],
    warnings: [
      'Decrypting symmetric ciphertext does not need the alias; everything else that asks by it fails.',
      ...(key?.aliases.every((one) => one === name) ? ['It is the last alias of this key.'] : []),
    ],
  }),
  assess: ({
    about: {
      place,
      input: { aliasName: name },
    },
    state: { target },
    sends,
  }) => {
    if (target === null) return { is: 'done', outcome: { aliasName: name }, already: sends === 0 }
    if (target.keyArn === place.keyArn) return { is: 'ready' }
    return {
      is: 'drifted',
      words: `${name} names ${keyIdOf(target.keyArn)} now, no longer this key.`,
    }
  },
  async act(write, { input: { aliasName: name } }) {
    await write.kms('kms:DeleteAlias', (kms) =>
      kms.send(new DeleteAliasCommand({ AliasName: name })),
    )
    return { aliasName: name }
  },
})
