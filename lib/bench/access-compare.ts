import { evaluate } from '../policy/evaluate'
import type { Answer } from '../policy/answer'
import { caseOf, explainAction } from '../access/judge'
import { readKeyAccess, requirePrincipal, type KeyAccess } from '../access/read'
import { useOf } from '../access/usability'
import { permitFor } from '../auth/test/permit'
import { askAws, type Asked, type Credentials, type Real } from './access-ask'
import { accessCalls, type Target } from './access-calls'
import { drawPairs, pickFrom, type Random } from './access-random'
import { compareUse, type UseTally } from './access-uses'
import type { Rig } from './sync-rig'

// A bench has no person and no session; it sees everything, as its own sandbox is all there is.
const permit = permitFor({ id: '', email: '', name: 'bench', assigned: [] }, 'access.read')

type Difference = {
  principal: string
  action: string
  key: string
  real: string
  said: string
  ours: string
  because: string[]
  /** What it takes to look at it again. */
  policy: string
  pairs: Readonly<Record<string, string>>
  session: Credentials['session']
}
export type Outcome = {
  samples: number
  allowed: number
  denied: number
  /** An input is hidden from the console's role. */
  unknown: number
  /** The sandbox and we differ where AWS's documents leave the answer open (see isLeftOpen). */
  open: number
  restores: number
  uses: UseTally
  differences: Difference[]
}

const emptyOutcome = (): Outcome => ({
  samples: 0,
  allowed: 0,
  denied: 0,
  unknown: 0,
  open: 0,
  restores: 0,
  uses: {},
  differences: [],
})

type Row = {
  arn: string
  accountId: string
  region: string
  keyId: string
  keySpec: string | null
  description: string | null
  text: string | null
  grantId: string | null
}

export async function readTargets(rig: Pick<Rig, 'query'>): Promise<(Target & Row)[]> {
  const rows = await rig.query<Row>(
    `SELECT k."arn", k."accountId", k."region", k."keyId", k."keySpec", k."description", p."text",
       (SELECT min("grantId") FROM "Grant" g WHERE g."keyArn" = k."arn" AND g."goneAt" IS NULL) AS "grantId"
     FROM "Key" k LEFT JOIN "PolicyDocument" p ON p."hash" = k."policyHash" WHERE k."goneAt" IS NULL
     ORDER BY k."description" NULLS FIRST, k."accountId", k."region", k."arn"`,
  )
  return rows.map((row) => ({
    ...row,
    description: row.description ?? '',
    policy: row.text ?? '{"Version":"2012-10-17","Statement":[]}',
    pairs: {},
  }))
}

