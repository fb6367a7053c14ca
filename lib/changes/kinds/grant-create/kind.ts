import 'server-only'
import { CreateGrantCommand, type GrantOperation } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { uniqueIdPattern } from '../../../kms/arn'
import { defineKind } from '../define'
import { toCanonical } from '../hash'
import type { About, AwsCall, AssessFacts, Observation, Undo } from '../kind'
import { describeKey, keyArnOf, refuseForManager } from '../shared/describe'
import { judgeEnding, revokeGrant, secondsBetween } from '../shared/grant-end'
import { grantInput, granteeOf, type GrantInput } from '../shared/grant-input'
import { describeGrantImpact, refuseGrant } from '../shared/grant-impact'
import { findGrant, foundGrant, type FoundGrant } from '../shared/grant-read'
import { riskOfGrant } from '../shared/grant-risk'
import { grantStatements } from '../shared/grant-session'
import { nameOf } from '../shared/key-state'
import { traits } from './traits'
import { nameOfState } from '../../../kms/state-names'

const state = z.object({
  keyState: z.string(),
  keyManager: z.string(),
  keySpec: z.string(),
  keyUsage: z.string(),
  origin: z.string(),
  /** With our Name; null before it is made. */
  grant: foundGrant.nullable(),
})
type State = z.output<typeof state>

/** The same as forms have it, said by the zod that doors know the failures of. */
const input = z.unknown().transform((value, context): GrantInput => {
  const parsed = grantInput.safeParse(value)
  if (parsed.success) return parsed.data
  for (const { path, message } of parsed.error.issues)
    context.addIssue({ code: 'custom', path, message })
  return z.NEVER
})
type Seen = { grant: FoundGrant | null }

/** How long a call whose answer was lost may still arrive, or its grant not be listed yet. */
const lateSeconds = 60

/**
 * CreateGrant with the change's id as Name, so that the same call twice makes one grant
 * (lib/kms/README.md, "Grants"): after a lost answer it is sent again unless the grant is listed
 * already. Undone by RevokeGrant, read back. The GrantToken is never kept.
 */
export const grantCreate = defineKind<GrantInput, State, Seen>({
  traits,
  where: 'aws',
  input,
  state,
  settleSeconds: 0,
  role: {
    feature: 'grants',
    statements: [allow('Grants', ['kms:CreateGrant', 'kms:RevokeGrant'])],
  },
  sessionPolicy: ({ place, input }) => grantStatements(keyArnOf(place), input),
  calls: ({ place, input }): readonly AwsCall[] => [
    {
      action: 'kms:CreateGrant',
      resource: keyArnOf(place),
      context: {
        'kms:GrantOperations': input.operations,
        'kms:GrantIsForAWSResource': false,
        'kms:GranteePrincipal': input.granteePrincipal,
        'kms:GranteeServicePrincipal': input.granteeServicePrincipal,
        'kms:RetiringPrincipal': input.retiringPrincipal,
        'kms:RetiringServicePrincipal': input.retiringServicePrincipal,
      },
    },
    {
      action: 'kms:RevokeGrant',
      resource: keyArnOf(place),
      context: { 'kms:GrantIsForAWSResource': false },
      atEnd: true,
    },
  ],
  async read(read, { place, changeId, input }, sent) {
    const {
      KeyState = 'unknown',
      KeyManager = 'unknown',
      KeySpec = 'unknown',
      KeyUsage = 'unknown',
      Origin = 'unknown',
    } = await describeKey(read, place)
    // By name it takes all grants of the key: there is none of ours before a call of ours.
    const grant =
      sent && sent.sends > 0
        ? await findGrant(read, place, {
            grantId: null,
            name: changeId,
            granteePrincipal: input.granteePrincipal,
          })
        : null
    return {
      keyState: KeyState,
      keyManager: KeyManager,
      keySpec: KeySpec,
      keyUsage: KeyUsage,
      origin: Origin,
      grant,
    }
  },
  refuse: (now, about) => refuseForManager(now.keyManager) ?? refuseGrant(now, about),
  risk: (_, about) => riskOfGrant(about),
  title: ({ input, key, place }) =>
    `Grant ${input.operations.join(', ')} on ${nameOf(key, place)} to ${granteeOf(input)}`,
  impact: (_, about) => describeGrantImpact(about),
  dryRun: (dry, about) =>
    dry.kms('kms:CreateGrant', (kms) =>
      kms.send(new CreateGrantCommand({ ...toCall(about), DryRun: true })),
    ),
  assess: judgeCreation,
  async act(write, about) {
    const { GrantId } = await write.kms('kms:CreateGrant', (kms) =>
      kms.send(new CreateGrantCommand(toCall(about))),
    )
    return { grantId: GrantId ?? null }
  },
  undo: {
    confirm: true,
    words: ({ input }) =>
      `The grant is revoked: ${granteeOf(input)} can no longer use the key through it.`,
    // RevokeGrant of a grant that is gone changes nothing: a thousand ends at once cost
    // one look each, afterwards.
    read: async (read, { place, changeId, input }, outcome, sends) => ({
      grant:
        sends === 0 && textOf(outcome.grantId) !== null
          ? null
          : await findGrant(read, place, {
              grantId: textOf(outcome.grantId),
              name: changeId,
              granteePrincipal: input.granteePrincipal,
            }),
    }),
    assess: judgeRevocation,
    async act(write, { place }, { outcome, state: { grant } }) {
      const grantId = grant?.grantId ?? textOf(outcome.grantId)
      if (grantId === null) throw new Error('no grant to revoke')
      await revokeGrant(write, place, grantId)
      return { grantId }
    },
  },
})

