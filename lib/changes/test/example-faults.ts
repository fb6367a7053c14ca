/**
 * The examples of the fault bench: which change to ask for on which key, and what must be true in
 * the sandbox's own world once it is done, or undone.
 */
import { CreateGrantCommand, type KMSClient } from '@aws-sdk/client-kms'
import type { Key, RegionState, World } from '../../sandbox/world'
import { fixtureAccount } from './fixture-place'

export type NewKey = { arn: string; keyId: string; region: string }
export type Making = {
  /** Made for this change alone. */
  key: NewKey
  /** One more like it. */
  makeKey: () => Promise<NewKey>
  /** Unlike that of every other change. */
  number: number
  /** How many of this kind its batch has already. */
  turn: number
  /** Somebody outside of Claviger, who prepares what must be there before. */
  admin: KMSClient
  endsAt: string
  random: () => number
}
export type MadeChange = {
  input: unknown
  endsAt?: string | null
  /** The key it is asked for at, when it is not the one that was made for it. */
  keyArn?: string
  /** For what is about no key. */
  region?: string
  isDone: (world: World, changeId: string) => boolean
  isUndone?: (world: World, changeId: string) => boolean
}
export type FaultExample = {
  /**
   * A symmetric single-Region key, a multi-Region primary, or once in each batch, whatever
   * keys there are.
   */
  on: 'key' | 'primary' | 'batch'
  /** The call of doing it, as CloudTrail names it; absent: none. */
  does?: string
  undoes?: string
  /** What AWS does by itself in answer, under the same session. */
  also?: string
  /** Null: its batch has as many as AWS takes. */
  make: (making: Making) => Promise<MadeChange | null>
}

export const grantee = 'arn:aws:iam::638820417753:root'

export function regionOf(world: World, region: string): RegionState {
  const found = world.accounts.get(fixtureAccount)?.regions.get(region)
  if (!found) throw new Error(`no Region ${region}`)
  return found
}

export const keyOf = (world: World, { region, keyId }: NewKey): Key | undefined =>
  regionOf(world, region).keys.get(keyId)

/** The key that the alias of this number names. */
export const targetOf = (world: World, { region }: NewKey, number: number) =>
  regionOf(world, region).aliases.get(`alias/bench-${number}`)?.targetKeyId

export const grantsNamed = (world: World, key: NewKey, name: string) =>
  [...(keyOf(world, key)?.grants.values() ?? [])].filter((grant) => grant.name === name)

/** Half of them have an end. */
export const maybeEnd = ({ endsAt, random }: Making): string | null =>
  random() < 0.5 ? endsAt : null

export async function makeGrant({ admin, key, number }: Making): Promise<string> {
  const call = new CreateGrantCommand({
    KeyId: key.arn,
    GranteePrincipal: grantee,
    Operations: ['Encrypt'],
    Name: `before-${number}`,
  })
  return (await admin.send(call)).GrantId ?? ''
}

export async function endGrant(making: Making): Promise<MadeChange> {
  const grantId = await makeGrant(making)
  return {
    input: { grantId },
    isDone: (world) => keyOf(world, making.key)?.grants.has(grantId) === false,
  }
}

export const makeState = (making: Making, done: string, undone: string): MadeChange => ({
  input: {},
  endsAt: maybeEnd(making),
  isDone: (world) => keyOf(world, making.key)?.state === done,
  isUndone: (world) => keyOf(world, making.key)?.state === undone,
})

export function makeRotation(making: Making, input: unknown, enabled: boolean): MadeChange {
  const is = (wanted: boolean) => (world: World) =>
    keyOf(world, making.key)?.rotation?.enabled === wanted
  return { input, endsAt: maybeEnd(making), isDone: is(enabled), isUndone: is(!enabled) }
}
