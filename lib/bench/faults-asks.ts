/**
 * Which change to ask for on which key: from the examples in the folders of the kinds, each about
 * equally often, chosen by a seeded generator.
 */
import { CreateKeyCommand, type CreateKeyCommandInput } from '@aws-sdk/client-kms'
import { kinds, type KindName } from '../changes/kinds/registry'
import type { AskedRequest } from '../changes/request/ask'
import type { FaultExample, MadeChange, Making, NewKey } from '../changes/test/example-faults'
import { asking, fixtureRegion, listKey, outsider } from '../changes/test/fixtures'
import { faultExamples } from '../changes/test/kind-examples'

/** One change, and how to see in the sandbox's own world that it is done, or undone. */
export type Ask = Pick<FaultExample, 'does' | 'undoes' | 'also'> &
  Pick<MadeChange, 'isDone' | 'isUndone'> & { kind: KindName; asked: AskedRequest }

/** What one batch draws its changes from. */
export type Draw = {
  /** Of the sandbox. */
  url: string
  endsAt: string
  random: () => number
  /** How many of each kind it has. */
  turns: Map<KindName, number>
}

const primaries = 0.12
let number = 0

const examplesOn = (on: FaultExample['on']) => [...faultExamples].filter(([, one]) => one.on === on)
const listed = {
  key: examplesOn('key'),
  primary: examplesOn('primary'),
  batch: examplesOn('batch'),
}

async function makeKey(url: string, input: CreateKeyCommandInput): Promise<NewKey> {
  const { KeyMetadata: metadata } = await outsider(url).send(new CreateKeyCommand(input))
  if (!metadata?.Arn || !metadata.KeyId) throw new Error('no key was made')
  await listKey(metadata)
  return { arn: metadata.Arn, keyId: metadata.KeyId, region: fixtureRegion }
}

/** Makes a key, and a change of a kind that fits it with what the kind needs to be there. */
export async function drawAsk(draw: Draw): Promise<Ask> {
  const on = draw.random() < primaries ? 'primary' : 'key'
  const making = await prepare(draw, on)
  const list = listed[on]
  for (let at = 0; at < list.length; at++) {
    const [kind, example] = list[(making.number + at) % list.length] ?? []
    const ask = kind && example && (await makeAsk(draw, kind, example, making))
    if (ask) return ask
  }
  throw new Error('no kind fits')
}

/** What is asked for once in a batch. */
export async function askOncePerBatch(draw: Draw): Promise<Ask[]> {
  const asks: Ask[] = []
  for (const [kind, example] of listed.batch) {
    const ask = await makeAsk(draw, kind, example, await prepare(draw, 'batch'))
    if (ask) asks.push(ask)
  }
  return asks
}

async function prepare(
  { url, endsAt, random }: Draw,
  on: FaultExample['on'],
): Promise<Omit<Making, 'turn'>> {
  const make = () => makeKey(url, on === 'primary' ? { MultiRegion: true } : {})
  const at = number++
  const key = await make()
  return { key, makeKey: make, number: at, admin: outsider(url), endsAt, random }
}

async function makeAsk(
  { turns }: Draw,
  kind: KindName,
  { does, undoes, also, make }: FaultExample,
  making: Omit<Making, 'turn'>,
): Promise<Ask | null> {
  const turn = turns.get(kind) ?? 0
  turns.set(kind, turn + 1)
  const made = await make({ ...making, turn })
  if (!made) return null
  const { input, endsAt = null, keyArn = making.key.arn, region, isDone, isUndone } = made
  return {
    kind,
    asked: askFor(kind, keyArn, input, region, endsAt),
    isDone,
    isUndone,
    does,
    undoes,
    also,
  }
}

/** As a form would, about what the kind is about. */
function askFor(
  kind: KindName,
  keyArn: string,
  input: unknown,
  region: string | undefined,
  endsAt: string | null,
): AskedRequest {
  const { about } = kinds[kind]
  if (about === 'key') return asking(kind, keyArn, input, { endsAt })
  if (about === 'house') return asking(kind, null, input, { accountId: null, region: null })
  return asking(kind, null, input, { endsAt, region: region ?? fixtureRegion })
}
