import 'server-only'
import { createHash } from 'node:crypto'
import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  ListResourceTagsCommand,
} from '@aws-sdk/client-kms'
import { openKms } from '@/lib/aws/clients'
import {
  canRotateAutomatically,
  mayAskRotationStatus,
  readMetadata,
  type KeyKind,
} from './key-facts'
import { listPages } from '@/lib/aws/pages'
import { askPart, type PartProblem } from '@/lib/sweep/part'
import type { Run } from '@/lib/sweep/sweep'

type Described = ReturnType<typeof readMetadata> & { describedAt: string }
type Tagged = { tags: Record<string, string>; tagsAt: string }
type WithPolicy = { policyHash: string; policyText: string; policyAt: string }
type WithRotation = {
  rotation: 'on' | 'off' | 'notApplicable'
  rotationAt: string
  rotationPeriodDays?: number
  nextRotationAt?: Date
  onDemandStartedAt?: Date
}
export type KeyToDo = {
  arn: string
  keyId: string
  problems: Record<string, { code: string } | undefined>
}

/**
 * What a core sweep learnt about one key; a part that is absent stays as it was, and
 * `problems` says why it is unknown.
 */
export type CoreRow = {
  arn: string
  described: Described | null
  named: { aliases: string[]; aliasesAt: string } | null
  tagged: Tagged | null
  policy: WithPolicy | null
  rotation: WithRotation | null
  /** part -> why; null clears an older reason. */
  problems: Record<string, PartProblem | null>
}

/** A function that reads one key. DescribeKey first: what it says decides what else is asked. */
export function makeKeyReader(run: Run): (key: KeyToDo) => Promise<CoreRow> {
  const at: Reading = { run, kms: openKms(run.reader) }
  return async (key) => {
    const problems: CoreRow['problems'] = {}
    const ask = <T>(part: string, api: string, read: () => Promise<T>) =>
      askPart(run, problems, part, api, read)
    const described = await ask('describe', 'kms:DescribeKey', () => describe(at, key))
    const hidden = problems.describe?.kind === 'denied'
    const [tagged, policy, rotation] = await Promise.all([
      // A key that hides from us refuses these too: they were asked once, and are
      // again when it shows itself.
      hidden && key.problems.tags
        ? null
        : ask('tags', 'kms:ListResourceTags', () => readTags(at, key)),
      hidden && key.problems.policy
        ? null
        : ask('policy', 'kms:GetKeyPolicy', () => readPolicy(at, key)),
      described === null
        ? null
        : ask('rotation', 'kms:GetKeyRotationStatus', () => readRotation(at, key, described)),
    ])
    if (described === null) problems.rotation = problems.describe ?? null
    return { arn: key.arn, described, named: null, tagged, policy, rotation, problems }
  }
}

/** A run, with the client that its role may read by. */
type Reading = { run: Run; kms: ReturnType<typeof openKms> }

const nowOf = (run: Run) => new Date(run.now()).toISOString()

async function describe({ run, kms }: Reading, { keyId }: KeyToDo): Promise<Described> {
  const describedAt = nowOf(run)
  const { KeyMetadata } = await run.call('kms:DescribeKey', () =>
    kms.send(new DescribeKeyCommand({ KeyId: keyId })),
  )
  if (!KeyMetadata) throw new Error('DescribeKey answered without KeyMetadata')
  return { ...readMetadata(KeyMetadata), describedAt }
}

async function readTags({ run, kms }: Reading, { keyId }: KeyToDo): Promise<Tagged> {
  const tagsAt = nowOf(run)
  const tags: Record<string, string> = {}
  for await (const page of listPages((Marker) =>
    run.call('kms:ListResourceTags', () =>
      kms.send(new ListResourceTagsCommand({ KeyId: keyId, Limit: 50, Marker })),
    ),
  )) {
    for (const { TagKey, TagValue } of page.Tags ?? [])
      if (TagKey !== undefined) tags[TagKey] = TagValue ?? ''
  }
  return { tags, tagsAt }
}

async function readPolicy({ run, kms }: Reading, { keyId }: KeyToDo): Promise<WithPolicy> {
  const policyAt = nowOf(run)
  const { Policy: policyText = '' } = await run.call('kms:GetKeyPolicy', () =>
    kms.send(new GetKeyPolicyCommand({ KeyId: keyId, PolicyName: 'default' })),
  )
  return {
    policyText,
    policyHash: createHash('sha256').update(policyText).digest('hex'),
    policyAt,
  }
}

async function readRotation(
  { run, kms }: Reading,
  { keyId }: KeyToDo,
  kind: KeyKind,
): Promise<WithRotation> {
  const rotationAt = nowOf(run)
  if (!mayAskRotationStatus(kind)) return { rotation: 'notApplicable', rotationAt }
  const status = await run.call('kms:GetKeyRotationStatus', () =>
    kms.send(new GetKeyRotationStatusCommand({ KeyId: keyId })),
  )
  return {
    rotation: canRotateAutomatically(kind)
      ? status.KeyRotationEnabled
        ? 'on'
        : 'off'
      : 'notApplicable',
    rotationAt,
    rotationPeriodDays: status.RotationPeriodInDays,
    nextRotationAt: status.NextRotationDate,
    onDemandStartedAt: status.OnDemandRotationStartDate,
  }
}
