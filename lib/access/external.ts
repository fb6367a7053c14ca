import { createHash } from 'node:crypto'
import type { PolicyCondition, PolicyStatement } from '../policy/document'
import { judgeCase } from '../policy/evaluate'
import { abilitiesOf } from './abilities'
import type { WeighedKey } from './fleet-keys'
import { factsOfPrincipal, type Sources } from './gather'
import { caseOf, judgeAbility, type Cell } from './judge'
import { accountOfPrincipal, type Nearness, type PrincipalFacts } from './principal-facts'

type Through = {
  kind: 'statement' | 'grant'
  name: string
  text: string
  since: string | null
}
export type ExternalReach = {
  keyArn: string
  principal: string
  /** Null for `*`, which is of no account. */
  principalAccount: string | null
  name: string
  nearness: Extract<Nearness, 'organization' | 'outside' | 'anyone'>
  /** What of it is certain or may be, in the words of the abilities. */
  abilities: { id: string; label: string; cell: Cell }[]
  through: Through[]
  conditions: string[]
  /** Of the roads in: the same while they stay the same. */
  basis: string
}

/**
 * Nobody we know: an account in no organization of ours, which is how "anyone" is told from
 * "anyone of the organization".
 */
const stranger = 'arn:aws:iam::000000000000:root'
const ofNoOrganization = { 'aws:PrincipalOrgID': null, 'aws:PrincipalOrgPaths': null }

/**
 * Returns everyone beyond the key's account who can or might do something with it. AWS services act
 * for the account and are not among them.
 */
export function listExternal(
  sources: Sources,
  weighed: WeighedKey,
  policySince: string | null,
): ExternalReach[] {
  const keyFor = byGrantee(weighed)
  return [...weighed.named].flatMap((id) => {
    const key = keyFor(id)
    const principal = factsOfPrincipal(sources, id, key.row.accountId)
    const found = findReach(sources, key, principal)
    const reach = found && weighReach(key, principal, found, policySince)
    return reach ? [reach] : []
  })
}

/** As whom a principal from outside the account asks; null for what is no such principal. */
function findReach(sources: Sources, key: WeighedKey, principal: PrincipalFacts): Found | null {
  const { kind, nearness } = principal
  if (nearness === 'account' || nearness === 'aws' || kind === 'deleted' || kind === 'other')
    return null
  if (nearness === 'anyone') return reachOfAnyone(sources, key, principal)
  return {
    as: principal,
    nearness: nearness === 'elsewhere' ? 'outside' : nearness,
    context: {},
  }
}

function weighReach(
  key: WeighedKey,
  { id, accountId, name, nearness }: PrincipalFacts,
  found: Found,
  policySince: string | null,
): ExternalReach | null {
  const facts = nearness === 'anyone' ? { ...key.facts, grants: [] } : key.facts
  const cells = abilitiesOf(key.facts.keyUsage)
    .map((ability) => ({
      ability,
      cell: judgeAbility(facts, found.as, ability, { context: found.context }),
    }))
    .filter(({ cell }) => cell !== 'no')
  if (cells.length === 0) return null
  const actions = cells.flatMap(({ ability }) => ability.actions)
  const { through, conditions } = roadsOf(key, found, actions, policySince)
  return {
    keyArn: key.row.arn,
    principal: id,
    principalAccount: accountId,
    name,
    nearness: found.nearness,
    abilities: cells.map(({ ability, cell }) => ({ id: ability.id, label: ability.label, cell })),
    through,
    conditions,
    basis: createHash('sha256')
      .update(JSON.stringify(through.map(({ kind, text }) => [kind, text]).sort()))
      .digest('hex'),
  }
}

/**
 * The key as one principal finds it: with the grants to its own account, since a grant lets
 * in its grantee and nobody else. A key with thousands of grants is then not searched
 * through for each of its grantees.
 */