const askedPairs = /"kms:EncryptionContext:([^"]+)"\s*:\s*\[?\s*"([^"*?$]+)"/g

/**
 * Encryption contexts worth sending: the pairs that grants and policies of the key
 * ask for, others, and none.
 */
function pairsFor(
  { text, keySpec }: Row,
  grants: KeyAccess['key']['grants'],
  random: Random,
): Readonly<Record<string, string>> {
  // KMS refuses an encryption context for any other spec before it asks who may.
  if (keySpec !== 'SYMMETRIC_DEFAULT') return {}
  const asked = [...(text ?? '').matchAll(askedPairs)].map(([, name = '', value = '']) => ({
    [name]: value,
  }))
  const constrained = (grants ?? []).flatMap(({ Constraints: c }) => {
    const pairs = c?.EncryptionContextEquals ?? c?.EncryptionContextSubset
    return pairs ? [pairs] : []
  })
  const choices: readonly Readonly<Record<string, string>>[] = [...asked, ...constrained]
  const die = random()
  if (die < 0.25) return {}
  return die < 0.7 && choices.length > 0 ? pickFrom(random, choices) : drawPairs(random)
}

export type Sample = Asked & { access: KeyAccess }

const isNamed = (
  { arn, session }: Credentials,
  text: string,
  grants: KeyAccess['key']['grants'],
) => {
  const names = [arn, session?.roleArn ?? arn]
  return names.some(
    (name) =>
      text.includes(name) || grants?.some(({ GranteePrincipal }) => GranteePrincipal === name),
  )
}

/**
 * Two thirds of the samples from the key's own account or named by it, where something is
 * allowed; the rest from anywhere.
 */
export async function drawSamples(
  targets: readonly (Target & Row)[],
  principals: readonly Credentials[],
  count: number,
  random: Random,
): Promise<Sample[]> {
  const accounts = [...new Set(principals.map(({ accountId }) => accountId))]
  const known: { target: Target & Row; access: KeyAccess; near: readonly Credentials[] }[] = []
  // One after the other: all at once they would wait for each other's connections, and a
  // busy machine gives up on that.
  for (const target of targets) {
    const access = await readKeyAccess(permit, target, [], accounts)
    const near = principals.filter(
      (one) =>
        one.accountId === target.accountId || isNamed(one, target.text ?? '', access.key.grants),
    )
    known.push({ target, access, near })
  }
  return Array.from({ length: count }, () => {
    const { target, access, near } = pickFrom(random, known)
    const principal = pickFrom(random, near.length > 0 && random() < 0.7 ? near : principals)
    const pairs = pairsFor(target, access.key.grants, random)
    return { principal, call: pickFrom(random, accessCalls), target: { ...target, pairs }, access }
  })
}

/**
 * What the sandbox knows of a plain SDK call and its caller beyond what the Access tab leaves open.
 */
function contextOf({ principal, call, target }: Sample, isRole: boolean, now: Date) {
  const ofSession =
    principal.session === undefined
      ? {}
      : {
          'aws:PrincipalArn': principal.session.roleArn,
          ...Object.fromEntries(
            Object.entries(principal.session.tags).map(([name, value]) => [
              `aws:PrincipalTag/${name}`,
              value,
            ]),
          ),
        }
  return {
    'aws:SourceIp': '127.0.0.1',
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
    'aws:UserAgent': 'aws-sdk-js/3',
    'aws:CurrentTime': now.toISOString(),
    'aws:EpochTime': String(Math.floor(now.getTime() / 1000)),
    ...(isRole
      ? { 'aws:MultiFactorAuthPresent': 'false', 'aws:TokenIssueTime': now.toISOString() }
      : {}),
    ...ofSession,
    ...call.context(target),
  }
}

/**
 * The session in which the sandbox takes the keys of a role for its caller;
 * null for other principals.
 */
function sessionOf({ arn, accountId, session }: Credentials): string | null {
  const name = /:role\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1]
  return session || name === undefined
    ? null
    : `arn:aws:sts::${accountId}:assumed-role/${name}/sandbox`
}

/**
 * What we say of a sample. A role that gets in under some session names only is asked about again
 * in the session it came in.
 */
function ours(sample: Sample, now: Date): { action: string; answer: Answer }[] {
  const { principal } = sample
  const asked = oursOf(sample, principal.arn, now)
  const session = sessionOf(principal)
  if (session === null || asked.every(({ answer }) => answer.result !== 'depends')) return asked
  return oursOf(sample, session, now)
}

function oursOf(
  sample: Sample,
  principalArn: string,
  now: Date,
): { action: string; answer: Answer }[] {
  const { principal, call, access } = sample
  const facts = requirePrincipal(access, principalArn)
  const isRole = facts.kind === 'role' || facts.kind === 'session'
  // Tags of the role itself hold for the session too, unless the session has others.
  const extra = { context: { ...facts.context, ...contextOf(sample, isRole, now) }, complete: true }
  const policies = principal.session?.policies ?? []
  return call.actions.map((action) => {
    const answer = explainAction(access.key, facts, action, extra)
    // What AWS lets nobody do is refused before any policy is looked at, a session's too.
    const narrowed = policies.length > 0 && answer.result !== 'deny'
    return {
      action,
      answer: narrowed
        ? evaluate({ ...caseOf(access.key, facts, action, extra), sessionPolicies: policies })
        : answer,
    }
  })
}

const namesEveryone = /"Principal"\s*:\s*(?:"\*"|\{\s*"AWS"\s*:\s*"\*")/

/**
 * A session policy or a boundary narrows a session that is let in by a grant to its
 * role, or by a statement for everyone: the documents of IAM and KMS do not say whether
 * what they leave out then counts.
 */
function isLeftOpen({ principal, access, target }: Sample): boolean {
  const facts = requirePrincipal(access, principal.arn)
  const isNarrowed =
    (principal.session?.policies.length ?? 0) > 0 || facts.permissionBoundaries !== undefined
  if (!isNarrowed || (facts.kind !== 'role' && facts.kind !== 'session')) return false
  const roleArn = principal.session?.roleArn ?? principal.arn
  return (
    namesEveryone.test(target.policy) ||
    (access.key.grants ?? []).some(({ GranteePrincipal }) => GranteePrincipal === roleArn)
  )
}

function compare(sample: Sample, real: Real, outcome: Outcome): void {
  const all = ours(sample, new Date())
  outcome.samples += 1
  // A call that failed after its first check (wrong usage, state) says nothing of its second.
  const answers = real.refused === null && !/^ok|^DryRun/.test(real.said) ? all.slice(0, 1) : all
  // Refused for an action other than the one we ask about (kms:CreateKey of a
  // replica): this one was let through.
  const refused =
    real.refused !== null && sample.call.actions.includes(real.refused) ? real.refused : null
  const deciding = answers.find(({ answer }) => answer.result !== 'allow') ?? answers[0]
  if (!deciding) return
  const { key } = sample.access
  const report = (truth: string, said: string, because: string[] = []) =>
    outcome.differences.push({
      principal: sample.principal.arn,
      action: deciding.action,
      key: sample.target.arn,
      real: truth,
      said: real.said,
      ours: said,
      because,
      policy: sample.target.policy,
      pairs: sample.target.pairs,
      session: sample.principal.session,
    })
  // Whatever policies say: a call that was let in shows what the state of the key makes of it.
  if (real.refused === null) {
    const wrong = compareUse(
      outcome.uses,
      useOf(deciding.action, key.keyState),
      key.keyState,
      real.said,
    )
    if (wrong) report(wrong.real, wrong.ours)
  }
  // Only where the demo hides something from our role may the answer be "unknown".
  const isHidden =
    deciding.answer.result === 'unknown' && (key.grants === null || key.policy === null)
  const isUsageHidden =
    key.trailingDaysWithoutUsage === undefined &&
    /:(?:DisableKey|ScheduleKeyDeletion)$/.test(deciding.action)
  if (isHidden || isUsageHidden) {
    outcome.unknown += 1
    return
  }
  const { result, because } = deciding.answer
  const isAlike = refused === null ? result === 'allow' : result === 'deny'
  if (!isAlike && isLeftOpen(sample)) {
    outcome.open += 1
    return
  }
  outcome[refused === null ? 'allowed' : 'denied'] += 1
  if (isAlike) return
  report(
    refused === null ? 'allow' : 'deny',
    result,
    because.map(({ source, path, text }) => `${source} ${path}: ${text}`),
  )
}

type World = { endpoint: string; control: Rig['control'] }

/** A multi-Region key's members have one id, and a change of one can change the state of all. */
const familyOf = ({ target }: Sample) => target.arn.split('/').at(-1) ?? target.arn

/**
 * Asks AWS and ourselves. What changed something is undone before the next question about that key.
 */
export async function compareAccess(
  { endpoint, control }: World,
  samples: readonly Sample[],
): Promise<Outcome> {
  const outcome = emptyOutcome()
  const harmless = samples.filter(({ call }) => !call.changes)
  await inBatches(harmless, 16, async (sample) =>
    compare(sample, await askAws(endpoint, sample), outcome),
  )
  const { id } = await control<{ id: string }>('POST', 'snapshot')
  for (let left = samples.filter(({ call }) => call.changes); left.length > 0; ) {
    // A change of one key says nothing about another: each key once, then the snapshot again.
    const round = [...new Map(left.map((sample) => [familyOf(sample), sample])).values()]
    const taken = new Set(round)
    left = left.filter((sample) => !taken.has(sample))
    let changed = false
    await inBatches(round, 16, async (sample) => {
      const real = await askAws(endpoint, sample)
      changed ||= real.answered
      compare(sample, real, outcome)
    })
    if (!changed) continue
    await control('POST', 'restore', { id })
    outcome.restores += 1
  }
  return outcome
}

async function inBatches<T>(
  items: readonly T[],
  width: number,
  run: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of queue) await run(item)
    }),
  )
}
