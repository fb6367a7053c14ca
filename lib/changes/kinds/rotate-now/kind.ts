import 'server-only'
import {
  GetKeyRotationStatusCommand,
  ListKeyRotationsCommand,
  RotateKeyOnDemandCommand,
  type RotationsListEntry,
} from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import type { AssessFacts, Observation, Place, AwsReader } from '../kind'
import { describeRotationCost } from '../shared/cost'
import { keyArnOf, refuseForManager } from '../shared/describe'
import { keyFacts, readKeyFacts, type KeyFacts } from '../shared/key-facts'
import { driftedTo, nameOf, waitWhile } from '../shared/key-state'
import { isPassing, refuseState } from '../shared/state-table'
import { traits } from './traits'

const input = z.object({})
type Input = z.output<typeof input>
const state = keyFacts.omit({ keyUsage: true }).extend({
  /** On-demand rotations that are over; null: AWS was not asked, the key cannot. */
  onDemandUsed: z.number().nullable(),
  /** Since when one is in progress. */
  inProgressSince: z.string().nullable(),
  /** Imported material that the rotation would make current. */
  waitingMaterial: z.boolean(),
})
type State = z.output<typeof state>

/** In a key's whole life; AWS does not raise it (lib/kms/README.md, "Rotation"). */
const mostOnDemand = 25

/**
 * RotateKeyOnDemand, never repeated blindly: each call uses up one of the few a key has. What became
 * of a lost answer is read from the count of rotations and the one in progress
 * (lib/changes/README.md, "Effect once").
 */
export const rotateNow = defineKind<Input, State>({
  traits,
  where: 'aws',
  input,
  state,
  settleSeconds: 30,
  role: { feature: 'rotation', statements: [allow('Rotation', ['kms:RotateKeyOnDemand'])] },
  sessionPolicy: ({ place }) => [
    { Effect: 'Allow', Action: ['kms:RotateKeyOnDemand'], Resource: [keyArnOf(place)] },
  ],
  calls: ({ place }) => [{ action: 'kms:RotateKeyOnDemand', resource: keyArnOf(place) }],
  read: (read, { place }) => readState(read, place),
  refuse: refuseRotateNow,
  risk: ({ origin }) => ({
    risk: 'medium',
    reasons: [
      `One of the ${mostOnDemand} on-demand rotations of the key's life is used up. ARN, ` +
        'aliases and policy stay, and old ciphertext stays readable.',
      ...(origin === 'EXTERNAL'
        ? [
            'The imported material that waits becomes current: keep both, or ciphertext is lost with them.',
          ]
        : []),
    ],
  }),
  title: ({ key, place }) => `Rotate ${nameOf(key, place)} now`,
  impact: ({ onDemandUsed, role, origin }, { key }) => ({
    effects: [
      'AWS makes new key material current, within minutes. The automatic schedule stays as it is.',
      `${(onDemandUsed ?? 0) + 1} of ${mostOnDemand} on-demand rotations are used then.`,
      ...(role === 'primary' ? ['It holds for every Region of this multi-Region key.'] : []),
    ],
    warnings: [
      ...warnOfLast(mostOnDemand - (onDemandUsed ?? 0)),
      'No remedy for data keys that leaked: data and data keys stay encrypted as they are.',
      ...(origin === 'EXTERNAL'
        ? ['From then on the key works only while all its imported materials are present.']
        : []),
      ...describeRotationCost(key),
    ],
  }),
  assess: judgeRotateNow,
  async act(write, { place }) {
    await write.kms('kms:RotateKeyOnDemand', (kms) =>
      kms.send(new RotateKeyOnDemandCommand({ KeyId: keyArnOf(place) })),
    )
    return {}
  },
})

const warnOfLast = (left: number): string[] =>
  left > 3
    ? []
    : [`${left} on-demand rotations are left for this key's life. AWS does not raise that.`]

