import 'server-only'
import { UpdatePrimaryRegionCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import type { About, AssessFacts, Observation } from '../kind'
import { keyArnOf, refuseForManager } from '../shared/describe'
import { driftedTo, nameOf } from '../shared/key-state'
import {
  inRegion,
  multiRegionState,
  readMultiRegion,
  regionName,
  type MultiRegionState,
} from '../shared/multi-region-state'
import { refuseRole } from '../replicate/kind'
import { isPassing, refuseState } from '../shared/state-table'
import { traits } from './traits'

const input = z.object({ primaryRegion: regionName })
type Input = z.output<typeof input>

/**
 * UpdatePrimaryRegion, sent to the present primary key. Changes nothing the second time; both keys
 * are Updating for seconds, which are waited for (lib/kms/README.md, "Multi-Region keys").
 */
export const primaryUpdate = defineKind<Input, MultiRegionState>({
  traits,
  where: 'aws',
  input,
  state: multiRegionState,
  settleSeconds: 0,
  role: { feature: 'multiRegion', statements: [allow('MultiRegion', ['kms:UpdatePrimaryRegion'])] },
  sessionPolicy: ({ place, input: { primaryRegion } }) => [
    {
      Effect: 'Allow',
      Action: ['kms:UpdatePrimaryRegion'],
      Resource: [keyArnOf(place), inRegion(place, primaryRegion)],
      Condition: { StringEquals: { 'kms:PrimaryRegion': primaryRegion } },
    },
  ],
  calls: ({ place, input: { primaryRegion } }) =>
    [keyArnOf(place), inRegion(place, primaryRegion)].map((resource) => ({
      action: 'kms:UpdatePrimaryRegion',
      resource,
      context: { 'kms:PrimaryRegion': primaryRegion },
    })),
  read: (read, { place, input: { primaryRegion } }) => readMultiRegion(read, place, primaryRegion),
  refuse: refuseMove,
  risk: () => ({
    risk: 'medium',
    reasons: [
      'Rotation, replication and key material of the set are administered in the other ' +
        'Region from then on. Using the keys goes on without a break.',
    ],
  }),
  title: ({ input: { primaryRegion }, key, place }) =>
    `Make ${primaryRegion} the primary Region of ${nameOf(key, place)}`,
  impact: (_, { place: { region }, input: { primaryRegion } }) => ({
    effects: [
      `The key in ${primaryRegion} becomes the primary key, the one in ${region} a replica. ` +
        'Key ids, material and use stay as they are.',
    ],
    warnings: [
      'For some seconds both are Updating; AWS then refuses to enable, disable, replicate or delete them.',
      `Whoever administers rotation or deletion by the key in ${region} must do so in ${primaryRegion}.`,
    ],
  }),
  assess: judgePrimary,
  async act(write, { place, input: { primaryRegion } }) {
    await write.kms('kms:UpdatePrimaryRegion', (kms) =>
      kms.send(
        new UpdatePrimaryRegionCommand({ KeyId: keyArnOf(place), PrimaryRegion: primaryRegion }),
      ),
    )
    return { keyArn: inRegion(place, primaryRegion) }
  },
})

function refuseMove(
  { keyManager, role, regions, keyState, otherState }: MultiRegionState,
  { place: { region }, input }: About<Input>,
): string | null {
  const { primaryRegion } = input
  const refused = refuseForManager(keyManager) ?? refuseRole(role)
  if (refused) return refused
  if (primaryRegion === region) return `The primary key is in ${region} already.`
  if (!regions.includes(primaryRegion))
    return `This key has no replica in ${primaryRegion}: replicate it there first.`
  const refusedState = refuseState('UpdatePrimaryRegion', keyState)
  if (refusedState) return refusedState
  if (otherState === 'Enabled') return null
  return (
    `The replica in ${primaryRegion} is ${otherState ?? 'in an unknown state'}: AWS makes ` +
    'only an Enabled one the primary key.'
  )
}

function judgePrimary({
  about: {
    place,
    input: { primaryRegion },
  },
  state: now,
  baseline,
  sends,
}: AssessFacts<Input, MultiRegionState>): Observation {
  if (now.primaryRegion === null || isPassing(now.keyState) || isPassing(now.otherState)) {
    return { is: 'wait', seconds: 3, words: 'AWS is moving the primary key between Regions.' }
  }
  if (now.primaryRegion === primaryRegion)
    return { is: 'done', outcome: { keyArn: inRegion(place, primaryRegion) }, already: sends === 0 }
  if (now.primaryRegion !== baseline.primaryRegion)
    return {
      is: 'drifted',
      words: `The primary key has been moved to ${now.primaryRegion} meanwhile.`,
    }
  if (now.keyState !== baseline.keyState) return driftedTo(baseline.keyState, now.keyState)
  if (now.otherState === baseline.otherState) return { is: 'ready' }
  const was = `The replica in ${primaryRegion} was ${baseline.otherState ?? 'not there'} when this was asked for`
  return { is: 'drifted', words: `${was}. It is ${now.otherState ?? 'gone'} now.` }
}
