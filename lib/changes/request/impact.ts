import 'server-only'
import type { Permit } from '../../auth/permit'
import type { PrincipalChange } from '../../drafts/compare'
import { analyzeTextImpact } from '../../drafts/draft-impact'
import { listCompleters, listLatent, type Completer } from '../../drafts/latent'
import { own } from '../../own'
import type { Facts } from '../kinds/kind'
import { factsOf } from '../kinds/open'
import type { Preflight } from '../kinds/preflight'
import { kindOf } from '../kinds/registry'

type Asked = {
  kind: string
  accountId: string | null
  region: string | null
  keyArn: string | null
  input: unknown
}

const mostLines = 200
const notCompared =
  'The policy of today or the new one cannot be read, so who gains and loses is not known.'

/**
 * Analyzes what a change of policy would do for everyone, to be frozen with the request; null for
 * other kinds. `baseline`: what the change stands on, with the policy that it replaces.
 */
export async function analyzeImpact(
  permit: Permit<'requests.create'>,
  { kind, accountId, region, keyArn, input }: Asked,
  baseline: Facts,
): Promise<Preflight['policyImpact']> {
  const text = newPolicyOf(kind, input)
  const keyId = keyArn?.split('/').at(-1)
  if (text === null || accountId === null || region === null || !keyId) return null
  const live = typeof baseline.policyText === 'string' ? baseline.policyText : null
  const {
    keyAdministrators,
    accessImpact,
    newlyTrusted,
    gaps,
    unweighed,
    refusals,
    accountNames,
    readAt,
  } = await analyzeTextImpact(permit, { accountId, region, keyId }, text, live)
  const principals = accessImpact?.principals ?? []
  const nameOf = (id: string) => own(accountNames, id) ?? null
  // Without all that decides today, or all who were asked about, an account that is trusted anew
  // might look as if nothing changed.
  const isUnsure = accessImpact === null || accessImpact.left > 0 || readAt.grants === null
  const doubted = isUnsure
    ? newlyTrusted.map((id) => ({ accountId: id, accountName: nameOf(id) }))
    : []
  const say = (direction: 'gained' | 'lost') =>
    principals.flatMap((one) => lineOf(one, direction) ?? []).slice(0, mostLines)
  return {
    verdict: keyAdministrators?.verdict ?? 'uncertain',
    gains: say('gained'),
    losses: say('lost'),
    refusals,
    latent: listLatent(principals, nameOf).slice(0, mostLines),
    completers: unite(listCompleters(principals, nameOf), doubted),
    isCompared: accessImpact !== null && accessImpact.left === 0,
    unknown: [...gaps, ...unweighed, ...(accessImpact === null ? [notCompared] : [])],
  }
}

/** The policy that a change of this kind puts; null for a kind that puts none. */
function newPolicyOf(kind: string, input: unknown): string | null {
  const member = kindOf(kind)?.newPolicy
  const text = member ? factsOf(input)[member] : null
  return typeof text === 'string' ? text : null
}

function unite(certain: readonly Completer[], doubted: readonly Completer[]): Completer[] {
  const known = new Set(certain.map(({ accountId }) => accountId))
  return [...certain, ...doubted.filter(({ accountId }) => !known.has(accountId))]
}

function lineOf(
  { id, changes, external }: PrincipalChange,
  direction: 'gained' | 'lost',
): string | null {
  const labels = changes
    .filter((change) => change.direction === direction)
    .map(({ label }) => label)
  if (labels.length === 0) return null
  return (
    `${id}: ` +
    `${labels.join(', ')}${external === 'opened' && direction === 'gained' ? ' (from outside the account, anew)' : ''}`
  )
}