function byGrantee(key: WeighedKey): (id: string) => WeighedKey {
  const { facts } = key
  if (facts.grants === null) return () => key
  const byAccount = new Map<string | null, WeighedKey['grants'][number][]>()
  for (const grant of key.grants) {
    const account = accountOfPrincipal(grant.GranteePrincipal ?? '')
    const known = byAccount.get(account)
    if (known) known.push(grant)
    else byAccount.set(account, [grant])
  }
  return (id) => {
    const grants = byAccount.get(accountOfPrincipal(id)) ?? []
    return { ...key, grants, facts: { ...facts, grants } }
  }
}

type Found = {
  as: PrincipalFacts
  nearness: ExternalReach['nearness']
  context: Record<string, null>
}

function reachOfAnyone(
  sources: Sources,
  { facts, row }: WeighedKey,
  anyone: PrincipalFacts,
): Found | null {
  // A grant names its grantee, so it is not by grants that anyone gets in: those that were
  // not read change nothing here.
  const key = { row, facts: { ...facts, grants: [] } }
  const can = (as: PrincipalFacts, context: Record<string, null>) =>
    abilitiesOf(key.facts.keyUsage).some(
      (ability) => judgeAbility(key.facts, as, ability, { context }) !== 'no',
    )
  if (can(anyone, ofNoOrganization))
    return { as: anyone, nearness: 'anyone', context: ofNoOrganization }
  const outsider = factsOfPrincipal(sources, stranger, key.row.accountId)
  if (can(outsider, ofNoOrganization))
    return { as: outsider, nearness: 'anyone', context: ofNoOrganization }
  for (const node of sources.organization?.nodes.values() ?? []) {
    if (!/^\d{12}$/.test(node.id) || node.id === key.row.accountId) continue
    const member = factsOfPrincipal(sources, `arn:aws:iam::${node.id}:root`, key.row.accountId)
    if (can(member, {})) return { as: member, nearness: 'organization', context: {} }
  }
  return null
}

/**
 * The statements of the key policy and the grants that let somebody in, and
 * what they make it hang on.
 */
function roadsOf(
  key: WeighedKey,
  { as, context }: Found,
  actions: readonly string[],
  policySince: string | null,
): { through: Through[]; conditions: string[] } {
  const through = new Map<string, Through>()
  const conditions = new Set<string>()
  for (const action of actions) {
    const { keyPolicy, grants } = judgeCase(caseOf(key.facts, as, action, { context }))
    for (const { statement } of keyPolicy.hits) {
      if (!statement.allows) continue
      const { source } = statement
      through.set(`s${source.index}`, roadOfStatement(key, source, policySince))
      for (const condition of source.conditions ?? []) conditions.add(wordsOf(condition))
    }
    for (const { index } of grants.hits) {
      const grant = key.grants[index]
      if (!grant) continue
      through.set(`g${index}`, roadOfGrant(grant))
      if (isConstrained(grant))
        conditions.add(`grant constraints ${JSON.stringify(grant.Constraints)}`)
    }
  }
  return { through: [...through.values()], conditions: [...conditions] }
}

function roadOfStatement(
  { facts }: WeighedKey,
  { index, sid, span }: PolicyStatement,
  since: string | null,
): Through {
  return {
    kind: 'statement',
    name: sid?.value ?? `Statement ${index + 1}`,
    text: facts.policy?.text.slice(span.start, span.end) ?? '',
    since,
  }
}

const wordsOf = ({ operator, key, values }: PolicyCondition) =>
  `${operator.name} ${key}: ${values.map(({ value }) => value).join(', ')}`

type Grant = WeighedKey['grants'][number]

const roadOfGrant = (grant: Grant): Through => ({
  kind: 'grant',
  name: grant.Name ?? grant.GrantId ?? '',
  text: JSON.stringify({ ...grant, CreationDate: undefined }, null, 2),
  since: grant.CreationDate?.toISOString() ?? null,
})

const isConstrained = ({ Constraints }: Grant) =>
  Object.values(Constraints ?? {}).some((value) => value !== undefined)