function judgeCreation({
  about,
  state: now,
  baseline,
  sends,
  lastSentAt,
  now: at,
}: AssessFacts<GrantInput, State>): Observation {
  if (now.grant) {
    return isAsAsked(now.grant, about.input)
      ? { is: 'done', outcome: { grantId: now.grant.grantId }, already: sends === 0 }
      : {
          is: 'drifted',
          words:
            'A grant with the name of this change is there, and it is not the one that was approved.',
        }
  }
  const { grant: _, ...was } = baseline
  const changed = Object.entries(was).find(
    ([name, value]) => now[name as keyof typeof was] !== value,
  )
  if (!changed) return { is: 'ready' }
  if (now.keyState === 'Updating' || now.keyState === 'Creating')
    return {
      is: 'wait',
      seconds: 5,
      words: `The key is ${nameOfState(now.keyState)}: waiting until that is over.`,
    }
  // Ours may be on its way, or made and not listed yet: saying now that it is not there
  // could be wrong in a moment.
  if (sends > 0 && secondsBetween(lastSentAt, at) < lateSeconds)
    return {
      is: 'wait',
      seconds: 5,
      words:
        'The key has changed while the answer to our call is not known: looking whether the grant was made.',
    }
  return {
    is: 'drifted',
    words:
      now.keyState !== baseline.keyState
        ? `The key was ${nameOfState(baseline.keyState)} when this was asked for. ` +
          `It is ${nameOfState(now.keyState)} now.`
        : 'The key is not what it was when this was asked for.',
  }
}

/**
 * Judges how far the revocation is. KMS might list a grant only minutes after it was made
 * (lib/kms/README.md, "Eventual consistency"), so one that is not listed is not taken for gone: it
 * is revoked by its id, and where even that is unknown the grant is waited for.
 */
function judgeRevocation({
  about,
  state: { grant },
  outcome,
  sends,
  lastSentAt,
  now,
}: Parameters<Undo<GrantInput, State, Seen>['assess']>[0]): Observation {
  if (sends === 0 && textOf(outcome.grantId) !== null) return { is: 'ready' }
  if (grant !== null || sends > 0) return judgeEnding(grant, { sends, lastSentAt, now })
  if (secondsBetween(about.endsAt, now) < lateSeconds)
    return {
      is: 'wait',
      seconds: 5,
      words: 'Whether the grant was made is not known: looking whether it appears.',
    }
  return { is: 'done', outcome: {}, already: true }
}

/**
 * Compares parties, operations and constraints. Takes a unique id for the party that was asked for,
 * since KMS shows one that was deleted by it (lib/kms/README.md, "Grants").
 */
function isAsAsked(grant: FoundGrant, input: GrantInput): boolean {
  const same = (listed: string | null, asked: string | null) =>
    listed === asked || (asked !== null && listed !== null && uniqueIdPattern.test(listed))
  return (
    same(grant.granteePrincipal, input.granteePrincipal) &&
    grant.granteeServicePrincipal === input.granteeServicePrincipal &&
    same(grant.retiringPrincipal, input.retiringPrincipal) &&
    grant.retiringServicePrincipal === input.retiringServicePrincipal &&
    toCanonical([[...grant.operations].sort(), grant.constraints]) ===
      toCanonical([[...input.operations].sort(), input.constraints])
  )
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

function toCall({ input, place, changeId }: About<GrantInput>) {
  return {
    KeyId: keyArnOf(place),
    Name: changeId,
    Operations: input.operations.map((operation): GrantOperation => operation),
    GranteePrincipal: input.granteePrincipal ?? undefined,
    GranteeServicePrincipal: input.granteeServicePrincipal ?? undefined,
    RetiringPrincipal: input.retiringPrincipal ?? undefined,
    RetiringServicePrincipal: input.retiringServicePrincipal ?? undefined,
    Constraints: input.constraints ?? undefined,
  }
}