function refuseRotateNow({
  keyManager,
  keySpec,
  origin,
  role,
  keyState,
  onDemandUsed,
  inProgressSince,
  waitingMaterial,
}: State): string | null {
  const managed = refuseForManager(keyManager)
  if (managed) return managed
  if (keySpec !== 'SYMMETRIC_DEFAULT')
    return `A key of spec ${keySpec} does not rotate: make a new key and move the alias to it.`
  if (origin !== 'AWS_KMS' && origin !== 'EXTERNAL')
    return 'A key in a custom key store does not rotate: make a new key and move the alias to it.'
  if (role === 'replica') return 'A multi-Region key is rotated on its primary key.'
  const refused = refuseState('RotateKeyOnDemand', keyState)
  if (refused) return refused
  if (inProgressSince) return `A rotation asked for at ${inProgressSince} is in progress.`
  if (origin === 'EXTERNAL' && !waitingMaterial)
    return 'No imported key material waits for rotation: import new material into the key first.'
  return (onDemandUsed ?? 0) >= mostOnDemand
    ? `All ${mostOnDemand} on-demand rotations of this key are used. AWS gives no more.`
    : null
}

function judgeRotateNow({ state: now, baseline, sends }: AssessFacts<Input, State>): Observation {
  const begun = now.inProgressSince !== null && now.inProgressSince !== baseline.inProgressSince
  const over = (now.onDemandUsed ?? 0) > (baseline.onDemandUsed ?? 0)
  if (begun || over) {
    if (sends > 0)
      return {
        is: 'done',
        outcome: { onDemandUsed: now.onDemandUsed, inProgressSince: now.inProgressSince },
      }
    const words =
      'Somebody else has rotated the key on demand since this was asked for. Doing it again ' +
      'would use up another of its rotations.'
    return { is: 'drifted', words }
  }
  if (isPassing(now.keyState) && now.keyState !== 'Updating') return waitWhile(now.keyState)
  if (refuseState('RotateKeyOnDemand', now.keyState))
    return driftedTo(baseline.keyState, now.keyState)
  if (now.waitingMaterial !== baseline.waitingMaterial)
    return { is: 'drifted', words: 'The imported key material that waited for rotation is gone.' }
  return { is: 'ready' }
}

async function readState(read: AwsReader, place: Place): Promise<State> {
  const { keyState, keyManager, keySpec, origin, role }: KeyFacts = await readKeyFacts(read, place)
  const facts = { keyState, keyManager, keySpec, origin, role }
  const asks =
    keySpec === 'SYMMETRIC_DEFAULT' &&
    (origin === 'AWS_KMS' || origin === 'EXTERNAL') &&
    keyState !== 'PendingImport' &&
    keyManager === 'CUSTOMER'
  if (!asks) return { ...facts, onDemandUsed: null, inProgressSince: null, waitingMaterial: false }
  // The status first: what ends between the two calls is then seen twice, and never missed.
  const status = await read.kms('kms:GetKeyRotationStatus', (kms) =>
    kms.send(new GetKeyRotationStatusCommand({ KeyId: keyArnOf(place) })),
  )
  const rotations = await listMaterials(read, place)
  return {
    ...facts,
    onDemandUsed: rotations.filter(({ RotationType }) => RotationType === 'ON_DEMAND').length,
    inProgressSince: status.OnDemandRotationStartDate?.toISOString() ?? null,
    waitingMaterial: rotations.some(
      ({ KeyMaterialState }) => KeyMaterialState === 'PENDING_ROTATION',
    ),
  }
}

async function listMaterials(read: AwsReader, place: Place): Promise<RotationsListEntry[]> {
  const all: RotationsListEntry[] = []
  let Marker: string | undefined
  do {
    const call = new ListKeyRotationsCommand({
      KeyId: keyArnOf(place),
      IncludeKeyMaterial: 'ALL_KEY_MATERIAL',
      Limit: 1000,
      Marker,
    })
    const page = await read.kms('kms:ListKeyRotations', (kms) => kms.send(call))
    all.push(...(page.Rotations ?? []))
    Marker = page.Truncated ? page.NextMarker : undefined
  } while (Marker !== undefined)
  return all
}
