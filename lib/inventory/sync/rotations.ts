import 'server-only'
import { ListKeyRotationsCommand, type RotationsListEntry } from '@aws-sdk/client-kms'
import { openKms } from '@/lib/aws/clients'
import { listPages } from '@/lib/aws/pages'
import { forEachKey, type SweptKey } from '@/lib/sweep/each-key'
import { mayAskRotations } from './key-facts'
import { writeRotations, type RotationsSeen } from './rotations-write'
import { askPart } from '@/lib/sweep/part'
import { defineSweep, type Outcome, type Run } from '@/lib/sweep/sweep'
import { sweepStatusBy } from '@/lib/sweep/sweep-status'

const width = 110

/**
 * The rotation history and key materials of every key that can have them; of the
 * others there is nothing to ask.
 */
async function sweepRotations(run: Run): Promise<Outcome> {
  const read = makeRotationsReader(run)
  await forEachKey(run, {
    kind: 'rotations',
    part: 'rotations',
    described: true,
    width,
    read,
    write: (rows) => writeRotations(rows, 'sweep'),
  })
  return sweepStatusBy(run, 'kms:ListKeyRotations')
}

export const rotationsSweep = defineSweep({
  kind: 'rotations',
  place: 'region',
  every: 24,
  after: 'core',
  priority: 1,
  lane: 'keys',
  needs: {
    'kms:ListKeyRotations': {
      gives: 'rotation history and key materials',
      without:
        'No rotation dates, no on-demand rotations left, no expiry by material, and no ' +
        'monthly cost for symmetric keys.',
    },
  },
  run: sweepRotations,
})

export function makeRotationsReader(run: Run): (key: SweptKey) => Promise<RotationsSeen> {
  const kms = openKms(run.reader)
  return async (key) => {
    const seen: RotationsSeen = {
      arn: key.arn,
      rotations: null,
      at: new Date(run.now()).toISOString(),
      problems: {},
    }
    if (!mayAskRotations(key)) {
      // A key whose kind is unknown keeps the reason; one that has no rotations has
      // no problem with them either.
      seen.problems.rotations = key.keySpec === null ? (key.problems.describe ?? null) : null
      return seen
    }
    seen.rotations = await askPart(
      run,
      seen.problems,
      'rotations',
      'kms:ListKeyRotations',
      async () => {
        const found: RotationsListEntry[] = []
        const send = (Marker: string | undefined) =>
          kms.send(
            new ListKeyRotationsCommand({
              KeyId: key.keyId,
              IncludeKeyMaterial: 'ALL_KEY_MATERIAL',
              Limit: 1000,
              Marker,
            }),
          )
        for await (const page of listPages((Marker) =>
          run.call('kms:ListKeyRotations', () => send(Marker)),
        ))
          found.push(...(page.Rotations ?? []))
        return found
      },
    )
    return seen
  }
}
