import type { Permit } from '../auth/permit'
import { explainAction } from '../access/judge'
import { readKeyAccess, requirePrincipal, type KeyAccess } from '../access/read'
import { askAws, type Asked, type Credentials, type Real } from './access-ask'
import { probes, type Target } from './access-calls'
import type { Rig } from './sync-rig'

// A bench has no person and no session; it sees everything, as its own sandbox is all there is.
const permit = { actor: { id: '', email: '', name: 'bench', assigned: [] }, scope: { all: true } } as unknown as Permit<'access.read'>

export type Difference = { principal: string; action: string; key: string; real: string; said: string; ours: string; because: string[] }
export type Outcome = { samples: number; allowed: number; denied: number; unknown: number; restores: number; differences: Difference[] }

/** Deterministic, so that a difference can be looked at again (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

type Row = { arn: string; accountId: string; region: string; keyId: string; description: string | null; text: string | null; grantId: string | null }

export async function readTargets(rig: Pick<Rig, 'query'>): Promise<(Target & Row)[]> {
  const rows = await rig.query<Row>(
    `SELECT k."arn", k."accountId", k."region", k."keyId", k."description", p."text", (SELECT min("grantId") FROM "Grant" g WHERE g."keyArn" = k."arn" AND g."goneAt" IS NULL) AS "grantId"
     FROM "Key" k LEFT JOIN "PolicyDocument" p ON p."hash" = k."policyHash" WHERE k."goneAt" IS NULL ORDER BY k."arn"`)
  return rows.map((row) => ({ ...row, description: row.description ?? '', policy: row.text ?? '{"Version":"2012-10-17","Statement":[]}', pairs: {} }))
}

/** Encryption contexts worth sending: the pairs that grants and policies of the key ask for, and none. */
function pairsFor({ text }: Row, grants: KeyAccess['key']['grants'], random: () => number): Readonly<Record<string, string>> {
  const asked = [...(text ?? '').matchAll(/"kms:EncryptionContext:([^"]+)"\s*:\s*\[?\s*"([^"*?$]+)"/g)].map(([, name = '', value = '']) => ({ [name]: value }))
  const constrained = (grants ?? []).flatMap(({ Constraints: c }) => { const pairs = c?.EncryptionContextEquals ?? c?.EncryptionContextSubset; return pairs ? [pairs] : [] })
  const choices: Readonly<Record<string, string>>[] = [...asked, ...constrained]
  return random() < 0.6 ? choices[Math.floor(random() * choices.length)] ?? {} : {}
}

type Sample = Asked & { access: KeyAccess }

/** Half of the samples from the key's own account or named by it, where something is allowed; the rest from anywhere. */
export async function drawSamples(targets: readonly (Target & Row)[], principals: readonly Credentials[], count: number, random: () => number): Promise<Sample[]> {
  const pick = <T>(list: readonly T[]): T => {
    const found = list[Math.floor(random() * list.length)]
    if (found === undefined) throw new Error('nothing to draw from')
    return found
  }
  const known = await Promise.all(targets.map(async (target) => {
    const access = await readKeyAccess(permit, target, [], [...new Set(principals.map(({ accountId }) => accountId))])
    const near = principals.filter(({ arn, accountId }) => accountId === target.accountId || (target.text ?? '').includes(arn) || access.key.grants?.some(({ GranteePrincipal }) => GranteePrincipal === arn))
    return { target, access, near }
  }))
  return Array.from({ length: count }, () => {
    const { target, access, near } = pick(known)
    const principal = pick(near.length > 0 && random() < 0.7 ? near : principals)
    return { principal, probe: pick(probes), target: { ...target, pairs: pairsFor(target, access.key.grants, random) }, access }
  })
}

/** What the sandbox knows of a plain SDK call and its caller beyond what the Access tab leaves open. */
function ours({ principal, probe, target, access }: Sample, now: Date) {
  const facts = requirePrincipal(access, principal.arn)
  const context = {
    'aws:SourceIp': '127.0.0.1', 'aws:SecureTransport': 'true', 'aws:ViaAWSService': 'false', 'aws:UserAgent': 'aws-sdk-js/3', 'aws:CurrentTime': now.toISOString(),
    'aws:EpochTime': String(Math.floor(now.getTime() / 1000)), ...(facts.kind === 'role' ? { 'aws:MultiFactorAuthPresent': 'false', 'aws:TokenIssueTime': now.toISOString() } : {}),
    ...probe.context(target),
  }
  return probe.actions.map((action) => ({ action, answer: explainAction(access.key, facts, action, { context, complete: true }) }))
}

function compare(sample: Sample, real: Real, outcome: Outcome): void {
  const all = ours(sample, new Date())
  outcome.samples += 1
  // A call that failed after its first check (wrong usage, state) says nothing of its second.
  const answers = real.refused === null && !/^ok|^DryRun/.test(real.said) ? all.slice(0, 1) : all
  // Refused for an action other than the one we ask about (kms:CreateKey of a replica): this one was let through.
  const refused = real.refused !== null && sample.probe.actions.includes(real.refused) ? real.refused : null
  const deciding = answers.find(({ answer }) => answer.result !== 'allow') ?? answers[0]
  if (!deciding) return
  const { key } = sample.access
  // Only where the demo hides something from our role may the answer be "unknown".
  const isHidden = deciding.answer.result === 'unknown' && (key.grants === null || key.policy === null)
  const isUsageHidden = key.trailingDaysWithoutUsage === undefined && /:(?:DisableKey|ScheduleKeyDeletion)$/.test(deciding.action)
  if (isHidden || isUsageHidden) {
    outcome.unknown += 1
    return
  }
  outcome[refused === null ? 'allowed' : 'denied'] += 1
  if ((deciding.answer.result === 'allow') === (refused === null)) return
  outcome.differences.push({
    principal: sample.principal.arn, action: deciding.action, key: sample.target.arn, real: refused === null ? 'allow' : 'deny', said: real.said,
    ours: deciding.answer.result, because: deciding.answer.because.map(({ source, path, text }) => `${source} ${path}: ${text}`),
  })
}

type World = { endpoint: string; knob: Rig['knob'] }

/** Asks AWS and ourselves. What changed something is undone before the next question about that key. */
export async function compareAccess({ endpoint, knob }: World, samples: readonly Sample[]): Promise<Outcome> {
  const outcome: Outcome = { samples: 0, allowed: 0, denied: 0, unknown: 0, restores: 0, differences: [] }
  const harmless = samples.filter(({ probe }) => !probe.changes)
  await inBatches(harmless, 16, async (sample) => compare(sample, await askAws(endpoint, sample), outcome))
  const { id } = await knob<{ id: string }>('POST', 'snapshot')
  for (let left = samples.filter(({ probe }) => probe.changes); left.length > 0;) {
    // A change of one key says nothing about another: each key once, then the snapshot again.
    const round = [...new Map(left.map((sample) => [sample.target.arn, sample])).values()]
    const taken = new Set(round)
    left = left.filter((sample) => !taken.has(sample))
    let changed = false
    await inBatches(round, 16, async (sample) => {
      const real = await askAws(endpoint, sample)
      changed ||= real.answered
      compare(sample, real, outcome)
    })
    if (!changed) continue
    await knob('POST', 'restore', { id })
    outcome.restores += 1
  }
  return outcome
}

async function inBatches<T>(items: readonly T[], width: number, run: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  await Promise.all(Array.from({ length: width }, async () => {
    for (const item of queue) await run(item)
  }))
}
