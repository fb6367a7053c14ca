import { answerInState, keyStates } from '../kms/key-states'

/**
 * States in which automatic rotation can be turned on. It is set on the primary of a multi-Region
 * key, so its replicas are no keys of their own to rotate.
 */
export const rotatableStates: readonly string[] = keyStates.filter(
  (state) => answerInState('EnableKeyRotation', state) === 'works',
)
